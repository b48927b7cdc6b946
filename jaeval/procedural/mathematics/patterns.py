"""Regular events and regular growth: common multiples and arithmetic progressions."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from math import lcm

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Cycle:
    """Things that happen at intervals; `{place}` tells them apart. The verb: polite, polite past, plain."""

    name: str
    does: str
    did: str
    plain: str


CYCLES: tuple[Cycle, ...] = (
    Cycle("{place}行きのバス", "発車します", "発車しました", "発車する"),
    Cycle("{place}方面の電車", "発車します", "発車しました", "発車する"),
    Cycle("{place}寺の鐘", "鳴ります", "鳴りました", "鳴る"),
    Cycle("{place}公園の噴水", "水を噴き上げます", "水を噴き上げました", "水を噴き上げる"),
    Cycle("{place}岬の灯台", "光の色を変えます", "光の色を変えました", "光の色を変える"),
)
PLACES: tuple[str, ...] = ("東山", "西川", "南沢", "北野", "桜台", "緑ヶ丘", "港", "若葉", "大橋", "朝日", "泉", "松原")


def common_multiple(draw: Draw) -> Problem:
    """When two (1 step) or three (2 steps) regular events next fall together: the least common multiple."""
    cycle, number = draw.choice(CYCLES), draw.difficulty + 1
    names = [cycle.name.format(place=place) for place in draw.sample(PLACES, number)]
    gaps = list(draw.choice(_gaps(number)))
    told = "、".join(f"{name}は{gap}分ごと" for name, gap in zip(names, gaps, strict=True))
    together = draw.choice(("午前7時", "午前8時", "午前9時", "正午", "午後3時", "午後5時"))
    question = f"{told}に{cycle.does}。{together}に同時に{cycle.did}。次に同時に{cycle.plain}までに何分かかりますか。"
    shared, steps = gaps[0], []
    for gap in gaps[1:]:
        steps.append(f"{shared}と{gap}の最小公倍数は{lcm(shared, gap)}です。")
        shared = lcm(shared, gap)
    return Problem.number(question, steps, shared, "分", {"gaps": gaps})


@functools.cache
def _gaps(number: int) -> tuple[tuple[int, ...], ...]:
    """Intervals in minutes that fall together within ten hours, and not at each turn of the longest."""
    return tuple(gaps for gaps in itertools.permutations(range(4, 41), number) if max(gaps) < lcm(*gaps) <= 600)


# What grows: the first and following ranks, what they count, the counter, and how the whole is asked for.
GROWTHS: tuple[tuple[str, str, str, str], ...] = (
    (
        "劇場の座席は、1列目が{a}席で、1列うしろになるごとに{d}席ずつ増えます。",
        "{n}列目は何席ですか。",
        "1列目から{n}列目までの座席は全部で何席ですか。",
        "席",
    ),
    (
        "{who}は、貯金を始めた1か月目に{a}円、その後は毎月、前の月より{d}円多く貯金します。",
        "{n}か月目には何円貯金しますか。",
        "1か月目から{n}か月目までに、全部で何円貯金しますか。",
        "円",
    ),
    (
        "{who}は、1日目に腹筋を{a}回し、次の日からは前の日より{d}回ずつ増やします。",
        "{n}日目には何回しますか。",
        "1日目から{n}日目までに、全部で何回しますか。",
        "回",
    ),
    (
        "{who}がタイルを並べています。1段目に{a}枚、その下は1段ごとに{d}枚ずつ増やします。",
        "{n}段目は何枚ですか。",
        "1段目から{n}段目までに、タイルは全部で何枚いりますか。",
        "枚",
    ),
)


def progression(draw: Draw) -> Problem:
    """The n-th term of an arithmetic progression (3 steps), or the sum of its first n terms (6)."""
    told, nth, whole, unit = draw.choice(GROWTHS)
    a, d, n = draw.integer(10, 60), draw.integer(2, 9), draw.integer(8, 30)
    if unit == "円":
        a, d = a * 50, d * 50
    last, who = a + d * (n - 1), draw.person()
    facts: Facts = {"first": a, "difference": d, "n": n}
    steps = [
        f"{n}番目までに増える回数は{n}−1={n - 1}です。",
        f"増える分は{d}×{n - 1}={d * (n - 1):,}{unit}です。",
        f"{n}番目は{a:,}+{d * (n - 1):,}={last:,}{unit}です。",
    ]
    told = told.format(a=f"{a:,}", d=d, who=who)
    if draw.difficulty == 3:
        return Problem.number(told + nth.format(n=n), steps, last, unit, {**facts, "asked": "nth"})
    total = (a + last) * n // 2
    steps += [
        f"最初と最後を足すと{a:,}+{last:,}={a + last:,}{unit}です。",
        f"これに{n}をかけると{(a + last) * n:,}{unit}です。",
        f"その半分なので、{(a + last) * n:,}÷2={total:,}{unit}です。",
    ]
    return Problem.number(told + whole.format(n=n), steps, total, unit, {**facts, "asked": "sum"})


KINDS: tuple[Kind, ...] = (
    Kind("common-multiple", common_multiple, (1, 2)),
    Kind("progression", progression, (3, 6)),
)
