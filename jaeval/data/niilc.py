"""NIILC: Japanese questions answered from Wikipedia (Sekine, 2003; mynlp/niilc-qa), read as llm-jp-eval 1.3.0 does.

Several answers are joined by commas into one, "-" (no answer known) drops the question, and white space at the ends
of a text goes.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from jaeval.data import store
from jaeval.data.llm_jp_eval import COLUMNS, splits
from jaeval.data.rows import Row, Splits
from jaeval.errors import DataError

_FILES = {"train": "data/NIILC-ECQA2015_dev.xml", "test": "data/NIILC-ECQA2015_test.xml"}


def load(**_: Any) -> Splits:
    """NIILC as llm-jp-eval splits it: `train` (715 questions) and `validation` (80) of its dev file, `test` (198).

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """

    def read(part: str) -> list[Row]:
        return parse_questions(store.read("niilc", _FILES[part]), _FILES[part])

    return splits(read, COLUMNS)


def parse_questions(content: bytes, file: str) -> list[Row]:
    """Rows from NIILC's XML, without the questions whose answer is "-".

    Raises:
        DataError: not XML, or a question without id, text or answer; the error names its position, from 0.
    """
    try:
        questions = ElementTree.fromstring(content).findall("question")
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DataError(f"not XML ({error})", file=file) from error
    rows: list[Row] = []
    for i, question in enumerate(questions):
        number, text = question.get("id"), (question.findtext("text") or "").strip()
        answers = [(answer.text or "").strip() for answer in question.findall("answers/answer")]
        answer = ",".join(filter(None, answers))
        if not number or not text or not answer:
            missing = "id" if not number else "text" if not text else "answers"
            raise DataError("is missing or empty", file=file, field=f"question.{i}.{missing}")
        if answer != "-":
            name = f"niilc/{number}"
            rows.append({"id": name, "source_id": name, "question": text, "answer": answer})
    return rows
