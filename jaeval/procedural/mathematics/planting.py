"""Things at equal intervals along a line or round a ring (植木算)."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in the row: its counter, and the verb as polite stem, plain form and plain negative."""

    thing: str
    counter: str
    stem: str
    plain: str
    negative: str


ROWS: tuple[Row, ...] = (
    Row("桜の木", "本", "植え", "植える", "植えない"),
    Row("いちょうの木", "本", "植え", "植える", "植えない"),
    Row("街灯", "本", "立て", "立てる", "立てない"),
    Row("旗", "本", "立て", "立てる", "立てない"),
    Row("くい", "本", "打ち", "打つ", "打たない"),
    Row("ベンチ", "台", "置き", "置く", "置かない"),
    Row("プランター", "個", "置き", "置く", "置かない"),
)
RINGS: tuple[str, ...] = ("池", "公園", "グラウンド", "広場")


def planting(draw: Draw) -> Problem:
    """Round a ring (1 step), along one side of a road (2) or along both (3), with or without its ends."""
    row, who, gap, spaces = draw.choice(ROWS), draw.person(), draw.integer(2, 15), draw.integer(8, 60)
    length, thing, counter = gap * spaces, row.thing, row.counter
    facts: Facts = {"length": length, "gap": gap}
    asked = f"{thing}は全部で何{counter}必要ですか。"
    if draw.difficulty == 1:
        question = (
            f"{who}たちは、1周{length}mの{draw.choice(RINGS)}のまわりに、{gap}mおきに{thing}を{row.stem}ます。{asked}"
        )
        steps = [f"1周では間の数と同じだけいるので、{length}÷{gap}={spaces}{counter}です。"]
        return Problem.number(question, steps, spaces, counter, {**facts, "layout": "ring"})
    with_ends, both_sides = draw.below(2) == 1, draw.difficulty == 3
    number = spaces + 1 if with_ends else spaces - 1
    rule = f"道の両端にも{row.stem}ます。" if with_ends else f"ただし、道の両端には{row.stem}ません。"
    question = (
        f"{who}たちは、長さ{length}mのまっすぐな道の{'両側' if both_sides else '片側'}に、"
        f"{gap}mおきに{thing}を{row.stem}ます。"
        f"{rule}{asked}"
    )
    steps = [
        f"間の数は{length}÷{gap}={spaces}です。",
        f"両端に{row.plain}ので、片側では{spaces}+1={number}{counter}です。"
        if with_ends
        else f"両端に{row.negative}ので、片側では{spaces}−1={number}{counter}です。",
    ]
    if both_sides:
        steps.append(f"両側では{number}×2={number * 2}{counter}です。")
        number *= 2
    layout: Facts = {"layout": "road", "with_ends": with_ends, "both_sides": both_sides}
    return Problem.number(question, steps, number, counter, {**facts, **layout})


KINDS: tuple[Kind, ...] = (Kind("planting", planting, (1, 2, 3)),)
