"""Following moves: which way somebody faces after turns, and what lies where after exchanges."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

COMPASS: tuple[str, ...] = ("北", "東", "南", "西")
# The words for a turn, its name in the facts, and how many quarters it turns clockwise.
TURNS: tuple[tuple[str, str, int], ...] = (
    ("右に曲がって", "right", 1),
    ("うしろに向きを変えて", "back", 2),
    ("左に曲がって", "left", 3),
)

PLACED: tuple[tuple[str, ...], ...] = (
    ("赤い玉", "青い玉", "白い玉", "黒い玉"),
    ("鍵", "指輪", "時計", "人形"),
    ("りんご", "みかん", "かき", "もも"),
    ("メモ", "切手", "写真", "地図"),
)
BOXES: tuple[str, ...] = ("Aの箱", "Bの箱", "Cの箱", "Dの箱")


def facing(draw: Draw) -> Problem:
    """The direction that a walker faces after as many turns as there are steps."""
    who, start = draw.person(), draw.below(4)
    direction, story, steps, turns = start, [], [], []
    for _ in range(draw.difficulty):
        words, name, quarters = draw.choice(TURNS)
        direction = (direction + quarters) % 4
        story.append(f"{words}{draw.integer(5, 95, 5)}m")
        turns.append(name)
        steps.append(f"{words}{COMPASS[direction]}を向きます。")
    question = (
        f"{who}は{COMPASS[start]}を向いて歩き始めました。"
        f"{draw.integer(5, 95, 5)}m進み、{'進み、'.join(story)}進みました。"
        f"{who}は今、東西南北のどちらを向いていますか。"
    )
    facts: Facts = {"start": COMPASS[start], "turns": turns}
    return Problem.word(question, steps, COMPASS[direction], facts, rivals=COMPASS)


def exchanges(draw: Draw) -> Problem:
    """What lies in a box after as many exchanges of contents as there are steps."""
    who, things = draw.person(), draw.shuffled(draw.choice(PLACED))
    held, story, steps, swaps = list(things), [], [], []
    for number in range(draw.difficulty):
        first, second = draw.sample(range(4), 2)
        held[first], held[second] = held[second], held[first]
        swaps.append([BOXES[first], BOXES[second]])
        link = "はじめに" if number == 0 else "次に"
        story.append(f"{link}{BOXES[first]}と{BOXES[second]}の中身を入れかえます。")
        steps.append(f"{number + 1}回目のあと、{BOXES[first]}は{held[first]}、{BOXES[second]}は{held[second]}です。")
    asked = draw.below(4)
    placed = "、".join(f"{box}には{thing}" for box, thing in zip(BOXES, things, strict=True))
    question = f"{who}が、{placed}を入れました。{''.join(story)}最後に{BOXES[asked]}に入っているのは何ですか。"
    facts: Facts = {"placed": dict(zip(BOXES, things, strict=True)), "swaps": swaps, "asked": BOXES[asked]}
    return Problem.word(question, steps, held[asked], facts, rivals=things)


KINDS: tuple[Kind, ...] = (
    Kind("facing", facing, (2, 3, 4, 5, 6), choices=True),
    Kind("exchanges", exchanges, (2, 3, 4, 5, 6), choices=True),
)
