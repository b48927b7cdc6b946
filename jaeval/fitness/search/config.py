"""What a search's configuration, the CONFIG.yaml of `jaeval search`, may say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from jaeval.errors import SearchError
from jaeval.results.definition import read_definition
from jaeval.results.schema import Strict

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
Method = Literal["linear", "task_arithmetic", "slerp", "ties", "dare_ties", "passthrough"]
NUMBERS: dict[str, dict[str, tuple[float, float]]] = {
    "linear": {"weight": (0.0, 1.0)},
    "task_arithmetic": {"weight": (0.0, 1.0)},
    "slerp": {"t": (0.0, 1.0)},
    "ties": {"weight": (0.0, 1.0), "density": (0.05, 1.0)},
    "dare_ties": {"weight": (0.0, 1.0), "density": (0.05, 1.0)},
    "passthrough": {},
}
"""The numbers that each method takes, with their bounds unless others are given."""
RECIPES = Path(__file__).parent / "recipes"
"""The searches that come with jaeval."""


class MergeSettings(Strict):
    """What is searched.

    Attributes:
        method: mergekit's name of the method.
        granularity: how many numbers there are: "global" one set for all parents; "parent" one for each parent;
            "layers" one for each parent and group of layers, and one for its embeddings, output matrix and last norm;
            "blocks" the same with attention and feed-forward apart.
        layer_group: so many layers share their numbers; the last group may be smaller.
        bounds: lowest and highest value, by number: weight, density, t.
        start: where the search begins; the middle of the bounds unless given.
        normalize: divide by the sum of the weights; unless given, as the method does in mergekit.
        depth: of passthrough: "same" takes each group of layers from one parent at its own depth; "any" takes any
            group of any parent, the embeddings with the first and the output matrix with the last.
        dtype: what mergekit computes in.
        out_dtype: of the merged tensors; unless given, the base's.
    """

    method: Method
    granularity: Literal["global", "parent", "layers", "blocks"] = "parent"
    layer_group: int = Field(default=1, ge=1)
    bounds: dict[str, tuple[float, float]] = Field(default_factory=dict)
    start: dict[str, float] = Field(default_factory=dict)
    normalize: bool | None = None
    depth: Literal["same", "any"] = "same"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    out_dtype: Literal["float32", "bfloat16", "float16"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        numbers = NUMBERS[self.method]
        for name in [*self.bounds, *self.start]:
            if name not in numbers:
                raise ValueError(f"{self.method} has no {name!r}; it has {', '.join(numbers) or 'no numbers'}")
        for name, (low, high) in self.bounds.items():
            if not low < high:
                raise ValueError(f"bounds.{name}: {low:g} is not below {high:g}")
        for name, value in self.start.items():
            low, high = self.range(name)
            if not low <= value <= high:
                raise ValueError(f"start.{name}: {value:g} is outside [{low:g}, {high:g}]")
        return self

    def range(self, name: str) -> tuple[float, float]:
        """A number's lowest and highest value."""
        return self.bounds.get(name) or NUMBERS[self.method][name]


class FitnessSettings(Strict):
    """How a candidate is scored; see `jaeval.Fitness`. One of `suite` and `tasks` must be given."""

    suite: str | None = None
    tasks: list[str] = Field(default_factory=list)
    items: int | None = Field(default=None, ge=1)
    engine: str = "vllm"
    engine_args: dict[str, Any] = Field(default_factory=dict)
    penalty: float = 0.0
    tasks_dirs: list[str] = Field(default_factory=list)
    trust_task_code: bool = False
    canary: int = Field(default=1, ge=0)
    num_fewshot: int | None = Field(default=None, ge=0)
    apply_chat_template: bool = False
    system_instruction: str | None = None
    gen_kwargs: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.suite) == bool(self.tasks):
            raise ValueError("give suite or tasks, one of them")
        return self

    @property
    def asked(self) -> str | list[str]:
        """What `jaeval.Fitness` takes."""
        return self.suite or self.tasks


class SamplerSettings(Strict):
    """Who proposes genotypes.

    Attributes:
        name: "optuna-cmaes" (Optuna's CmaEsSampler), "cmaes" (the package of that name), "random" or "grid".
        population: of CMA-ES; 4 + ⌊3 ln n⌋ unless given, with n numbers.
        sigma: CMA-ES's first step, as a share of each number's range.
        steps: of the grid, for each number.
    """

    name: Literal["optuna-cmaes", "cmaes", "random", "grid"] = "optuna-cmaes"
    population: int | None = Field(default=None, ge=3)
    sigma: float = Field(default=1 / 6, gt=0, le=1)
    steps: int = Field(default=3, ge=1, le=1000)


class BudgetSettings(Strict):
    """What the trials may cost together: items that the engine answers, and seconds."""

    items: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)


class SelectionSettings(Strict):
    """The best `top` trials are scored on `items` items (unless given, all) of the split `selection`; one is chosen.

    `tasks` are others than the fitness's, where those have no such split.
    """

    top: int = Field(default=5, ge=1)
    tasks: list[str] = Field(default_factory=list)
    items: int | None = Field(default=None, ge=1)


