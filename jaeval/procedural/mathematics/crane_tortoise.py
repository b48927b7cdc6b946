"""Cranes and tortoises (つるかめ算): two sorts of things, known by their number and by a sum over them."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sorts of things counted together; `{n}` is how many there are, `{m}` the sum over them of `each`."""

    names: tuple[str, str]
    counters: tuple[str, str]
    each: tuple[int, int]
    told: str
    sum_unit: str


PAIRS: tuple[Pair, ...] = (
    Pair(
        ("つる", "かめ"),
        ("羽", "匹"),
        (2, 4),
        "つるの足は2本、かめの足は4本です。つるとかめの頭の数は合わせて{n}、足の数は合わせて{m}本です。",
        "本",
    ),
    Pair(
        ("くも", "かぶとむし"),
        ("匹", "匹"),
        (8, 6),
        "くもの足は8本、かぶとむしの足は6本です。くもとかぶとむしが合わせて{n}匹いて、足は全部で{m}本です。",
        "本",
    ),
    Pair(
        ("自転車", "三輪車"),
        ("台", "台"),
        (2, 3),
        "自転車にはタイヤが2本、三輪車には3本あります。自転車と三輪車が合わせて{n}台あり、タイヤは全部で{m}本です。",
        "本",
    ),
    Pair(("10円玉", "50円玉"), ("枚", "枚"), (10, 50), "10円玉と50円玉が合わせて{n}枚あり、金額は{m}円です。", "円"),
    Pair(("50円玉", "100円玉"), ("枚", "枚"), (50, 100), "50円玉と100円玉が合わせて{n}枚あり、金額は{m}円です。", "円"),
    Pair(
        ("85円切手", "110円切手"),
        ("枚", "枚"),
        (85, 110),
        "85円切手と110円切手を合わせて{n}枚買うと、代金は{m}円でした。",
        "円",
    ),
    Pair(
        ("2人乗りのボート", "6人乗りのボート"),
        ("そう", "そう"),
        (2, 6),
        "2人乗りのボートと6人乗りのボートが合わせて{n}そうあり、どのボートも満員で、乗っているのは全部で{m}人です。",
        "人",
    ),
    Pair(
        ("4人部屋", "7人部屋"),
        ("部屋", "部屋"),
        (4, 7),
        "旅館に4人部屋と7人部屋が合わせて{n}部屋あり、どの部屋も満員で、泊まっているのは全部で{m}人です。",
        "人",
    ),
)
SCENES: tuple[str, ...] = ("{who}が数えました。", "{who}からの問題です。", "{who}のノートに書いてあった問題です。", "")


def crane_tortoise(draw: Draw) -> Problem:
    """How many of the one sort there are: suppose that all are of the other, then exchange (3 steps)."""
    pair, n = draw.choice(PAIRS), draw.integer(9, 60)
    asked = draw.below(2)
    other, count = 1 - asked, draw.integer(2, n - 2)
    total = count * pair.each[asked] + (n - count) * pair.each[other]
    supposed = n * pair.each[other]
    gap, unit = abs(total - supposed), pair.sum_unit
    apart = abs(pair.each[0] - pair.each[1])
    scene = draw.choice(SCENES).format(who=draw.person())
    question = f"{scene}{pair.told.format(n=n, m=f'{total:,}')}{pair.names[asked]}は何{pair.counters[asked]}ですか。"
    steps = [
        f"全部が{pair.names[other]}だとすると{pair.each[other]}×{n}={supposed:,}{unit}で、実際との差は{gap:,}{unit}です。",
        f"1つ入れかえるごとに{apart}{unit}変わります。",
        f"{gap:,}÷{apart}={count}なので、{pair.names[asked]}は{count}{pair.counters[asked]}です。",
    ]
    facts: Facts = {"count": n, "sum": total, "each": [pair.each[asked], pair.each[other]]}
    return Problem.number(question, steps, count, pair.counters[asked], facts)


KINDS: tuple[Kind, ...] = (Kind("crane-tortoise", crane_tortoise, (3,)),)
