"""The catalogue: which tasks there are, what they say of themselves, and how one is opened.

A task is a plain lm-eval YAML file. Reading the catalogue runs no code and imports no lm-eval, so that `jaeval tasks`
answers at once; `open_task` then makes lm-eval's own task object. Task folders may come from strangers: `!function`
may name what jaeval itself provides, anything else is refused unless the folder is trusted by name.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from jaeval.errors import JaevalError, TaskError

FEWSHOT_SEED = 1234
"""lm-eval's default seed for drawing few-shot examples."""
FAST_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, ten times as fast, where PyYAML was built with it."""
OPEN_MODULES = ("jaeval.data.", "jaeval.japanese.", "jaeval.metrics.", "jaeval.procedural.")
"""Code that any task may name: what is defined there, not what is imported there."""


@dataclass(frozen=True, slots=True)
class FunctionReference:
    """A `!function` of a YAML file, not imported: dotted name and the folder it stands in."""

    name: str
    folder: Path


@dataclass(frozen=True)
class TaskCard:
    """What a task says of itself, read without running anything.

    Attributes:
        name: the task's name.
        file: its YAML file.
        config: the YAML with its includes merged; functions are `FunctionReference`s.
        sources: the YAML file and what it includes.
        trusted: its own code may run.
    """

    name: str
    file: Path
    config: dict[str, Any] = field(repr=False)
    sources: tuple[Path, ...] = field(repr=False)
    trusted: bool

    @property
    def header(self) -> dict[str, Any]:
        """The YAML's `metadata`: domain, title, paper, reproduces, licence, size, split, chance, source and more."""
        header = self.config.get("metadata")
        return header if isinstance(header, dict) else {"version": header} if header is not None else {}

    @property
    def output_type(self) -> str:
        """lm-eval's output type: generate_until, multiple_choice, loglikelihood or loglikelihood_rolling."""
        return str(self.config.get("output_type", "generate_until"))

    @property
    def split(self) -> str | None:
        """The split that is evaluated unless another is asked for: search, selection or report."""
        return self.header.get("split")

    @property
    def chance(self) -> float | None:
        """The score of guessing, on the scale of the task's first metric."""
        return self.header.get("chance")

    @cached_property
    def task_hash(self) -> str:
        """The sha256 over the YAML files' bytes."""
        digest = hashlib.sha256()
        for source in self.sources:
            digest.update(source.read_bytes())
        return digest.hexdigest()


class Catalogue:
    """All tasks of the package and of further folders.

    Args:
        folders: task folders of your own; their tasks come before the package's.
        trust_code: code in these folders may run.

    Raises:
        TaskError: a folder is missing, a YAML file cannot be read, or a name stands twice in one folder.
    """

    def __init__(self, folders: Iterable[str | Path] = (), *, trust_code: bool = False) -> None:
        self.cards: dict[str, TaskCard] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.group_scores: dict[str, bool] = {}
        """The groups that have a score of their own, and whether tasks count by their size in it."""
        self._read(builtin_folder(), trusted=True)
        for folder in folders:
            path = Path(folder).expanduser()
            if not path.is_dir():
                raise TaskError("no such folder of tasks", file=path, field="--tasks-dir")
            self._read(path, trusted=trust_code)

    def _read(self, folder: Path, *, trusted: bool) -> None:
        here: dict[str, TaskCard] = {}
        for file in sorted(folder.rglob("*.yaml")):
            config, sources = read_yaml(file)
            if isinstance(config.get("group"), str) and isinstance(config.get("task"), list):
                self.groups[config["group"]] = tuple(name for name in config["task"] if isinstance(name, str))
                if scored := config.get("aggregate_metric_list"):
                    first = scored[0] if isinstance(scored, list) else scored
                    by_size = isinstance(first, dict) and bool(first.get("weight_by_size", True))
                    self.group_scores[config["group"]] = by_size
                continue
            name = config.get("task")
            if not isinstance(name, str):
                raise TaskError("no task name", file=file, field="task", remedy="Give it `task: NAME`")
            if name in here:
                raise TaskError(f"the name {name!r} is taken by {here[name].file.name}", file=file, field="task")
            here[name] = TaskCard(name, file, config, sources, trusted)
        self.cards.update(here)

    def __getitem__(self, name: str) -> TaskCard:
        return self.card(name)

    def card(self, name: str, field: str | None = "--tasks") -> TaskCard:
        """The task of a name.

        Args:
            name: the task's name.
            field: what the name was given as; the error names it.

        Raises:
            TaskError: there is none; near names are told.
        """
        if name not in self.cards:
            near = difflib.get_close_matches(name, [*self.cards, *self.groups], n=3)
            hint = f"Did you mean {', '.join(near)}?" if near else "`jaeval tasks` lists them"
            raise TaskError(f"no task {name!r}", field=field, remedy=hint)
        return self.cards[name]

    def expand(self, names: Sequence[str], _above: tuple[str, ...] = ()) -> list[TaskCard]:
        """The tasks behind some names; a group's name stands for its members. Each task once, in order.

        Raises:
            TaskError: a name is unknown, or groups hold each other.
        """
        found: dict[str, TaskCard] = {}
        for name in names:
            if name in _above:
                raise TaskError(f"groups hold each other: {' > '.join([*_above, name])}", field="group")
            # A group may be named as its only member: that is the task.
            members = self.groups.get(name) if name not in self.cards else None
            cards = [self[name]] if members is None else self.expand(members, (*_above, name))
            found.update({card.name: card for card in cards})
        return list(found.values())


