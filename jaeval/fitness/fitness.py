"""The fitness: a score for any number of candidates from one plan and one warm engine."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jaeval.catalogue import Catalogue, open_task
from jaeval.engines.checkpoint import VOLATILE_SETTINGS, open_checkpoint
from jaeval.engines.load import load_engine
from jaeval.engines.protocol import Engine, Reloadable, Response
from jaeval.engines.tokenizer import tokenizer_hash
from jaeval.errors import EngineError, FitnessError, JaevalError
from jaeval.evaluation.choose import choose_tasks
from jaeval.evaluation.plan import PlanSettings, build_plan
from jaeval.evaluation.run import known_prompts, open_cache
from jaeval.fitness.budget import Budget
from jaeval.fitness.canary import Reading
from jaeval.fitness.candidate import Candidate, Given, checkpoint_lines, open_candidate
from jaeval.fitness.failures import EngineStartError, fatal
from jaeval.fitness.items import Items
from jaeval.fitness.objective import combine
from jaeval.fitness.racing import RaceResult, race
from jaeval.fitness.result import FitnessResult
from jaeval.fitness.splits import guard_splits
from jaeval.fitness.swap import Swapper
from jaeval.suites import SUITES


class Fitness:
    """Scores candidates: `fitness(candidate) -> FitnessResult`. A context manager; `close` frees the engine.

    Prompts are built and tokenised once. A candidate costs a change of weights in the running engine and the answers
    that are not in the cache. One candidate is scored at a time, whatever threads ask.

    Args:
        suite: a suite's name, or the names of tasks or groups.
        base: a checkpoint folder. Its configuration and tokenizer are those of all candidates.
        engine: "vllm", "PACKAGE.MODULE:FACTORY", or an engine; it must be able to `reload`.
        engine_args: further arguments of the engine.
        items: how many items are asked of each candidate; None: all.
        split: "search" or "selection"; None is each task's own.
        seed: of the frozen order of items.
        cache: share responses with other fitnesses and runs of the same weights, prompts and settings: a search that
            was killed and repeats its trials asks nothing twice.
        penalty: the score of a candidate that fails; None: a failure is raised.
        tasks_dirs: further folders of tasks.
        trust_task_code: code in these folders may run.
        allow_report: let report items through; it is logged, and said in every result.
        final: these scores are the report, of candidates that nothing will choose between any more: report items are
            what is asked. A search says so once, at its end.
        reported: names of further tasks that will be reported: their report items are refused too.
        budget: limits on items and seconds.
        canary: check the engine after every so many swaps; 0 never, which every result says.
        num_fewshot, apply_chat_template, system_instruction, chat_template_args, gen_kwargs: as in `jaeval.evaluate`.

    Attributes:
        items: names of the items, in the frozen order.
        weights: each task's share in the score.
        budget: what may be spent, and what was.

    Raises:
        FitnessError: the split holds report items, shares source items with another, or has too few.
        JaevalError: other bad input; its subclass and text say what.
    """

    def __init__(
        self,
        suite: str | Sequence[str],
        *,
        base: str | Path,
        engine: str | Engine = "vllm",
        engine_args: dict[str, Any] | None = None,
        items: int | None = None,
        split: str | None = "search",
        seed: int = 0,
        cache: bool = True,
        penalty: float | None = None,
        tasks_dirs: Iterable[str | Path] = (),
        trust_task_code: bool = False,
        allow_report: bool = False,
        final: bool = False,
        reported: Sequence[str] = (),
        budget: Budget | None = None,
        canary: int = 1,
        num_fewshot: int | None = None,
        apply_chat_template: bool = False,
        system_instruction: str | None = None,
        chat_template_args: dict[str, Any] | None = None,
        gen_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.penalty, self.budget = penalty, budget or Budget()
        self._base = open_checkpoint(base)
        self._base_lines = checkpoint_lines(self._base)
        self._engine = (
            load_engine(engine, self._base.path, chat_template_args=chat_template_args, engine_args=engine_args)
            if isinstance(engine, str)
            else engine
        )
        if not isinstance(self._engine, Reloadable):
            raise FitnessError(
                "this engine cannot change its weights", field="engine", remedy="Use vllm, or give yours a `reload`"
            )
        if split == "report" and not (allow_report or final):
            raise FitnessError(
                "a fitness may not look at report items", field="split", remedy="Use split='search' or 'selection'"
            )
        catalogue = Catalogue(tasks_dirs, trust_code=trust_task_code)
        named = isinstance(suite, str) and suite in SUITES
        names = [suite] if isinstance(suite, str) else list(suite)
        choice = choose_tasks(catalogue, None if named else names, str(suite) if named else None)
        settings = PlanSettings(
            limits=choice.limits,
            split=split,
            num_fewshot=num_fewshot,
            apply_chat_template=apply_chat_template,
            system_instruction=system_instruction,
            gen_kwargs=gen_kwargs or {},
        )
        known = known_prompts(self._engine) if cache else None
        plan = build_plan(choice.cards, self._engine.tokenizer, self._engine.max_length, settings, known=known)
        if not plan.items:
            raise FitnessError("there are no items", field="suite")
        others = [open_task(card) for card in catalogue.expand(list(reported))]
        self._warnings = guard_splits(plan, others, allow_report=allow_report, final=final)
        if canary == 0:
            self._warnings += ("no canary: nothing checks that the engine holds the weights it was given",)
        self._items = Items(plan, choice, items, seed, settings)
        self._swapper = Swapper(self._engine, self._base, every=canary)
        self._cache = open_cache() if cache else None
        self._lock = threading.RLock()
        self._values: dict[str, dict[int, float]] = {}

    @property
    def items(self) -> list[str]:
        """Names of the items, in the frozen order."""
        return list(self._items.names)

    @property
    def tasks(self) -> list[str]:
        """The task of each item, in the frozen order."""
        return list(self._items.tasks)

    @property
    def weights(self) -> dict[str, float]:
        """Each task's share in the score."""
        return dict(self._items.weights)

    @property
    def digest(self) -> str:
        """The sha256 over everything asked: fitnesses of one digest ask the same of the same items."""
        return self._items.digest

    @property
    def canary(self) -> Reading | None:
        """What the canary said last; None before the first swap."""
        return self._swapper.last_reading

    def __enter__(self) -> Fitness:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the engine and the cache. Safe to call twice."""
        with self._lock:
            self._swapper.close()
            if self._cache is not None:
                self._cache.close(quiet=True)
                self._cache = None

    def __call__(self, candidate: Given) -> FitnessResult:
        """Score one candidate on all items.

        Args:
            candidate: a checkpoint folder, a state dict, pairs of name and tensor, or a mergekit configuration (a
                mapping or a YAML file).

        Returns:
            Its score; the declared penalty where it fails.

        Raises:
            FitnessError, CheckpointError, MergeError: it cannot be merged, loaded, checked or scored, and there is no
                penalty.
            BudgetError: the budget does not allow it.
            EngineError: the engine does not start, or computes with other weights than it was given (`CanaryError`).
            RunError: the cache cannot be written.
        """
        return self.score(candidate, range(len(self._items)))

    def score(self, candidate: Given | Candidate, places: Sequence[int]) -> FitnessResult:
        """Score one candidate on some items.

        Args:
            candidate: see `__call__`.
            places: of the items, in the frozen order.

        Raises:
            As `__call__`.
        """
        began, seconds = time.monotonic(), dict.fromkeys(PHASES, 0.0)
        opened: Candidate | None = None
        with self._lock:
            try:
                with _timed(seconds, "candidate"):
                    opened = candidate if isinstance(candidate, Candidate) else self.open(candidate)
                values, cached = self._answer(opened, places, seconds)
            except JaevalError as error:
                if self.penalty is None or fatal(error):
                    raise
                seconds["all"] = time.monotonic() - began
                weight_hash = "" if opened is None else opened.weight_hash
                return FitnessResult(
                    self.penalty, None, 0, {}, {}, seconds, weight_hash, failure=str(error), warnings=self._warnings
                )
            finally:
                self.budget.spent_seconds += time.monotonic() - began
        tasks = [self._items.tasks[place] for place in places]
        score, se, per_task = combine(values, tasks, self._items.weights)
        per_item = {self._items.names[place]: value for place, value in zip(places, values, strict=True)}
        seconds["all"] = time.monotonic() - began
        return FitnessResult(
            score, se, len(values), per_item, per_task, seconds, opened.weight_hash, None, cached, self._warnings
        )

    def open(self, candidate: Given) -> Candidate:
        """Merge, read and check a candidate, so that it can be scored more than once.

        Raises:
            FitnessError, CheckpointError, MergeError: it cannot be merged, read, or be loaded by the base's engine.
        """
        return open_candidate(candidate, self._base, self._base_lines)

    def race(
        self,
        candidates: Sequence[Given],
        incumbent: Given | None = None,
        alpha: float = 0.05,
        **settings: Any,
    ) -> RaceResult:
        """Find the best of some candidates on as few items as the evidence needs; see `jaeval.fitness.racing.race`.

        Args:
            candidates: the challengers.
            incumbent: what they must beat; None: the best of them is looked for.
            alpha: the chance, at most, that the incumbent is replaced by a candidate that is no better.
            settings: further arguments of `race`.
        """
        return race(self, candidates, incumbent, alpha=alpha, **settings)

    def _answer(
        self, candidate: Candidate, places: Sequence[int], seconds: dict[str, float]
    ) -> tuple[list[float], int]:
        """The values of some items, and how many were known."""
        weight_hash = candidate.weight_hash
        known_values = self._values.setdefault(weight_hash, {})
        missing = [place for place in places if place not in known_values]
        if missing:
            answers_hash = self._answers_hash(weight_hash)
            keys = self._items.keys(self._engine, answers_hash)
            known: dict[int, Response] = self._items.known(missing, keys, self._cache)
            asked = [place for place in missing if any(n not in known for n in self._items.numbers([place]))]
            self.budget.check(len(asked))
            if asked:
                self._ask(candidate, answers_hash, asked, known, keys, seconds)
                self.budget.spent_items += len(asked)
            with _timed(seconds, "scoring"):
                known_values.update(zip(missing, self._items.score(missing, known), strict=True))
            missing = asked
        return [known_values[place] for place in places], len(places) - len(missing)

    def _ask(
        self,
        candidate: Candidate,
        answers_hash: str,
        places: Sequence[int],
        known: dict[int, Response],
        keys: Sequence[str],
        seconds: dict[str, float],
    ) -> None:
        with _timed(seconds, "start"):
            try:
                self._engine.start()
            except EngineError as error:
                raise EngineStartError(
                    error.problem, file=error.file, field=error.field, remedy=error.remedy
                ) from error
        self._swapper.swap(candidate, answers_hash, seconds)

        def record(number: int, response: Response) -> None:
            if self._cache is not None:
                self._cache.put(keys[number], response)

        with _timed(seconds, "engine"):
            try:
                self._items.ask(places, known, self._engine, record)
            except EngineError:
                self._swapper.close()  # whatever it holds now, it is not to be trusted
                raise

    def _answers_hash(self, weight_hash: str) -> str:
        """What `Checkpoint.model_hash` is for these weights with the base's configuration and tokenizer."""
        settings = {key: value for key, value in self._base.config.items() if key not in VOLATILE_SETTINGS}
        parts = [weight_hash, json.dumps(settings, sort_keys=True), tokenizer_hash(self._base.path)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


PHASES = ("candidate", "start", "swap", "canary", "engine", "scoring")


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        seconds[phase] += time.monotonic() - began
