"""Every answer is recomputed from the facts by another method; every number of the facts stands in the question."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from solver import agrees

from jaeval.japanese import to_kanji
from jaeval.procedural import DOMAINS, SPLITS, Item, generate
from jaeval.procedural.item import Domain

Items = dict[str, tuple[Item, ...]]
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def test_the_solver_agrees(items: Items) -> None:
    for split in SPLITS:
        for item in items[split][:100]:
            assert agrees(item), f"{item.id}\n{item.question}\n{item.solution}\n{item.facts}"


def _spoilt(item: Item) -> Iterator[Item]:
    """The item with a wrong answer, and with a wrong choice marked."""
    if item.unit:
        head, last = item.answer[:-1], int(item.answer[-1])
        yield dataclasses.replace(item, answer=f"{head}{(last + 1) % 10}")
        if item.answer.strip("0."):
            yield dataclasses.replace(item, answer=item.answer[1:] if item.answer[0] == "-" else f"-{item.answer}")
    else:
        yield dataclasses.replace(item, answer=f"{item.answer}ではない")
        yield from (
            dataclasses.replace(item, answer=word) for word in ("はい", "いいえ", "わからない") if word != item.answer
        )
    if item.choices is not None and item.answer_index is not None:
        yield from (dataclasses.replace(item, answer_index=place) for place in range(4) if place != item.answer_index)
        twice = [*item.choices]
        twice[item.answer_index - 1] = twice[item.answer_index]
        yield dataclasses.replace(item, choices=tuple(twice))


def test_the_solver_notices_a_wrong_answer(items: Items) -> None:
    for item in items["search"][:50]:
        for wrong in _spoilt(item):
            assert not agrees(wrong), wrong


def _changed(value: Any) -> Iterator[Any]:
    """The facts with one number doubled, and one more."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield 2 * value + 1
    elif isinstance(value, str) and NUMBER.fullmatch(value):
        yield str(2 * Decimal(value) + 1)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: other} for other in _changed(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in _changed(inner))


def test_the_answers_depend_on_the_facts(items: Items) -> None:
    """A number in the facts that no answer depends on would let a wrong question pass."""
    noticed = tried = 0
    for item in items["search"][:8]:
        for facts in _changed(item.facts):
            tried += 1
            try:
                noticed += not agrees(dataclasses.replace(item, facts=facts))
            except (AssertionError, ValueError, IndexError, OverflowError):
                noticed += 1
    assert noticed >= tried / 4


def _numbers(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield str(abs(value))
    elif isinstance(value, str):
        if NUMBER.fullmatch(value):
            yield value.removeprefix("-")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)


def _stands_in(number: str, text: str) -> bool:
    """Whether the number stands in the text whole, in Arabic digits with or without commas, or in kanji."""
    whole, point, decimals = number.partition(".")
    arabic = rf"(?<![\d,.])(?:{int(whole):,}|{whole}){re.escape(point + decimals)}(?!\d|[,.]\d)"
    kanji = rf"(?<![一-龠]){to_kanji(int(whole))}(?![一二三四五六七八九十百千万])"
    return bool(re.search(arabic, text) or (not point and re.search(kanji, text)))


def test_every_number_of_the_facts_stands_in_the_question(items: Items) -> None:
    for split in SPLITS:
        for item in items[split]:
            for number in _numbers(item.facts):
                # 9時0分 is written 9時: the only number that a question leaves out is a zero.
                assert number == "0" or _stands_in(number, item.question), f"{number} of {item.facts}: {item.question}"


def test_part_of_a_number_does_not_count() -> None:
    assert _stands_in("1234", "代金は1,234円です。")
    assert not _stands_in("234", "代金は1,234円です。")
    assert not _stands_in("1.5", "年利11.5%で")
    assert _stands_in("3250", "ある町の人口は三千二百五十人です。")


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_solution_has_as_many_steps_as_the_difficulty(domain: Domain) -> None:
    for item in generate(domain, "search", 600):
        # わからない is where a chain of rules breaks off, sooner or later.
        if item.answer != "わからない":
            *steps, _closing = item.solution.splitlines()
            assert len(steps) == item.difficulty, f"{item.id}: {item.solution}"
