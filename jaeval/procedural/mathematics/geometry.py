"""Areas of plane figures."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

# Things of a shape, with the unit their sides are given in.
SHEETS: tuple[tuple[str, str], ...] = (
    *(("花だん", "m"), ("畑", "m"), ("庭", "m"), ("空き地", "m"), ("広場", "m")),
    *(("画用紙", "cm"), ("布", "cm"), ("板", "cm"), ("旗", "cm"), ("タイル", "cm")),
)
SQUARE: dict[str, str] = {"m": "平方メートル", "cm": "平方センチメートル"}


def area(draw: Draw) -> Problem:
    """A rectangle (1 step), a triangle (2), a trapezium, or what is left of a rectangle (3)."""
    thing, unit = draw.choice(SHEETS)
    who, square = draw.person(), SQUARE[unit]
    if draw.difficulty == 1:
        height, width = draw.sample(range(6, 46), 2)
        question = (
            f"{who}が測ったところ、長方形の{thing}の縦は{height}{unit}、横は{width}{unit}でした。"
            f"面積は何{square}ですか。"
        )
        steps = [f"{height}×{width}={height * width:,}{square}です。"]
        return Problem.number(
            question, steps, height * width, square, {"figure": "rectangle", "height": height, "width": width}
        )
    if draw.difficulty == 2:
        base, height = 2 * draw.integer(3, 25), draw.integer(5, 45)
        question = (
            f"{who}が測ったところ、三角形の{thing}の底辺は{base}{unit}、高さは{height}{unit}でした。"
            f"面積は何{square}ですか。"
        )
        steps = [
            f"{base}×{height}={base * height:,}です。",
            f"{base * height:,}÷2={base * height // 2:,}{square}です。",
        ]
        return Problem.number(
            question, steps, base * height // 2, square, {"figure": "triangle", "base": base, "height": height}
        )
    return _trapezium(draw, who, thing, unit) if draw.below(2) else _frame(draw, who, thing, unit)


def _trapezium(draw: Draw, who: str, thing: str, unit: str) -> Problem:
    upper, lower = draw.sample(range(4, 36), 2)
    height, square = 2 * draw.integer(2, 18), SQUARE[unit]
    doubled = (upper + lower) * height
    question = (
        f"{who}が測ったところ、台形の{thing}の上底は{upper}{unit}、下底は{lower}{unit}、高さは{height}{unit}でした。"
        f"面積は何{square}ですか。"
    )
    steps = [
        f"上底と下底の和は{upper}+{lower}={upper + lower}{unit}です。",
        f"{upper + lower}×{height}={doubled:,}です。",
        f"{doubled:,}÷2={doubled // 2:,}{square}です。",
    ]
    facts: Facts = {"figure": "trapezium", "upper": upper, "lower": lower, "height": height}
    return Problem.number(question, steps, doubled // 2, square, facts)


def _frame(draw: Draw, who: str, thing: str, unit: str) -> Problem:
    height, width = draw.sample(range(14, 46), 2)
    hole_height, hole_width = draw.integer(3, height - 6), draw.integer(3, width - 6)
    square, whole, hole = SQUARE[unit], height * width, hole_height * hole_width
    question = (
        f"{who}は、縦{height}{unit}、横{width}{unit}の長方形の{thing}から、"
        f"縦{hole_height}{unit}、横{hole_width}{unit}の長方形を切り取りました。残りの面積は何{square}ですか。"
        if unit == "cm"
        else f"縦{height}{unit}、横{width}{unit}の長方形の{thing}の中に、縦{hole_height}{unit}、横{hole_width}{unit}の"
        f"長方形の小屋を{who}が建てました。小屋を除いた部分の面積は何{square}ですか。"
    )
    steps = [
        f"全体は{height}×{width}={whole:,}{square}です。",
        f"除く部分は{hole_height}×{hole_width}={hole:,}{square}です。",
        f"残りは{whole:,}−{hole:,}={whole - hole:,}{square}です。",
    ]
    facts: Facts = {"figure": "frame", "outer": [height, width], "inner": [hole_height, hole_width]}
    return Problem.number(question, steps, whole - hole, square, facts)


KINDS: tuple[Kind, ...] = (Kind("area", area, (1, 2, 3)),)
