"""JMMLU: questions with four choices in 56 subjects, MMLU's in translation and Japanese ones (Yin et al., SICon 2024).

53 subjects with 7,097 questions are CC BY-SA (data set `jmmlu` of the lock); three with 439 are CC BY-NC-ND
(`jmmlu_nc_nd`). llm-jp-eval 1.3.0 and the boards that use it take the 53.
"""

from __future__ import annotations

import csv
import io
import random
from functools import lru_cache
from typing import Any

from jaeval.data import store
from jaeval.data.llm_jp_eval import SEED, shuffled
from jaeval.data.rows import Row, Splits, split, text
from jaeval.errors import DataError

SUBJECTS = (
    *("econometrics", "human_aging", "high_school_psychology", "professional_medicine", "electrical_engineering"),
    *("college_mathematics", "medical_genetics", "formal_logic", "nutrition", "prehistory", "world_religions"),
    *("japanese_history", "high_school_geography", "international_law", "logical_fallacies", "human_sexuality"),
    *("philosophy", "college_medicine", "professional_accounting", "high_school_mathematics", "global_facts"),
    *("business_ethics", "high_school_chemistry", "college_physics", "high_school_statistics", "moral_disputes"),
    *("high_school_biology", "miscellaneous", "high_school_macroeconomics", "high_school_computer_science"),
    *("abstract_algebra", "elementary_mathematics", "jurisprudence", "security_studies", "high_school_physics"),
    *("college_computer_science", "public_relations", "management", "computer_security", "college_chemistry"),
    *("anatomy", "high_school_european_history", "machine_learning", "virology", "high_school_microeconomics"),
    *("astronomy", "world_history", "college_biology", "clinical_knowledge", "conceptual_physics"),
    *("professional_psychology", "sociology", "marketing"),
)
"""In the order in which llm-jp-eval draws from them: its splits hang on it."""
FURTHER_SUBJECTS = ("japanese_civics", "japanese_geography", "japanese_idiom")
"""Those under CC BY-NC-ND, which llm-jp-eval leaves out."""
COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "subject": "string",
    "question": "string",
    "choices": ["string"],
    "answer": "string",
    "label": "int32",
}
_LETTERS = "ABCD"
_EXEMPLARS = 16


def load(subject: str | None = None, **_: Any) -> Splits:
    """JMMLU as llm-jp-eval splits it: `test`, `validation`, and `train` (32 exemplars of mixed subjects).

    Half of each subject's questions are for `validation` and half for `test` (3,541 over all subjects), shuffled; the
    first 16 of either are the exemplars. A further subject is a `test` split as a whole, with the same exemplars.

    Args:
        subject: one of `SUBJECTS` or `FURTHER_SUBJECTS`; by default all of `SUBJECTS`.

    Raises:
        DataError: no such subject, or a file cannot be had, was changed, or is malformed.
    """
    if subject not in (None, *SUBJECTS, *FURTHER_SUBJECTS):
        raise DataError(f"no subject {subject!r}", field="subject", remedy="See `jaeval tasks jmmlu` for the subjects")

    def part(name: str) -> Any:
        if name == "test" and subject in FURTHER_SUBJECTS:
            path = f"JMMLU_NC_ND/{subject}.csv"
            return split(parse_questions(store.read("jmmlu_nc_nd", path), path, subject), COLUMNS)
        contents = tuple(store.read("jmmlu", f"JMMLU/{each}.csv") for each in SUBJECTS)
        rows = _parts(contents)[name]
        return split([row for row in rows if name == "train" or subject in (None, row["subject"])], COLUMNS)

    return Splits(train=lambda: part("train"), validation=lambda: part("validation"), test=lambda: part("test"))


def parse_questions(content: bytes, file: str, subject: str) -> list[Row]:
    """Rows from one subject's CSV: question, four choices and the right one's letter, without a header.

    Raises:
        DataError: a record has another shape; the error names its number, from 1.
    """
    # Line ends inside a field become line feeds, as where Python reads text.
    lines = text(content, file).replace("\r\n", "\n").replace("\r", "\n")
    rows: list[Row] = []
    try:
        for n, record in enumerate(csv.reader(io.StringIO(lines, newline="")), start=1):
            if len(record) != 6 or not all(record) or record[5] not in tuple(_LETTERS):
                raise DataError("expected a question, four choices and A to D", file=file, field=f"record {n}")
            name = f"jmmlu/{subject}/{n - 1}"
            rows.append(
                {
                    "id": name,
                    "source_id": name,
                    "subject": subject,
                    "question": record[0],
                    "choices": record[1:5],
                    "answer": record[5],
                    "label": _LETTERS.index(record[5]),
                }
            )
    except csv.Error as error:
        raise DataError(f"not CSV ({error})", file=file, field=f"record {len(rows) + 1}") from error
    return rows


@lru_cache(maxsize=1)
def _parts(contents: tuple[bytes, ...]) -> dict[str, list[Row]]:
    """The three splits over all of `SUBJECTS`, whose files have these contents: made once for all tasks."""
    generator = random.Random(SEED)
    validation: list[Row] = []
    test: list[Row] = []
    for subject, content in zip(SUBJECTS, contents, strict=True):
        rows = shuffled(parse_questions(content, f"JMMLU/{subject}.csv", subject), generator)
        validation += rows[: len(rows) // 2]
        test += rows[len(rows) // 2 :]
    validation, test = shuffled(validation, generator), shuffled(test, generator)
    return {
        "train": validation[:_EXEMPLARS] + test[:_EXEMPLARS],
        "validation": validation[_EXEMPLARS:],
        "test": test[_EXEMPLARS:],
    }
