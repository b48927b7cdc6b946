"""Items as the rows of Every Eval Ever 0.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jaeval.results.every_eval_ever_text import VERSION
from jaeval.results.redistribution import Texts, keeps_texts, without_texts
from jaeval.results.submission import ItemScore, Submission, TaskScore

ROW_DETAILS = ("cluster", "finish")
"""Fields of an item for which a row has no place but its `metadata`."""


def result_id(score: TaskScore | ItemScore) -> str:
    """What joins the items of a number to it."""
    return f"{score.task}/{score.metric}/{score.filter}"


def rows_of(submission: Submission, evaluation_id: str, texts: Texts = "all") -> Iterator[dict[str, Any]]:
    """The rows of a submission's items that have a score."""
    for found in submission.items():
        if found.score is None:
            continue
        item = found if keeps_texts(found.task, texts) else without_texts(found)
        known = {name: str(value) for name in ROW_DETAILS if (value := getattr(item, name))}
        yield {
            "schema_version": VERSION,
            "evaluation_id": evaluation_id,
            "model_id": submission.model,
            "evaluation_name": item.task,
            "evaluation_result_id": result_id(item),
            "sample_id": str(item.doc_id),
            "sample_hash": item.item or None,
            "interaction_type": "single_turn",
            "input": {"raw": item.prompt, "reference": [item.target] if item.target else []},
            "output": {
                "raw": [item.response] if item.response else [],
                **({"reasoning_trace": [item.reasoning]} if item.reasoning else {}),
            },
            "answer_attribution": [
                {
                    "turn_idx": 0,
                    "source": "output.raw",
                    "extracted_value": item.extracted,
                    "extraction_method": item.filter,
                    "is_terminal": True,
                }
            ],
            "evaluation": {"score": item.score, "is_correct": item.score == 1},
            "metadata": {"metric": item.metric, "filter": item.filter, **known},
        }
