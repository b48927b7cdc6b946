"""One model's scores, whoever measured them: what every import gives and every board takes.

A submission comes from a jaeval run, from lm-eval's files, from a published repository of results, or from an exchange
format. It keeps where each number came from. Scores are fractions where the metric has a scale from 0 to 1; metrics
without one (BLEU, perplexity) stay as their harness prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Format = Literal["jaeval", "lm-eval", "jp-stable", "pfnet", "every-eval-ever"]


@dataclass(frozen=True, slots=True)
class TaskScore:
    """One number of a model.

    Attributes:
        task, metric, filter: which number it is; the filter is lm-eval's name for an extractor.
        value: None where it is missing. Missing is never zero.
        stderr: None where the source does not know it (lm-eval's "N/A").
        low, high: 95 % interval where the source computed one.
        n: items scored; None where the source does not say.
        chance: the score of guessing; None where unknown.
        higher_is_better: None where unknown.
        primary: the task's first metric and filter.
        failed, truncated: items without an answer, and answers cut at their token limit.
        version: the task's version in its harness.
        num_fewshot: few-shot examples; None where unknown.
        data_hash: equal hashes mean the same items; empty where unknown.
        benchmark: the task without the version of its prompt, where its name carries one ("jnli" for "jnli-1.1-0.3");
            empty else.
        prompt: that version of the prompt ("0.3"); empty where the name carries none.
        note: why the value is missing, where the source says so or holds what is no number.
    """

    task: str
    metric: str
    filter: str = "none"
    value: float | None = None
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    chance: float | None = None
    higher_is_better: bool | None = None
    primary: bool = False
    failed: int = 0
    truncated: int = 0
    version: str = ""
    num_fewshot: int | None = None
    data_hash: str = ""
    benchmark: str = ""
    prompt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of a submission, for paired tests and for reading what a model answered.

    Attributes:
        task, metric, filter: the number that it belongs to.
        item: the document's hash: equal hashes prove that two models saw the same item.
        score: the item's value of the metric; None where it is no number (parts of a corpus metric) or failed.
        cluster: items of one passage or company share it; empty where each stands alone.
        doc_id: the document's place in its split.
        prompt, response, reasoning, extracted, target: texts for people; choices are told in words.
        finish: "stop", "length" (truncated), "choice", "failed", or "" where unknown.
    """

    task: str
    metric: str
    filter: str
    item: str
    score: float | None
    cluster: str = ""
    doc_id: int = 0
    prompt: str = ""
    response: str = ""
    reasoning: str = ""
    extracted: str = ""
    target: str = ""
    finish: str = ""


def _no_items() -> Iterator[ItemScore]:
    return iter(())


@dataclass(frozen=True)
class Submission:
    """All scores of one model from one source.

    Attributes:
        model: the name under which it is published, such as "ORG/NAME".
        scores: its numbers. None at all: its harness was to be run on it, and the result is missing.
        source: the file or folder they were read from.
        format: what was read.
        harness, harness_version: who measured; versions are empty where unknown.
        date: when it was measured.
        weight_hash: of the weights, where known.
        settings: what else may move a number (dtype, engine, few-shots, chat template, prompt version …), flat.
        details: what is known of the model itself (parameters, licence, kind, url), flat.
        items: gives its items when called, lazily; none where the source has no item file. They were checked when the
            submission was read; a file that is changed in between raises a `JaevalError`.
        notes: what was left out on reading, such as groups of tasks.
    """

    model: str
    scores: tuple[TaskScore, ...]
    source: Path
    format: Format
    harness: str
    harness_version: str = ""
    date: datetime | None = None
    weight_hash: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    items: Callable[[], Iterator[ItemScore]] = _no_items
    notes: tuple[str, ...] = ()