def builtin_folder() -> Path:
    """The folder of the package's own tasks: inside an installed package, beside it in a checkout."""
    inside = Path(__file__).parent / "tasks"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "tasks"


def read_yaml(file: Path, _seen: tuple[Path, ...] = ()) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Read a task's YAML and what it includes, without importing anything.

    Returns:
        The merged mapping (the file's own keys win over included ones, as in lm-eval) and the files read.

    Raises:
        TaskError: it is no YAML mapping, an included file is missing, or files include each other.
    """
    file = file.resolve()
    if file in _seen:
        raise TaskError("files include each other", file=file, field="include")

    class Loader(FAST_LOADER):  # type: ignore[misc,valid-type]
        """Knows `!function`, and keeps it a name."""

    def function(loader: yaml.SafeLoader, node: yaml.Node) -> FunctionReference:
        return FunctionReference(str(getattr(node, "value", "")), file.parent)

    Loader.add_constructor("!function", function)
    try:
        with file.open(encoding="utf-8") as handle:
            config = yaml.load(handle, Loader=Loader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise TaskError(f"cannot be read ({' '.join(str(error).split())[:200]})", file=file) from error
    if not isinstance(config, dict):
        raise TaskError("is not a mapping", file=file, remedy="A task is a YAML mapping with a `task` key")
    merged: dict[str, Any] = {}
    sources: tuple[Path, ...] = (file,)
    includes = config.pop("include", [])
    for name in includes if isinstance(includes, list) else [includes]:
        included, more = read_yaml(file.parent / str(name), (*_seen, file))
        merged |= included
        sources += more
    return merged | config, sources


def open_task(card: TaskCard, *, split: str | None = None, num_fewshot: int | None = None) -> Any:
    """Make lm-eval's task object: its data are loaded and checked, its functions imported.

    Args:
        card: the task.
        split: evaluate this split instead of the task's own.
        num_fewshot: as in lm-eval, ignored by a task that fixes 0.

    Returns:
        An `lm_eval.api.task.ConfigurableTask`.

    Raises:
        TaskError: code that is not trusted, a split that the data lack, or a YAML that lm-eval refuses.
        DataError: the data are missing or changed.
    """
    _refuse_code(card)
    _sandbox_templates()
    config = {key: _resolve(value, card) for key, value in card.config.items() if key not in ("tag", "group")}
    config["metadata"] = card.header | {"config_source": str(card.file)}
    reader = config.get("custom_dataset")
    if callable(reader) and "folder" in inspect.signature(reader).parameters:  # its files lie beside the task
        config["dataset_kwargs"] = {"folder": str(card.file.parent)} | (config.get("dataset_kwargs") or {})
    if split and split != card.split:
        config |= {"test_split": split, "validation_split": None}
    # As lm-eval's simple_evaluate: a task that fixes 0 keeps it, one that says nothing has 0.
    # Examples that are not shown are not loaded where they are a data set of their own: it may not be on this machine.
    own = config.get("num_fewshot")
    shots = own or 0 if num_fewshot is None or own == 0 else num_fewshot
    if shots == 0 and card.header.get("fewshot_data"):
        config |= {"training_split": None, "fewshot_split": None}
    import logging

    from lm_eval.api.task import ConfigurableTask

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    try:
        task = ConfigurableTask(config=config)
    except JaevalError:
        raise
    except KeyError as error:
        if split and split in str(error):
            raise TaskError(f"no split {split!r}", file=card.name, field="--split") from error
        raise TaskError(f"lm-eval refuses it (no {error})", file=card.file) from error
    except Exception as error:  # lm-eval raises whatever a template or a reader raises
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise TaskError(f"lm-eval refuses it ({type(error).__name__}: {reason})", file=card.file) from error
    task.set_config(key="num_fewshot", value=shots)
    return task


def _refuse_code(card: TaskCard) -> None:
    if card.trusted:
        return
    for key, remedy in (("class", "a Python class"), ("unsafe_code", "code from model answers")):
        if card.config.get(key):
            raise TaskError(f"runs {remedy}", file=card.file, field=key, remedy="Read it, then pass --trust-task-code")
    import lm_eval.api.metrics  # noqa: F401  (registers the metrics)
    from lm_eval.api.registry import metric_registry

    for metric in card.config.get("metric_list") or []:
        name = metric.get("metric") if isinstance(metric, dict) else None
        # What lm-eval does not know it hands to `evaluate.load`, which runs files and downloads by that name.
        foreign = isinstance(name, str) and name not in metric_registry and not card.config.get("process_results")
        if foreign or (name and metric.get("hf_evaluate")):
            raise TaskError(
                f"the metric {name!r} is not lm-eval's own: its code would be loaded and run",
                file=card.file,
                field="metric_list",
                remedy="Read it, then pass --trust-task-code",
            )


def _sandbox_templates() -> None:
    """Have lm-eval render templates in Jinja's sandbox: left alone, a stranger's `doc_to_text` may run anything.

    And compile each once: lm-eval compiles anew for each document, which is most of the time that a plan takes.
    """
    import lm_eval.utils
    from jinja2.sandbox import SandboxedEnvironment

    given = lm_eval.utils.env
    if isinstance(given, SandboxedEnvironment):
        return
    sandbox = SandboxedEnvironment(
        loader=given.loader, undefined=given.undefined, keep_trailing_newline=given.keep_trailing_newline
    )
    sandbox.filters.update(given.filters)
    sandbox.from_string = lru_cache(maxsize=1024)(sandbox.from_string)  # type: ignore[assignment,method-assign]
    lm_eval.utils.env = sandbox


def _resolve(value: Any, card: TaskCard) -> Any:
    if isinstance(value, FunctionReference):
        return import_function(value, card)
    if isinstance(value, dict):
        return {key: _resolve(entry, card) for key, entry in value.items()}
    if isinstance(value, list):
        return [_resolve(entry, card) for entry in value]
    return value


def import_function(reference: FunctionReference, card: TaskCard) -> Any:
    """Import what a `!function` names: a module beside the YAML first, as in lm-eval, then an installed one.

    Raises:
        TaskError: it is not trusted, or does not exist.
    """
    module_name, _, name = reference.name.rpartition(".")
    beside = reference.folder / f"{module_name.replace('.', '/')}.py"
    local = beside.is_file()
    refusal = TaskError(
        "wants to run code of its own",
        file=card.file,
        field=f"!function {reference.name}",
        remedy=f"Read {beside if local else reference.name}, then pass --trust-task-code",
    )
    if not card.trusted and (local or not reference.name.startswith(OPEN_MODULES)):
        raise refusal
    try:
        found = getattr(_load_file(beside) if local else importlib.import_module(module_name), name)
    except (ImportError, AttributeError, ValueError, SyntaxError) as error:
        raise TaskError(f"cannot be imported ({error})", file=card.file, field=f"!function {reference.name}") from error
    if not card.trusted and not f"{getattr(found, '__module__', '')}.".startswith(OPEN_MODULES):
        raise refusal
    return found


def _load_file(path: Path) -> Any:
    name = f"jaeval_task_code.{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module
