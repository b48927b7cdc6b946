"""Schedules: the one day that suits everybody, and how soon work in an order can be finished."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning.rivals import rivals

DAYS: tuple[str, ...] = ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日")
MEETINGS: tuple[str, ...] = ("会議", "食事会", "練習会", "勉強会", "打ち合わせ", "お茶会", "読書会", "テニスの試合")


def common_day(draw: Draw) -> Problem:
    """The only day on which two (1 step), three (2) or four (3) people are all free; nobody can be left out last."""
    people, meeting, suits = draw.people(draw.difficulty + 1), draw.choice(MEETINGS), draw.below(7)
    while True:
        free = [{suits, *draw.sample(range(7), draw.integer(2, 4))} for _ in people]
        if set.intersection(*free) == {suits} and len(set.intersection(*free[:-1])) > 1:
            break
    told = []
    for person, days in zip(people, free, strict=True):
        busy = set(range(7)) - days
        if len(busy) <= 4 and draw.below(2):
            told.append(f"{person}は{_days(busy)}は都合が悪く、ほかの曜日は空いています。")
        else:
            told.append(f"{person}が空いているのは{_days(days)}だけです。")
    question = (
        f"{'、'.join(people)}の{len(people)}人が、そろって{meeting}を開こうとしています。"
        f"{''.join(told)}全員が空いているのは何曜日ですか。"
    )
    steps, left = [], free[0]
    for number, (person, days) in enumerate(zip(people[1:], free[1:], strict=True), 2):
        left = left & days
        together = f"{people[0]}と{person}がどちらも" if number == 2 else f"さらに{person}も"
        steps.append(f"{together}空いているのは{_days(left)}です。")
    facts: Facts = {
        "free": {person: [DAYS[day] for day in sorted(days)] for person, days in zip(people, free, strict=True)}
    }
    return Problem.word(question, steps, DAYS[suits], facts, rivals=DAYS)


def _days(days: set[int]) -> str:
    return "と".join(DAYS[day] for day in sorted(days))


@dataclass(frozen=True, slots=True)
class Project:
    """Work that many hands share: an opening, the unit of time, and the names of tasks."""

    opening: str
    unit: str
    tasks: tuple[str, ...]


# The tasks stand in an order in which they could be done one after the other.
PROJECTS: tuple[Project, ...] = (
    Project(
        "{who}の家族が、手分けして夕食会の支度をします。", "分", ("買い物", "掃除", "下ごしらえ", "煮込み", "盛りつけ")
    ),
    Project("{who}の会社で、手分けして新製品を準備します。", "日", ("設計", "試作", "検査", "説明書作り", "広告作り")),
    Project(
        "{who}のクラスで、手分けして劇の準備をします。",
        "時間",
        ("台本作り", "衣装作り", "看板作り", "照明の準備", "通し練習"),
    ),
    Project(
        "{who}たちが、手分けして小屋を建てます。", "日", ("土台作り", "柱立て", "屋根ふき", "窓の取りつけ", "壁塗り")
    ),
)


def project(draw: Draw) -> Problem:
    """The least time in which 3, 4 or 5 tasks can be done, side by side where none waits for another."""
    scene, n = draw.choice(PROJECTS), draw.difficulty
    tasks = [scene.tasks[place] for place in sorted(draw.sample(range(len(scene.tasks)), n))]
    step = 5 if scene.unit == "分" else 1
    times = [draw.integer(2, 12) * step for _ in tasks]
    needs: list[list[int]] = [[]]
    for place in range(1, n):
        needs.append(sorted(draw.sample(range(place), min(place, draw.below(3)))))
    if not any(needs):
        needs[-1] = [0]
    ends: list[int] = []
    for place, time in enumerate(times):
        ends.append(max((ends[need] for need in needs[place]), default=0) + time)
    unit = scene.unit
    lengths = "、".join(f"「{task}」が{time}{unit}" for task, time in zip(tasks, times, strict=True))
    waits = "".join(
        f"「{tasks[place]}」は{'と'.join(f'「{tasks[need]}」' for need in before)}が終わってから始めます。"
        for place, before in enumerate(needs)
        if before
    )
    question = (
        f"{scene.opening.format(who=draw.person())}かかる時間は、{lengths}です。{waits}"
        f"待つ必要のない作業は、同時に進められます。全部が終わるまで、最も短くて何{unit}かかりますか。"
    )
    steps = [f"「{task}」が終わるのは、早くて{end}{unit}後です。" for task, end in zip(tasks, ends, strict=True)]
    facts: Facts = {
        "times": dict(zip(tasks, times, strict=True)),
        "needs": {tasks[place]: [tasks[need] for need in before] for place, before in enumerate(needs)},
    }
    least = max(ends)
    mistakes = [sum(times), *(end for end in ends if end > max(times))]
    return Problem.number(question, steps, least, unit, facts, rivals=rivals(draw, least, mistakes, step))


KINDS: tuple[Kind, ...] = (
    Kind("common-day", common_day, (1, 2, 3), choices=True),
    Kind("project", project, (3, 4, 5), choices=True),
)
