"""Puzzles of order and seating: who is in which place of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning.arrangements import OF_TWO_PEOPLE, Clue, Places, narrowing, puzzle


@dataclass(frozen=True, slots=True)
class Scene:
    """A row of people: how each relation is said of {a}, {b} and place {k}, and what is asked."""

    opening: str
    clues: Mapping[str, str]
    asked: tuple[str, ...]
    listed: str


ORDERS: tuple[Scene, ...] = (
    Scene(
        "{people}の{n}人が、1人ずつ順に駅に着きました。",
        {
            "before": "{a}は{b}より先に着きました。",
            "just-before": "{a}のすぐ次に着いたのは{b}です。",
            "at": "{a}は{k}番目に着きました。",
            "not-at": "{a}が着いたのは{k}番目ではありません。",
        },
        ("{k}番目に着いたのはだれですか。",),
        "着いた順に",
    ),
    Scene(
        "{people}の{n}人は、身長がみな違います。",
        {
            "before": "{a}は{b}より背が高いです。",
            "just-before": "{a}の次に背が高いのは{b}です。",
            "at": "{a}は背の高い方から{k}番目です。",
            "not-at": "{a}は背の高い方から{k}番目ではありません。",
        },
        ("背の高い方から{k}番目の人はだれですか。",),
        "背の高い順に",
    ),
    Scene(
        "{people}の{n}人は、年齢がみな違います。",
        {
            "before": "{a}は{b}より年上です。",
            "just-before": "{a}の次に年上なのは{b}です。",
            "at": "{a}は年上の方から{k}番目です。",
            "not-at": "{a}は年上の方から{k}番目ではありません。",
        },
        ("年上の方から{k}番目の人はだれですか。",),
        "年齢の高い順に",
    ),
    Scene(
        "{people}の{n}人が競走をしました。同じ順位の人はいません。",
        {
            "before": "{a}の順位は{b}より上でした。",
            "just-before": "{a}のすぐ次にゴールしたのは{b}です。",
            "at": "{a}は{k}位でした。",
            "not-at": "{a}は{k}位ではありませんでした。",
        },
        ("{k}位はだれですか。",),
        "1位から順に",
    ),
)

SEATS: tuple[Scene, ...] = tuple(
    Scene(
        opening,
        {
            "before": "{a}は{b}より左にいます。",
            "just-before": "{a}のすぐ右隣は{b}です。",
            "beside": "{a}と{b}は隣どうしです。",
            "not-beside": "{a}と{b}は隣どうしではありません。",
            "at": "{a}は左から{k}番目です。",
            "not-at": "{a}は左から{k}番目ではありません。",
        },
        ("左から{k}番目にいるのはだれですか。", "左から{k}番目の人はだれですか。"),
        "左から順に",
    )
    for opening in (
        "{people}の{n}人が、横一列のいすに座っています。以下、左右は正面から見た向きです。",
        "{people}の{n}人が、横一列に並んで写真をとりました。以下、左右は写真で見た向きです。",
        "映画館の横一列の席に、{people}の{n}人が座っています。以下、左右は正面から見た向きです。",
    )
)


def order(draw: Draw) -> Problem:
    """Four (3 steps) or five people in an order: who comes in which place."""
    return _lineup(draw, draw.choice(ORDERS))


def seating(draw: Draw) -> Problem:
    """Four (3 steps) or five people in a row of seats: who sits where."""
    return _lineup(draw, draw.choice(SEATS))


def _lineup(draw: Draw, scene: Scene) -> Problem:
    n = 4 if draw.difficulty == 3 else 5
    people = draw.people(n)
    places, clues = puzzle(draw, n, tuple(scene.clues), draw.difficulty)
    told_outright = {clue.b for clue in clues if clue.relation == "at"}
    asked = draw.choice([place for place in range(n) if place not in told_outright])
    told = "".join(_said(scene, clue, people) for clue in clues)
    question = (
        f"{scene.opening.format(people='、'.join(people), n=n)}{told}{draw.choice(scene.asked).format(k=asked + 1)}"
    )
    row = in_places(people, places)
    steps = narrowing(n, clues, "並び方")
    steps[-1] += f"{scene.listed}{'、'.join(row)}です。"
    facts: Facts = {"people": people, "clues": [_fact(clue, people) for clue in clues], "asked": asked + 1}
    return Problem.word(question, steps, row[asked], facts, rivals=people)


def in_places(people: list[str], places: Places) -> list[str]:
    """The people in the order of their places."""
    return [person for _, person in sorted(zip(places, people, strict=True))]


def _said(scene: Scene, clue: Clue, people: list[str]) -> str:
    return scene.clues[clue.relation].format(a=people[clue.a], b=people[clue.b], k=clue.b + 1)


def _fact(clue: Clue, people: list[str]) -> list[str | int]:
    return [clue.relation, people[clue.a], people[clue.b] if clue.relation in OF_TWO_PEOPLE else clue.b + 1]


KINDS: tuple[Kind, ...] = (
    Kind("order", order, (3, 4, 5), choices=True),
    Kind("seating", seating, (3, 4, 5), choices=True),
)
