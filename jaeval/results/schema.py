"""The schema of a run: what its manifest, its results and its items hold. Version 1.

Read at the door by pydantic, so that a damaged or foreign folder fails with the path of the field.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Literal[1] = 1

Json = dict[str, Any]


class Strict(BaseModel):
    """A pydantic model that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class TaskRecord(Strict):
    """How one task was evaluated.

    Attributes:
        version: the task's own version.
        domain: math, finance, reasoning, or None where the task does not say.
        task_hash: sha256 over its YAML files.
        data_hash: sha256 over the hashes of the documents evaluated, in order.
        output_type: lm-eval's output type.
        split: the split evaluated.
        size: documents in that split.
        n: documents evaluated.
        num_fewshot: few-shot examples.
        chance: the score of guessing, on the first metric's scale.
        aggregations: how each metric's item values become a score, by metric.
        higher_is_better: by metric.
        config: the task's settings as lm-eval dumps them.
    """

    version: str | float | int | None = None
    domain: str | None = None
    task_hash: str
    data_hash: str
    output_type: str
    split: str | None
    size: int
    n: int
    num_fewshot: int
    chance: float | None
    aggregations: dict[str, str]
    higher_is_better: dict[str, bool]
    config: Json


class CompositeRecord(Strict):
    """How a number over several tasks is made: a suite's part, or a group of tasks.

    Attributes:
        name: the suite's or the group's, and the part's.
        rule: "mean" over tasks, that mean without the tasks that score 0, or "best" and "mean of parts" over other
            composites (versions of one prompt).
        weights: by task; for the last two rules by composite. None: as many as items were scored.
    """

    name: str
    rule: Literal["mean", "mean of what is not 0", "best", "mean of parts"]
    weights: dict[str, float | None]


class Efficiency(Strict):
    """How close a run's engine came to the least work that its questions allow.

    Attributes:
        prefilled: prompt tokens that were computed.
        least: prompt tokens that had to be: each distinct beginning of a prompt once.
        generated: new tokens.
        seconds: that the answers took, the engine's start not included.
        busy: of these, the seconds that the engine itself computed; None where it does not say. The rest is what the
            harness cost on top of the raw engine.
    """

    prefilled: int
    least: int
    generated: int
    seconds: float
    busy: float | None = None


class Service(Strict):
    """What the answers of servers took.

    Attributes:
        calls: HTTP requests that were sent; `repeated`: of these, those that had been sent before. Of a run that was
            taken up again: in its last part.
        latency: seconds from a request to its answer: "median", "p95" and "longest"; empty where none was answered. Of
            the last part too.
        prompt_tokens, generated_tokens: as the service counts them; None where they were not added up.
        cost: in US dollars, by the prices that the library knows; None where nothing is paid or no price is known.
            Tokens and cost are of all parts of a run.
    """

    calls: int
    repeated: int
    latency: dict[str, float] = Field(default_factory=dict)
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    cost: float | None = None