class ReportSettings(Strict):
    """What the chosen one and its parents are scored on, once.

    Attributes:
        tasks: evaluated on their own splits; unless given, the fitness's tasks on the split `report`.
        items: of them; all unless given.
    """

    tasks: list[str] = Field(default_factory=list)
    items: int | None = Field(default=None, ge=1)


class SearchConfig(Strict):
    """A search.

    Attributes:
        parents: checkpoint folders by name. Paths are relative to the configuration's folder; `nano:NAME` is one of
            the checkpoints that come with jaeval.
        base: a folder, or a parent's name: configuration and tokenizer of all candidates, and what task_arithmetic,
            ties and dare_ties take the parents' differences from.
        merge, fitness, sampler, budget, selection, report: see there. `selection: null` takes the best trial as it is;
            `report: null` reports nothing.
        trials: how many genotypes are tried.
        seed: of everything that is drawn: genotypes, items, DARE's masks.
        out: the search's folder, relative to the current folder.
    """

    parents: dict[Name, str] = Field(min_length=1)
    base: str
    merge: MergeSettings
    fitness: FitnessSettings
    sampler: SamplerSettings = Field(default_factory=SamplerSettings)
    trials: int = Field(default=100, ge=1)
    budget: BudgetSettings = Field(default_factory=BudgetSettings)
    seed: int = Field(default=0, ge=0, lt=2**32)
    selection: SelectionSettings | None = Field(default_factory=SelectionSettings)
    report: ReportSettings | None = Field(default_factory=ReportSettings)
    out: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.merge.method == "slerp" and len(self.parents) != 2:
            raise ValueError(f"slerp lies between two parents, not {len(self.parents)}")
        if self.merge.method == "passthrough" and len(self.parents) < 2 and self.merge.depth == "same":
            raise ValueError("passthrough has nothing to choose from: give two parents, or depth: any")
        return self

    @property
    def base_folder(self) -> str:
        """The folder of the base."""
        return self.parents.get(self.base, self.base)


def recipe_names() -> list[str]:
    """Names of the searches that come with jaeval."""
    return sorted(path.stem for path in RECIPES.glob("*.yaml"))


def find_config(config: str | Path) -> tuple[Path, Path]:
    """The file of a search's configuration, and the folder that its paths start from.

    Args:
        config: a file, whose folder that is, or a recipe's name: then it is the current folder.

    Raises:
        SearchError: it is neither.
    """
    name, path = str(config), Path(config).expanduser()
    if name in recipe_names():
        return RECIPES / f"{name}.yaml", Path.cwd()
    if not path.exists() and path.suffix not in {".yaml", ".yml"} and path.name == name:
        recipes = ", ".join(recipe_names())
        raise SearchError(f"is neither a file nor a recipe ({recipes})", file=name, field="CONFIG")
    return path, path.resolve().parent


def read_config(config: str | Path) -> SearchConfig:
    """Read a search's configuration; its paths become whole.

    Args:
        config: a file, or a recipe's name.

    Raises:
        SearchError: it cannot be read; names the file and the field.
    """
    path, folder = find_config(config)
    found = read_definition(path, "configuration", SearchError)
    return with_whole_paths(parse_config(found, path), folder)


def parse_config(value: Any, file: str | Path | None = None) -> SearchConfig:
    """Check a configuration given as a mapping.

    Raises:
        SearchError: a field is missing, unknown or wrong.
    """
    try:
        return SearchConfig.model_validate(value)
    except RecursionError as error:
        raise SearchError("is nested too deeply", file=file) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, _spoken(first["loc"]))) or None
        raise SearchError(first["msg"].removeprefix("Value error, "), file=file, field=field) from error


def with_whole_paths(config: SearchConfig, folder: Path) -> SearchConfig:
    """The same with parents, base and task folders found from a folder."""

    def whole(path: str) -> str:
        return path if path.startswith("nano:") else str(folder / Path(path).expanduser())

    base = config.base if config.base in config.parents else whole(config.base)
    fitness = config.fitness.model_copy(update={"tasks_dirs": [whole(path) for path in config.fitness.tasks_dirs]})
    parents = {name: whole(path) for name, path in config.parents.items()}
    return config.model_copy(update={"parents": parents, "base": base, "fitness": fitness})


def with_nano_folders(config: SearchConfig) -> SearchConfig:
    """The same with `nano:NAME` replaced by the folder of that checkpoint.

    Raises:
        SearchError: there is no such checkpoint. CheckpointError: it is damaged.
    """

    def folder(path: str) -> str:
        if not path.startswith("nano:"):
            return path
        from jaeval.nano import MEMBERS, checkpoint

        member = path.removeprefix("nano:")
        if member not in MEMBERS:
            raise SearchError(f"no nano checkpoint {member!r}", field="parents", remedy=f"Use {', '.join(MEMBERS)}")
        return str(checkpoint(member))

    parents = {name: folder(path) for name, path in config.parents.items()}
    return config.model_copy(update={"parents": parents, "base": folder(config.base)})


def _spoken(location: Sequence[int | str]) -> list[int | str]:
    return [part for part in location if part != "[key]"]
