"""From a plan to responses: what is known is taken from journal and cache, the rest goes to the engine in one batch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from jaeval.engines.protocol import Engine, FailedResponse, GenerationResponse, Response
from jaeval.evaluation.journal import Journal
from jaeval.evaluation.plan import Plan
from jaeval.evaluation.progress import Progress


@dataclass(slots=True)
class Answers:
    """The responses of a run.

    Attributes:
        responses: in the order of the plan's requests.
        cached: which of them were known before.
        engine_seconds: how long the engine worked, its start included.
    """

    responses: list[Response | None]
    cached: set[int] = field(default_factory=set)
    engine_seconds: float = 0.0

    def __getitem__(self, number: int) -> Response:
        return self.responses[number] or FailedResponse("the engine gave no answer")


def answer(
    plan: Plan, keys: Sequence[str], engine: Engine, journal: Journal, cache: Journal | None, progress: Progress
) -> Answers:
    """Answer every request of a plan.

    Args:
        plan: the plan.
        keys: the cache key of each request.
        engine: asked only for what is not known; not even started where all is.
        journal: the run's own.
        cache: shared by runs, or None.
        progress: told of each finished item.

    Raises:
        EngineError: the engine cannot start, or died. What it had answered is in the journal.
        RunError: the journal cannot be written.
    """
    answers = Answers([None] * len(plan.requests))
    waiting = _Waiting(plan, answers, progress)
    numbers = {key: number for number, key in enumerate(keys)}
    for key, response in journal.get(keys):
        waiting.take(numbers[key], response, cached=True)
    if cache is not None:
        missing = [key for key, number in numbers.items() if answers.responses[number] is None]
        for key, response in cache.get(missing):
            journal.put(key, response)
            waiting.take(numbers[key], response, cached=True)
    asked = [number for number, response in enumerate(answers.responses) if response is None]
    if not asked:
        return answers
    progress.phase(f"starting the engine for {len(asked):,} requests")
    start = time.monotonic()
    for place, response in engine.respond([plan.requests[number] for number in asked]):
        number = asked[place]
        journal.put(keys[number], response)
        if cache is not None:
            cache.put(keys[number], response)
        waiting.take(number, response, cached=False)
    answers.engine_seconds = time.monotonic() - start
    return answers


class _Waiting:
    """Knows which items wait for which requests, and tells when one is complete."""

    def __init__(self, plan: Plan, answers: Answers, progress: Progress) -> None:
        self._plan, self._answers, self._progress = plan, answers, progress
        self._items: list[list[int]] = [[] for _ in plan.requests]
        self._open: list[int] = []
        for place, item in enumerate(plan.items):
            requests = item.requests
            self._open.append(len(requests))
            for number in requests:
                self._items[number].append(place)

    def take(self, number: int, response: Response, *, cached: bool) -> None:
        self._answers.responses[number] = response
        if cached:
            self._answers.cached.add(number)
        for place in self._items[number]:
            self._open[place] -= 1
            if self._open[place] == 0:
                item = self._plan.items[place]
                tokens = sum(
                    cost(self._answers[request]) for request in item.requests if request not in self._answers.cached
                )
                self._progress.answered(item.task, tokens, cached=cached)


def cost(response: Response) -> int:
    """Tokens that a response cost: prefilled and generated."""
    if isinstance(response, FailedResponse):
        return 0
    generated = response.generated_tokens if isinstance(response, GenerationResponse) else 0
    return response.prefilled_tokens + generated
