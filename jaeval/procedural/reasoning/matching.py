"""Puzzles of matching: four people, four different things, who has which."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning.arrangements import Clue, narrowing, puzzle
from jaeval.procedural.reasoning.lineups import in_places

N = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What each person has one of: its noun, the verb (particle, polite, negative, attributive), the question word."""

    things: tuple[str, ...]
    opening: str
    noun: str
    particle: str
    does: str
    does_not: str
    doing: str
    which: str = "何"


CHOICES: tuple[Choice, ...] = (
    Choice(
        ("犬", "猫", "うさぎ", "ハムスター", "インコ", "金魚"),
        "{people}の4人は、{things}のうち1種類だけをそれぞれ飼っています。同じ動物を飼っている人はいません。",
        "動物",
        "を",
        "飼っています",
        "飼っていません",
        "飼っている",
    ),
    Choice(
        ("ピアノ", "ギター", "フルート", "バイオリン", "太鼓", "尺八"),
        "{people}の4人は、{things}のうち1つだけをそれぞれ習っています。同じ楽器を習っている人はいません。",
        "楽器",
        "を",
        "習っています",
        "習っていません",
        "習っている",
    ),
    Choice(
        ("京都", "札幌", "福岡", "金沢", "那覇", "仙台"),
        "{people}の4人は、{things}のどれかに住んでいます。同じ町に住んでいる人はいません。",
        "町",
        "に",
        "住んでいます",
        "住んでいません",
        "住んでいる",
        "どこ",
    ),
    Choice(
        ("医師", "教師", "画家", "料理人", "記者", "建築士"),
        "{people}の4人の仕事は、{things}のどれかです。同じ仕事をしている人はいません。",
        "仕事",
        "を",
        "しています",
        "していません",
        "している",
    ),
    Choice(
        ("野球", "水泳", "卓球", "柔道", "テニス", "弓道"),
        "{people}の4人は、{things}のうち1つだけをそれぞれしています。同じスポーツをしている人はいません。",
        "スポーツ",
        "を",
        "しています",
        "していません",
        "している",
    ),
    Choice(
        ("うどん", "カレー", "すし", "天ぷら", "ラーメン", "親子丼"),
        "{people}の4人は、{things}のうち1つだけをそれぞれ注文しました。同じ料理を注文した人はいません。",
        "料理",
        "を",
        "注文しました",
        "注文しませんでした",
        "注文した",
    ),
)


def matching(draw: Draw) -> Problem:
    """Who has which thing, from clues that name, rule out or offer two."""
    choice, people = draw.choice(CHOICES), draw.people(N)
    things = draw.sample(choice.things, N)
    places, clues = puzzle(draw, N, ("at", "not-at", "not-at", "either"), draw.difficulty)
    told = "".join(_said(choice, clue, people, things) for clue in clues)
    by_thing = in_places(people, places)
    told_outright = {clue.b for clue in clues if clue.relation == "at"}
    asked = draw.choice([place for place in range(N) if place not in told_outright])
    steps = narrowing(N, clues, "組み合わせ")
    steps[-1] += (
        "、".join(f"{person}が{things[place]}" for person, place in zip(people, places, strict=True)) + "です。"
    )
    opening = choice.opening.format(people="、".join(people), things="、".join(things))
    clue_facts = [
        [clue.relation, people[clue.a], things[clue.b], *([things[clue.c]] if clue.relation == "either" else [])]
        for clue in clues
    ]
    facts: Facts = {"people": people, "things": things, "clues": clue_facts}
    if draw.below(2):
        question = f"{opening}{told}{things[asked]}{choice.particle}{choice.doing}のはだれですか。"
        return Problem.word(question, steps, by_thing[asked], {**facts, "asked": things[asked]}, rivals=people)
    question = f"{opening}{told}{by_thing[asked]}が{choice.doing}{choice.noun}は{choice.which}ですか。"
    return Problem.word(question, steps, things[asked], {**facts, "asked": by_thing[asked]}, rivals=things)


def _said(choice: Choice, clue: Clue, people: list[str], things: list[str]) -> str:
    who, thing, particle = people[clue.a], things[clue.b], choice.particle
    if clue.relation == "at":
        return f"{who}は{thing}{particle}{choice.does}。"
    if clue.relation == "not-at":
        return f"{who}は{thing}{'は' if particle == 'を' else particle + 'は'}{choice.does_not}。"
    return f"{who}は{thing}か{things[clue.c]}のどちらか{particle}{choice.does}。"


KINDS: tuple[Kind, ...] = (Kind("matching", matching, (3, 4, 5), choices=True),)
