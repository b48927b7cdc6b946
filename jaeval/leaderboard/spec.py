"""What a leaderboard's definition, `leaderboards/NAME.yaml`, may say."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, HttpUrl, model_validator

from jaeval.results.schema import Strict
from jaeval.results.submission import Format


class Bilingual(Strict):
    """A text in Japanese and in English."""

    ja: str
    en: str


class TaskEntry(Strict):
    """One column.

    Attributes:
        task: what the column is called.
        names: what submissions call it, or the benchmark it is a version of, with `*` for any text; the first that a
            submission has is taken. Unless given, the task's own name.
        prompts: instead of `names`, the names under each version of the prompt.
        metrics: in order of preference, each with what its values are multiplied by to be shown in points: 100 for
            fractions, 1 for what a harness prints in points. Unless given, the task's primary metric, a fraction.
        filter: lm-eval's name of an extractor; unless given, any, the primary first.
        title, description: for people.
        domain: the group whose number it is part of.
        weight: its share of its domain's number, relative to the others; 0 for a column that is only shown.
        chance: the score of guessing, a fraction.
        higher_is_better: which way is up.
        items: how many items are asked.
        withheld: its data may not be passed on: of its items only hash and score are published.
    """

    task: str = Field(min_length=1)
    names: list[str] = Field(default_factory=list)
    prompts: dict[str, list[str]] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    filter: str | None = None
    title: Bilingual | None = None
    description: Bilingual | None = None
    domain: str = ""
    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    chance: float | None = Field(default=None, ge=0, lt=1)
    higher_is_better: bool = True
    items: int | None = Field(default=None, ge=1)
    withheld: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.names and self.prompts:
            raise ValueError("give names or prompts, not both")
        if not self.higher_is_better and self.weight:
            raise ValueError("a column where lower is better cannot be part of a mean: give it weight: 0")
        if len(set(self.metrics.values())) > 1 and self.chance:
            raise ValueError("chance needs metrics of one scale")
        return self


class Filters(Strict):
    """Which submissions are on the board; an empty list lets all pass. Texts may hold `*`.

    Attributes:
        formats: what was read, such as jaeval or lm-eval.
        harnesses, models: names.
        files: names of the files or run folders that submissions were read from.
        not_in: names of folders; what lies anywhere below one is left out.
        tasks: exactly so many tasks must have a score.
        complete: every task and prompt that was asked must have one.
    """

    formats: list[Format] = Field(default_factory=list)
    harnesses: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list)
    not_in: list[str] = Field(default_factory=list)
    tasks: int | None = Field(default=None, ge=1)
    complete: bool = False


class Recipe(Strict):
    """A published way to make the overall number that the board follows though it is not jaeval's own.

    Attributes:
        name: whose it is.
        url: where it is published.
        zeros: "skip" leaves tasks that score 0 out of the mean, and names them in the row.
        missing: "skip" leaves missing tasks out of the mean, and names them in the row.
    """

    name: str = Field(min_length=1)
    url: HttpUrl | None = None
    zeros: Literal["keep", "skip"] = "keep"
    missing: Literal["missing", "skip"] = "missing"


class ModelEntry(Strict):
    """What is known of a model: how many parameters, its licence, what kind it is, and its page."""

    parameters: int | None = Field(default=None, ge=1)
    licence: str = ""
    kind: str = ""
    url: HttpUrl | None = None


class PublishedTable(Strict):
    """A table published elsewhere, a CSV file among the results, that the board is compared with.

    Attributes:
        file: its name, in a `--results` folder or beside it.
        model: the column with the model's name, or with that of the folder of its results.
        overall: the column with the overall number, in points.
        columns: the columns with the tasks' numbers, in points, by task.
        digits: after the point, in print.
    """

    file: str = Field(min_length=1)
    model: str = "model"
    overall: str = "average"
    columns: dict[str, str] = Field(default_factory=dict)
    digits: int = Field(default=2, ge=0, le=9)


class Spec(Strict):
    """A leaderboard's definition.

    Attributes:
        name: the file's name, unless given.
        title, description: for people.
        tasks: its columns; or
        suite: a suite, whose tasks, weights, domains and levels of chance are taken from the catalogue.
        titles: of the suite's tasks, instead of the catalogue's English ones.
        normalisation: "chance" makes the overall number of (score − chance) / (1 − chance), 0 for guessing.
        licences: of data and results, by what they are of.
        filters: which submissions are on it.
        recipe: a published rule, where the board follows one. Without it a model that lacks a task has no overall
            number: the others do not stand for it.
        models: details of models, by name.
        models_file: a YAML file beside the definition with further ones.
        published: a table published elsewhere that the board is compared with.
    """

    name: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$", max_length=100)
    title: Bilingual
    description: Bilingual
    tasks: list[TaskEntry] = Field(default_factory=list)
    suite: str | None = None
    titles: dict[str, Bilingual] = Field(default_factory=dict)
    normalisation: Literal["none", "chance"] = "none"
    licences: dict[str, str] = Field(default_factory=dict)
    filters: Filters = Field(default_factory=Filters)
    recipe: Recipe | None = None
    models: dict[str, ModelEntry] = Field(default_factory=dict)
    models_file: str | None = None
    published: PublishedTable | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if bool(self.tasks) == bool(self.suite):
            raise ValueError("give tasks or a suite, one of them")
        names = [entry.task for entry in self.tasks]
        if len(set(names)) < len(names):
            raise ValueError(f"the task {next(name for name in names if names.count(name) > 1)!r} stands twice")
        if self.tasks and not any(entry.weight for entry in self.tasks):
            raise ValueError("every weight is 0")
        asked = {tuple(entry.prompts) for entry in self.tasks if entry.weight}
        if len(asked) > 1:
            raise ValueError("every task needs the same versions of the prompt")
        if self.normalisation == "chance" and any(entry.weight and entry.chance is None for entry in self.tasks):
            raise ValueError("normalisation: chance needs the chance of every task")
        return self
