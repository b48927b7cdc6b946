"""MGSM: 250 problems of GSM8K's test set, translated by hand, and 8 worked exemplars (Shi et al., arXiv 2210.03057).

Item i of MGSM is item i of GSM8K's `test.jsonl`, so `source_id` is `gsm8k/test/i` in every language.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any, Literal

from pydantic import BaseModel

from jaeval.data import store
from jaeval.data.rows import Row, Splits, parsed, split, text
from jaeval.errors import DataError

# The columns of `juletxara/mgsm` on the hub, which published task definitions expect, after the ids.
COLUMNS = {
    "id": "string",
    "source_id": "string",
    "question": "string",
    "answer": "string",
    "answer_number": "int32",
    "equation_solution": "string",
}
JPSTABLE_SEED = 42
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*")


class _Exemplar(BaseModel):
    q: str
    a: str


class _Exemplars(BaseModel):
    ja: dict[str, _Exemplar]
    number_answers: list[int]
    equation_solutions: list[str]


def load(*, order: Literal["published", "jpstable"] = "published", **_: Any) -> Splits:
    """MGSM in Japanese: `train` (8 exemplars, with `問題：` and `ステップごとの答え：`) and `test` (250 items, bare).

    `answer` and `equation_solution` are null in `test`. Each split is loaded when it is first asked for.

    Args:
        order: the order of `test`: the file's, or that of the jp-stable harness, which shuffles documents by seed 42
            before it draws few-shot examples for each in turn (`jaeval.data.jpstable_shots`).

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """
    return Splits(
        train=lambda: split(exemplars(), COLUMNS),
        test=lambda: split(items("ja") if order == "published" else jpstable_order(items("ja")), COLUMNS),
    )


def jpstable_order(rows: list[Row]) -> list[Row]:
    """Rows in the order in which the jp-stable harness evaluates them."""
    rows = list(rows)
    Random(JPSTABLE_SEED).shuffle(rows)
    return rows


def exemplars() -> list[Row]:
    """The 8 worked exemplars in Japanese.

    Raises:
        DataError: as `load`.
    """
    path = "mgsm/exemplars_ja.json"
    return parse_exemplars(store.read("mgsm", path), path)


def items(language: str) -> list[Row]:
    """The 250 test rows in `language` (`ja` or `en`).

    Raises:
        DataError: as `load`.
    """
    path = f"mgsm/mgsm_{language}.tsv"
    return parse_items(store.read("mgsm", path), path, language)


def parse_items(content: bytes, file: str, language: str) -> list[Row]:
    """Rows from MGSM's TSV: `QUESTION<tab>INTEGER` per line, the integer with or without thousands commas.

    Raises:
        DataError: a line has another shape; the error names its number, from 1.
    """
    rows: list[Row] = []
    for i, line in enumerate(text(content, file).removesuffix("\n").split("\n")):
        question, tab, number = line.rpartition("\t")
        if not tab or not question or "\t" in question or not _NUMBER.fullmatch(number):
            raise DataError("expected a question, a tab and an integer", file=file, field=f"line {i + 1}")
        rows.append(
            {
                "id": f"mgsm_{language}/{i}",
                "source_id": f"gsm8k/test/{i}",
                "question": question,
                "answer": None,
                "answer_number": int(number.replace(",", "")),
                "equation_solution": None,
            }
        )
    return rows


def parse_exemplars(content: bytes, file: str) -> list[Row]:
    """Rows from the exemplars' JSON, in upstream's order.

    Raises:
        DataError: a field is missing, or the three lists have different lengths.
    """
    found = parsed(_Exemplars, content, file)
    if not len(found.ja) == len(found.number_answers) == len(found.equation_solutions):
        raise DataError("as many exemplars as number answers and equation solutions are needed", file=file)
    return [
        {
            "id": f"mgsm_ja/exemplar/{number}",
            "source_id": f"mgsm/exemplar/{number}",
            "question": exemplar.q,
            "answer": exemplar.a,
            "answer_number": answer,
            "equation_solution": equation,
        }
        for (number, exemplar), answer, equation in zip(
            found.ja.items(), found.number_answers, found.equation_solutions, strict=True
        )
    ]