class Manifest(Strict):
    """Everything needed to say where a run's numbers come from.

    Attributes:
        schema_version: this schema's.
        checkpoint: as it was given, for people; numbers never depend on it.
        weight_hash: sha256 of weights, architecture and tokenizer.
        engine: its name.
        engine_args: its arguments as given.
        fingerprint: what besides the weights may move a number.
        settings: limit, split, few-shots, chat template, seed and the like.
        suite: the suite's name, where one was run.
        composites: how the numbers over several tasks are made.
        plan_hash: sha256 over everything asked.
        tasks: by name.
        versions: of Python and the packages that matter.
        hardware: processor, cores, memory in bytes, accelerators.
        started, finished: times with their zone.
        seconds: in all, and by phase. The engine starts ("start") while the plan is made.
        efficiency: how much of what the engine did was needed; None where it was not asked.
        service: what the answers of servers took; None where no server was asked.
        requests: distinct requests; `cached`: answered by the cache or the journal.
        truncated_prompts: prompts that lost tokens on the left.
        resumed: how often the run was taken up again.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    checkpoint: str
    weight_hash: str
    engine: str
    engine_args: Json = Field(default_factory=dict)
    fingerprint: dict[str, str | int | float | bool | None]
    settings: Json
    suite: str | None = None
    composites: list[CompositeRecord] = Field(default_factory=list)
    plan_hash: str
    tasks: dict[str, TaskRecord]
    versions: dict[str, str]
    hardware: Json
    started: datetime
    finished: datetime | None = None
    seconds: dict[str, float] = Field(default_factory=dict)
    efficiency: Efficiency | None = None
    service: Service | None = None
    requests: int
    cached: int = 0
    truncated_prompts: int = 0
    resumed: int = 0


class Score(Strict):
    """One number of the scorecard.

    Attributes:
        task, metric, filter: which number it is. The filter is lm-eval's name for an extractor.
        value: the aggregate; None where no item could be scored or the aggregate is no finite number. Missing is never
            zero.
        stderr: its standard error; None where n < 2.
        low, high: 95 % interval.
        n: items scored.
        chance: the score of guessing; None where unknown or not on this metric's scale.
        failed: items without an answer; they are not in n.
        truncated: items whose answer was cut at its token limit; they are in n.
        seconds: the task's share of the engine's time, by tokens.
        tokens: prefilled and generated tokens of the task.
        primary: the task's first metric and filter.
    """

    task: str
    metric: str
    filter: str
    value: float | None
    stderr: float | None
    low: float | None
    high: float | None
    n: int
    chance: float | None = None
    failed: int = 0
    truncated: int = 0
    seconds: float | None = None
    tokens: int = 0
    primary: bool = False


class Composite(Strict):
    """One number over several tasks.

    Attributes:
        name: the suite's or the group's, and the part's.
        value: None where a task's score is missing: the others do not stand for it.
        stderr: of the weighted mean of independent scores. Of the mean over versions of a prompt, whose items are the
            same, it is an upper bound: the mean of their standard errors.
        low, high: 95 % interval, value ± 1.96 standard errors. None for the best of several.
        n: items scored.
        parts: how many tasks, or versions of a prompt, it is made of.
        chance: the score of guessing, made in the same way; None where unknown.
        best: which version of a prompt was the best.
        missing: tasks without a score.
    """

    name: str
    value: float | None
    stderr: float | None
    low: float | None
    high: float | None
    n: int
    parts: int
    chance: float | None = None
    best: str | None = None
    missing: list[str] = Field(default_factory=list)


class Results(Strict):
    """The aggregates of a run; they follow from its items."""

    schema_version: Literal[1] = SCHEMA_VERSION
    scores: list[Score]
    composites: list[Composite] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a run, one row of `items.parquet`.

    Attributes:
        task: the task's name.
        doc_id: the document's place in its split.
        id, source_id: the document's own id and that of the item it was made from; empty where it has none.
        doc: the document.
        doc_hash: lm-eval's hash of the document: equal in two runs that saw the same item.
        prompts: what was asked: one text, or for choices (context, continuation) pairs.
        generation: generation settings; empty for choices.
        responses: for each request its answers: texts, or [log-likelihood, greedy].
        reasoning: the reasoning parts, in the order of the answers.
        extracted: by filter, what was read from the responses.
        target: the right answer as lm-eval gives it.
        scores: by filter, then metric: this item's value. Empty where it failed.
        finish: "stop", "length" (truncated), "choice", or "failed".
        error: why it failed; empty else.
        prefilled_tokens, generated_tokens: what it cost.
    """

    task: str
    doc_id: int
    id: str
    source_id: str
    doc: Json = field(repr=False)
    doc_hash: str
    prompts: list[Any]
    generation: Json
    responses: list[Any]
    reasoning: list[str | None]
    extracted: Json
    target: Any
    scores: dict[str, Json]
    finish: Literal["stop", "length", "choice", "failed"]
    error: str
    prefilled_tokens: int
    generated_tokens: int

    def to_record(self) -> Json:
        """Flat values for a table: what is nested becomes JSON text."""
        record = asdict(self)
        for name in JSON_COLUMNS:
            record[name] = to_json(record[name])
        return {name: utf8(value) if isinstance(value, str) else value for name, value in record.items()}

    @classmethod
    def from_record(cls, record: Json) -> ItemRow:
        """Read `to_record`'s values. Raises `ValueError`, `KeyError` or `TypeError` on a foreign row."""
        values = {entry.name: record[entry.name] for entry in fields(cls)}
        return cls(**values | {name: json.loads(values[name]) for name in JSON_COLUMNS})


def to_json(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON text that can be written as UTF-8: Japanese as it is, half a surrogate pair as its escape."""
    return utf8(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


def utf8(text: str) -> str:
    r"""Text without lone surrogates, which UTF-8 cannot hold: they become `\ud83d` and the like.

    Inside JSON that is the character's own escape, so nothing is lost there.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


JSON_COLUMNS = (
    "doc",
    "prompts",
    "generation",
    "responses",
    "reasoning",
    "extracted",
    "target",
    "scores",
)
