"""Salt in water (食塩水): how much salt, and the concentration after diluting, boiling down or mixing."""

from __future__ import annotations

import functools

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

PERCENTS = range(2, 25)


@functools.cache
def _changed() -> tuple[tuple[int, int, int], ...]:
    """(per cent, grams, grams of water added or, if negative, boiled off) that give a whole percentage."""
    return tuple(
        (percent, weight, water)
        for percent in PERCENTS
        for weight in range(100, 850, 50)
        for water in range(-weight + 50, 610, 10)
        if water
        and percent * weight % 100 == 0
        and percent * weight % (weight + water) == 0
        and percent * weight // (weight + water) <= 26
    )


@functools.cache
def _mixed() -> tuple[tuple[int, int, int, int], ...]:
    """(per cent, grams, per cent, grams) of two different solutions that mix to a whole percentage."""
    weights = range(100, 700, 50)
    return tuple(
        (p, w, q, v)
        for p in PERCENTS
        for q in PERCENTS
        for w in weights
        for v in weights
        if p != q and p * w % 100 == 0 and q * v % 100 == 0 and (p * w + q * v) % (w + v) == 0
    )


def concentration(draw: Draw) -> Problem:
    """The salt in a solution, or its new concentration."""
    who = draw.person()
    if draw.difficulty == 1:
        percent, weight = draw.choice(PERCENTS), draw.integer(100, 900, 100)
        salt = percent * weight // 100
        question = draw.choice(
            (
                f"{who}は濃度{percent}%の食塩水を{weight}g作ります。食塩は何g必要ですか。",
                f"{who}の手もとに、{percent}%の食塩水が{weight}gあります。この中に食塩は何g含まれていますか。",
            )
        )
        steps = [f"{weight}gの{percent}%は{salt}gです。"]
        return Problem.number(question, steps, salt, "g", {"percent": percent, "weight": weight})
    return _diluted(draw, who) if draw.difficulty == 3 else _blended(draw, who)


def _diluted(draw: Draw, who: str) -> Problem:
    percent, weight, water = draw.choice(_changed())
    salt, after = percent * weight // 100, weight + water
    deed = f"水を{water}g加えると" if water > 0 else f"熱して水を{-water}g蒸発させると"
    question = f"{who}が{percent}%の食塩水{weight}gに{deed}、濃度は何%になりますか。"
    if water < 0:
        question = f"{who}が{percent}%の食塩水{weight}gを{deed}、濃度は何%になりますか。"
    steps = [
        f"食塩は{weight}gの{percent}%で、{salt}gです。",
        f"食塩水は{weight}{'+' if water > 0 else '−'}{abs(water)}={after}gになります。",
        f"濃度は{salt}÷{after}×100={salt * 100 // after}%です。",
    ]
    facts: Facts = {"percent": percent, "weight": weight, "water": water}
    return Problem.number(question, steps, salt * 100 // after, "%", facts)


def _blended(draw: Draw, who: str) -> Problem:
    p, w, q, v = draw.choice(_mixed())
    salts, weight = (p * w // 100, q * v // 100), w + v
    salt = sum(salts)
    question = draw.choice(
        (
            f"{who}が{p}%の食塩水{w}gと{q}%の食塩水{v}gを混ぜると、濃度は何%になりますか。",
            f"{who}は{p}%の食塩水{w}gに{q}%の食塩水を{v}g加えました。できた食塩水の濃度は何%ですか。",
        )
    )
    steps = [
        f"はじめの食塩水の食塩は{w}gの{p}%で、{salts[0]}gです。",
        f"もう一方の食塩は{v}gの{q}%で、{salts[1]}gです。",
        f"食塩は合わせて{salts[0]}+{salts[1]}={salt}gです。",
        f"食塩水は{w}+{v}={weight}gです。",
        f"濃度は{salt}÷{weight}×100={salt * 100 // weight}%です。",
    ]
    facts: Facts = {"first": [p, w], "second": [q, v]}
    return Problem.number(question, steps, salt * 100 // weight, "%", facts)


KINDS: tuple[Kind, ...] = (Kind("concentration", concentration, (1, 3, 5)),)
