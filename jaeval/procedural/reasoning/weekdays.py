"""Days of the week, so many days on or at another date."""

from __future__ import annotations

import datetime

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning.schedules import DAYS

EVENTS: tuple[str, ...] = (
    "誕生日",
    "入学式",
    "引っ越しの日",
    "試合の日",
    "旅行に出る日",
    "発表会",
    "面接の日",
    "結婚式",
)


def weekday(draw: Draw) -> Problem:
    """So many days later or earlier (2 steps), or at another date of the same year (3)."""
    return _shifted(draw) if draw.difficulty == 2 else _dated(draw)


def _shifted(draw: Draw) -> Problem:
    today, days, later = draw.below(7), draw.integer(15, 400), draw.below(2) == 1
    who, event = draw.person(), draw.choice(EVENTS)
    wanted = (today + days if later else today - days) % 7
    when = f"{days}日{'後' if later else '前'}"
    question = draw.choice(
        (
            f"{who}の{event}は{DAYS[today]}です。その{when}は何曜日ですか。",
            f"今日は{who}の{event}で、{DAYS[today]}です。今日から{when}は何曜日ですか。",
        )
    )
    weeks, rest = divmod(days, 7)
    move = f"{DAYS[today]}から{rest}日{'進む' if later else '戻る'}と{DAYS[wanted]}です。"
    steps = [
        f"{days}÷7={weeks}余り{rest}です。",
        move if rest else f"ちょうど{weeks}週間なので、同じ{DAYS[wanted]}です。",
    ]
    facts: Facts = {"today": DAYS[today], "days": days, "later": later}
    return Problem.word(question, steps, DAYS[wanted], facts, rivals=DAYS)


def _dated(draw: Draw) -> Problem:
    start = datetime.date(draw.integer(2021, 2032), 1, 1) + datetime.timedelta(draw.below(270))
    end = start + datetime.timedelta(draw.integer(32, 360))
    if end.year != start.year:
        end = datetime.date(start.year, 12, draw.integer(1, 31))
    days = (end - start).days
    from_day, to_day = DAYS[start.weekday()], DAYS[end.weekday()]
    leap = start.year % 4 == 0
    question = (
        f"{start.year}年は{'うるう年' if leap else '平年（うるう年ではない年）'}です。"
        f"{start.year}年{start.month}月{start.day}日は"
        f"{from_day}で、{draw.person()}の{draw.choice(EVENTS)}は同じ年の{end.month}月{end.day}日です。それは何曜日ですか。"
    )
    rest = days % 7
    steps = [
        f"{start.month}月{start.day}日から{end.month}月{end.day}日までは{days}日です。",
        f"{days}÷7={days // 7}余り{rest}です。",
        f"{from_day}から{rest}日進むと{to_day}です。" if rest else f"ちょうど何週間かなので、同じ{to_day}です。",
    ]
    facts: Facts = {
        "year": start.year,
        "from": [start.month, start.day],
        "from_day": from_day,
        "to": [end.month, end.day],
        "leap": leap,
    }
    return Problem.word(question, steps, to_day, facts, rivals=DAYS)


KINDS: tuple[Kind, ...] = (Kind("weekday", weekday, (2, 3), choices=True),)
