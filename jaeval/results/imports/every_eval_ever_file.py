"""The shape of Every Eval Ever's file: as much of its schema as is read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Details = dict[str, Any]


class Lenient(BaseModel):
    """A part of a file; what is not named here is passed over."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())


class Source(Lenient):
    """Where the file comes from."""

    source_name: str = ""
    additional_details: Details = Field(default_factory=dict)


class Library(Lenient):
    """What evaluated."""

    name: str
    version: str
    additional_details: Details = Field(default_factory=dict)


class ModelInfo(Lenient):
    """What was evaluated."""

    name: str
    id: str
    additional_details: Details = Field(default_factory=dict)


class Metric(Lenient):
    """What a score means."""

    metric_id: str | None = None
    metric_name: str | None = None
    metric_unit: str | None = None
    lower_is_better: bool
    min_score: Any = None
    max_score: Any = None


class Error(Lenient):
    """A standard error."""

    value: Any = None


class Interval(Lenient):
    """An interval of confidence."""

    lower: Any = None
    upper: Any = None
    confidence_level: Any = None


class Uncertainty(Lenient):
    """How sure a score is."""

    standard_error: Error | None = None
    confidence_interval: Interval | None = None
    num_samples: Any = None


class ScoreDetails(Lenient):
    """A score."""

    score: Any
    details: Details = Field(default_factory=dict)
    uncertainty: Uncertainty | None = None


class Result(Lenient):
    """A number with what it is of."""

    evaluation_result_id: str | None = None
    evaluation_name: str
    metric_config: Metric
    score_details: ScoreDetails


class Detailed(Lenient):
    """What is told of the file of items."""

    checksum: str | None = None
    hash_algorithm: str | None = None
    total_rows: Any = None


class EveryEvalEver(Lenient):
    """What is read of a file; the rest is passed over."""

    schema_version: str
    evaluation_id: str
    evaluation_timestamp: Any = None
    source_metadata: Source
    eval_library: Library
    model_info: ModelInfo
    evaluation_results: list[Result]
    detailed_evaluation_results: Detailed | None = None
