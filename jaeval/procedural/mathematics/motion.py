"""Speed, distance and time: one traveller, two who meet or catch up, a train on a bridge."""

from __future__ import annotations

import functools

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

# How somebody moves: the words, and speeds in metres a minute.
GAITS: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("歩き", (50, 95, 5)),
    ("走り", (120, 240, 10)),
)


def motion(draw: Draw) -> Problem:
    """Distance or time of one traveller (1 step), with hours and minutes (2), over two legs (3)."""
    who = draw.person()
    if draw.difficulty == 1:
        speed, hours = draw.integer(30, 90, 2), draw.integer(2, 8)
        vehicle = draw.choice(("自動車", "電車", "バス", "トラック", "オートバイ"))
        if draw.below(2):
            question = f"{who}が乗った{vehicle}は、時速{speed}kmで{hours}時間走りました。進んだ道のりは何kmですか。"
            steps = [f"{speed}×{hours}={speed * hours}kmです。"]
            facts: Facts = {"km_per_hour": speed, "hours": hours}
            return Problem.number(question, steps, speed * hours, "km", facts)
        question = (
            f"{who}が乗った{vehicle}は、{speed * hours}kmの道のりを時速{speed}kmで走りました。"
            "かかった時間は何時間ですか。"
        )
        steps = [f"{speed * hours}÷{speed}={hours}時間です。"]
        return Problem.number(question, steps, hours, "時間", {"km_per_hour": speed, "km": speed * hours})
    gait, speeds = draw.choice(GAITS)
    if draw.difficulty == 2:
        speed, minutes = draw.integer(*speeds), draw.integer(5, 55, 5)
        question = f"{who}は分速{speed}mで1時間{minutes}分{gait}ました。進んだ道のりは何mですか。"
        distance = speed * (60 + minutes)
        steps = [
            f"1時間{minutes}分は60+{minutes}={60 + minutes}分です。",
            f"{speed}×{60 + minutes}={distance:,}mです。",
        ]
        return Problem.number(question, steps, distance, "m", {"m_per_minute": speed, "hours": 1, "minutes": minutes})
    legs = [(draw.integer(*bounds), draw.integer(5, 40)) for _, bounds in GAITS]
    covered = [speed * minutes for speed, minutes in legs]
    question = (
        f"{who}は家から分速{legs[0][0]}mで{legs[0][1]}分歩き、そのあと分速{legs[1][0]}mで{legs[1][1]}分走って駅に着きました。"
        "家から駅までの道のりは何mですか。"
    )
    steps = [
        f"歩いた道のりは{legs[0][0]}×{legs[0][1]}={covered[0]:,}mです。",
        f"走った道のりは{legs[1][0]}×{legs[1][1]}={covered[1]:,}mです。",
        f"合わせて{covered[0]:,}+{covered[1]:,}={sum(covered):,}mです。",
    ]
    return Problem.number(question, steps, sum(covered), "m", {"legs": [list(leg) for leg in legs]})


def meeting(draw: Draw) -> Problem:
    """Two people walk towards each other (2 steps); one catches up with the other (3), and where (4)."""
    first, second = draw.people(2)
    if draw.difficulty == 2:
        speeds, minutes = draw.sample(range(50, 96), 2), draw.integer(5, 40)
        gap = sum(speeds) * minutes
        question = draw.choice(
            (
                f"{gap:,}m離れた2つの地点から、{first}は分速{speeds[0]}m、{second}は分速{speeds[1]}mで、"
                "向かい合って同時に歩き始めました。2人が出会うまでに何分かかりますか。",
                f"{first}の家と{second}の家は{gap:,}m離れています。2人は同時に家を出て相手の家へ向かい、"
                f"{first}は分速{speeds[0]}m、{second}は分速{speeds[1]}mで歩きます。2人が出会うまでに何分かかりますか。",
            )
        )
        steps = [
            f"1分間に{speeds[0]}+{speeds[1]}={sum(speeds)}m近づきます。",
            f"出会うまでの時間は{gap:,}÷{sum(speeds)}={minutes}分です。",
        ]
        return Problem.number(question, steps, minutes, "分", {"gap": gap, "speeds": speeds})
    slow, head, fast, minutes = draw.choice(_chases())
    mover = draw.choice(("自転車", "キックボード", "駆け足"))
    question = (
        f"{first}は分速{slow}mで歩いて家を出ました。その{head}分後に、{second}が同じ家を出て、"
        f"{mover}で分速{fast}mで追いかけました。"
    )
    steps = [
        f"{first}は{head}分で{slow}×{head}={slow * head:,}m進んでいます。",
        f"1分間に{fast}−{slow}={fast - slow}m追いつきます。",
        f"追いつくまでの時間は{slow * head:,}÷{fast - slow}={minutes}分です。",
    ]
    facts: Facts = {"slow": slow, "head_start": head, "fast": fast}
    if draw.difficulty == 3:
        question += f"{second}が家を出てから追いつくまでに何分かかりますか。"
        return Problem.number(question, steps, minutes, "分", {**facts, "asked": "minutes"})
    question += f"{second}が追いつくのは、家から何mのところですか。"
    steps.append(f"家からの道のりは{fast}×{minutes}={fast * minutes:,}mです。")
    return Problem.number(question, steps, fast * minutes, "m", {**facts, "asked": "metres"})


@functools.cache
def _chases() -> tuple[tuple[int, int, int, int], ...]:
    """(slow speed, head start in minutes, fast speed, whole minutes until the two are level)."""
    return tuple(
        (slow, head, fast, slow * head // (fast - slow))
        for slow in range(50, 82, 2)
        for head in range(4, 21)
        for fast in range(slow + 20, slow + 162, 2)
        if slow * head % (fast - slow) == 0 and slow * head // (fast - slow) >= 3
    )


def train_crossing(draw: Draw) -> Problem:
    """The seconds from when a train begins to cross a bridge or tunnel until it has wholly left it."""
    speed, seconds, train = draw.integer(15, 40), draw.integer(15, 90), draw.integer(80, 240, 10)
    length = speed * seconds - train
    place = draw.choice(("鉄橋", "トンネル"))
    entering, leaving = {"鉄橋": ("渡り始めて", "渡り終わる"), "トンネル": ("入り始めて", "完全に出る")}[place]
    question = draw.choice(
        (
            f"長さ{train}mの電車が、秒速{speed}mで長さ{length:,}mの{place}に差しかかりました。"
            f"{entering}から{leaving}まで何秒かかりますか。",
            f"秒速{speed}mで走る長さ{train}mの列車が、長さ{length:,}mの{place}を通ります。"
            f"列車の先頭が{place}にさしかかってから、最後尾が{place}を出るまで何秒かかりますか。",
        )
    )
    steps = [
        f"電車が進む道のりは{length:,}+{train}={length + train:,}mです。",
        f"かかる時間は{length + train:,}÷{speed}={seconds}秒です。",
    ]
    return Problem.number(question, steps, seconds, "秒", {"train": train, "length": length, "speed": speed})


KINDS: tuple[Kind, ...] = (
    Kind("motion", motion, (1, 2, 3)),
    Kind("meeting", meeting, (2, 3, 4)),
    Kind("train-crossing", train_crossing, (2,)),
)
