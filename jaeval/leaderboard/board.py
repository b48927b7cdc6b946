"""A finished leaderboard: every number with its uncertainty and where it came from, and what was left out.

Nothing here depends on the clock or on where the inputs lie: the same inputs give the same board.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Text = dict[str, str]
"""A text for people in both languages: `{"ja": …, "en": …}`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number that every model is asked for.

    Attributes:
        key: names the column within the board; the task's name wherever a task gives one number.
        task, metric, filter: which score fills it. Where `prompts` is set, `task` is the benchmark without its prompt.
        title, description: for people.
        domain: math, finance, reasoning or another group; empty where it has none.
        weight: its share of the overall number, relative to the others; 0 for one that is only shown.
        chance: the score of guessing, a fraction as the scores are; None where unknown.
        higher_is_better: which way is up.
        scale: what a value is multiplied by to be shown: 100 for fractions, 1 for metrics without a scale.
        prompts: versions of the prompt among which the best was taken; empty where there is one.
        items: how many items the board asks for; None where it takes whatever was asked.
        withheld: its data may not be passed on: of its items only hash and score are published.
    """

    key: str
    task: str
    metric: str
    filter: str
    title: Text
    description: Text
    domain: str = ""
    weight: float = 1.0
    chance: float | None = None
    higher_is_better: bool = True
    scale: float = 100.0
    prompts: tuple[str, ...] = ()
    items: int | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number came from.

    Attributes:
        source: the file or folder, relative to the `--results` path that it was found in.
        format: what was read there: jaeval, lm-eval, jp-stable, pfnet, every-eval-ever.
        harness, harness_version: who measured; the version is empty where unknown.
        date: when, ISO 8601; empty where unknown.
        weight_hash: of the weights; empty where unknown.
        task_version, num_fewshot, data_hash: of the task; empty or None where unknown, and for a whole model.
        settings: what else may move the number, flat.
    """

    source: str
    format: str
    harness: str
    harness_version: str = ""
    date: str = ""
    weight_hash: str = ""
    task_version: str = ""
    num_fewshot: int | None = None
    data_hash: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One model's number in one column.

    Attributes:
        value: a fraction, or as its harness prints it where the metric has no scale; None where it is missing.
        stderr: None where unknown.
        low, high: 95 % interval; None where unknown.
        method: how the interval was made: wilson, t, clustered, bca, normal, source; empty where there is none.
        n: items scored; None where unknown.
        normalised: (value − chance) / (1 − chance); None where chance is unknown.
        failed, truncated: items without an answer, and answers cut at their token limit.
        prompt: the version of the prompt that gave the value; empty where there is one only.
        tried: how many versions of the prompt the value is the best of; 1 where there is one only.
        prompt_mean: the mean over those versions, beside the best.
        constant: the run is no better than an answer that is always the same, or than guessing.
        constant_level: what such an answer scores; None where unknown.
        metric, filter: the score's own, where they differ from the column's; empty else.
        reason: why there is no value; empty where there is one.
        provenance: where it came from; None where missing.
    """

    value: float | None
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    n: int | None = None
    normalised: float | None = None
    failed: int = 0
    truncated: int = 0
    prompt: str = ""
    tried: int = 1
    prompt_mean: float | None = None
    constant: bool = False
    constant_level: float | None = None
    metric: str = ""
    filter: str = ""
    reason: str = ""
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One number over several columns: the overall one, or a domain's.

    Attributes:
        value: the number that ranks, raw or chance-normalised as the board says; None where a column is missing,
            unless the board's recipe skips it (then `skipped` names it).
        stderr, low, high: the value's uncertainty; None where a column's is unknown. The best of several versions of
            a prompt has no interval: a maximum is no unbiased estimate.
        raw, normalised: over the scores as they are and over chance-normalised ones; `normalised` is None where some
            chance level is unknown.
        missing: columns without a value.
        skipped: columns that the recipe left out.
        prompt, tried: the version of the prompt that gave the value, of how many.
        prompt_mean, prompt_mean_stderr: the mean over those versions, and an upper bound of its standard error.
    """

    value: float | None
    stderr: float | None = None
    low: float | None = None
    high: float | None = None
    raw: float | None = None
    normalised: float | None = None
    missing: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    prompt: str = ""
    tried: int = 1
    prompt_mean: float | None = None
    prompt_mean_stderr: float | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a model may stand among those with an overall number.

    Attributes:
        place: by the overall number; equal numbers share the better place.
        low, high: simultaneous 95 % interval, best and worst place; None where the uncertainty is unknown.
    """

    place: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a model itself, from the board's definition or from its submission.

    Attributes:
        parameters: how many; None where unknown.
        licence, kind, url: empty where unknown. `url` is http or https.
    """

    parameters: int | None = None
    licence: str = ""
    kind: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a reader must know before trusting a row.

    Attributes:
        kind: constant (no better than a constant answer), conflict (two submissions disagree), missing, failed,
            truncated, mixed (versions of a task, few-shots or items differ from other rows), contradiction (published
            elsewhere with another number).
        text: for people.
        column: the column that it is about; empty for the row.
    """

    kind: Literal["constant", "conflict", "missing", "failed", "truncated", "mixed", "contradiction"]
    text: Text
    column: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One model.

    Attributes:
        model: its name; unique within the board.
        overall: its overall number.
        domains: its number in each domain, where the board has more than one.
        rank: None where it has no overall number.
        cells: by column key; every column has one.
        details: of the model.
        provenance: of each submission that gave a number.
        flags: what a reader must know.
    """

    model: str
    overall: Total
    cells: dict[str, Cell]
    domains: dict[str, Total] = field(default_factory=dict)
    rank: Rank | None = None
    details: Details = field(default_factory=Details)
    provenance: tuple[Provenance, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or a model that is not on the board.

    Attributes:
        what: the file or the model's name.
        why: for people.
    """

    what: str
    why: Text


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the board was made from.

    Attributes:
        path: relative to the `--results` path that it was found in.
        sha256: of its content.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard.

    Attributes:
        name: its definition's.
        title, description: for people.
        licences: what the data and results may be used under, by what they are of.
        columns: in the order in which they are shown.
        rows: models with an overall number, best first, then those without, by name.
        domains: in order; empty where there is one or none.
        rule: how the overall number is made.
        scale: what an overall number is multiplied by to be shown.
        normalisation: "chance" where the overall number is made of chance-normalised scores, else "none".
        left_out: files and models that are not on the board.
        notes: what else a reader should know, such as published rows that the files contradict.
        built_from: the files read.
        date: of the newest result, ISO 8601; empty where no result says. Never the clock's.
        rank_method: how the rank intervals were made; empty where there are none.
    """

    name: str
    title: Text
    description: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rule: Text
    licences: dict[str, str] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    scale: float = 100.0
    normalisation: Literal["chance", "none"] = "none"
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[Text, ...] = ()
    built_from: tuple[Input, ...] = ()
    date: str = ""
    rank_method: Text = field(default_factory=dict)
