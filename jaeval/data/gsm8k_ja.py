"""GSM8K's test set in Japanese, in two parts that share no item (Cobbe et al., arXiv 2110.14168).

| split | items of GSM8K's test set | translated |
|---|---|---|
| `search` | 250 to 1,318 | by Sakana AI, for its evolutionary model merge (arXiv 2403.13187) |
| `report` | 0 to 249 | by people, for MGSM (`jaeval.data.mgsm`) |

What is searched with `search` is reported on `report`. Both name an item by its place in GSM8K's test set,
`source_id` = `gsm8k/test/PLACE`, so that an overlap would show.
"""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import BaseModel, model_validator

from jaeval.data import mgsm, store
from jaeval.data.rows import Row, Splits, parsed_lines, split

FIRST = 250
"""The place in GSM8K's test set of the first row of the `search` file."""
COLUMNS = {"id": "string", "source_id": "string", "question": "string", "answer": "string", "answer_number": "int64"}
_INTEGER = re.compile(r"(-?\d{1,18})(?:\.0*)?")
_FILE = "gsm8k-ja-test_250-1319.jsonl"


class _Item(BaseModel):
    question: str
    answer: str | int | float | None = None
    answer_number: str | int | float | None = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        self.number()
        return self

    def number(self) -> int:
        """The right answer: `answer_number`, else what follows `####` in `answer`, else `answer`."""
        found = self.answer if self.answer_number is None else self.answer_number
        said = str(found).rpartition("####")[2].strip().replace(",", "")
        integer = _INTEGER.fullmatch(said)
        if integer is None:
            raise ValueError(f"the answer {said[:40]!r} is not an integer")
        return int(integer[1])


def load(**_: Any) -> Splits:
    """GSM8K in Japanese: `search` (1,069 items) and `report` (250), each loaded when it is first asked for.

    A row has `question` and `answer_number`; `answer` holds a worked answer where the source has one, else null.

    Raises:
        DataError: a file cannot be had, was changed, or is malformed.
    """
    return Splits(
        search=lambda: split(parse_items(store.read("gsm8k_ja", _FILE), _FILE), COLUMNS),
        report=lambda: split([{name: row[name] for name in COLUMNS} for row in mgsm.items("ja")], COLUMNS),
    )


def parse_items(content: bytes, file: str) -> list[Row]:
    """Rows from JSON Lines with `question` and `answer_number` or `answer`, a number or text that ends in one.

    Raises:
        DataError: a line is malformed, or its answer is no integer; the error names the line's number, from 1.
    """
    return [
        {
            "id": f"gsm8k_ja/{FIRST + i}",
            "source_id": f"gsm8k/test/{FIRST + i}",
            "question": item.question,
            "answer": item.answer if isinstance(item.answer, str) else None,
            "answer_number": item.number(),
        }
        for i, item in enumerate(parsed_lines(_Item, content, file))
    ]
