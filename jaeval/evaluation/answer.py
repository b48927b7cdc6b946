"""From a plan to responses: what is known is taken from journal and cache, the rest goes to the engine in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jaeval.engines.protocol import FailedResponse, GenerationResponse, Response
from jaeval.evaluation.engine_thread import EngineThread
from jaeval.evaluation.journal import Journal
from jaeval.evaluation.plan import Plan
from jaeval.evaluation.progress import Progress


@dataclass(slots=True)
class Answers:
    """The responses of a run.

    Attributes:
        responses: in the order of the plan's requests.
        cached: which of them were known before.
    """

    responses: list[Response | None]
    cached: set[int] = field(default_factory=set)

    def __getitem__(self, number: int) -> Response:
        return self.responses[number] or FailedResponse("the engine gave no answer")

    @property
    def missing(self) -> list[int]:
        """The requests without a response."""
        return [number for number, response in enumerate(self.responses) if response is None]


class Answering:
    """Gathers the responses of a plan, and tells when an item and when a task is complete.

    Args:
        plan: the plan.
        keys: the cache key of each request.
        journal: the run's own.
        cache: shared by runs, or None.
        progress: told of each finished item.
        on_task: called with each task's name when all its items have been answered.
    """

    def __init__(
        self,
        plan: Plan,
        keys: Sequence[str],
        journal: Journal,
        cache: Journal | None,
        progress: Progress,
        on_task: Callable[[str], None],
    ) -> None:
        self.answers = Answers([None] * len(plan.requests))
        self._plan, self._keys, self._journal, self._cache = plan, keys, journal, cache
        self._progress, self._on_task = progress, on_task
        self._items: list[list[int]] = [[] for _ in range(len(plan.requests))]
        self._open: list[int] = []
        self._open_items = plan.counts()
        for place, item in enumerate(plan.items):
            requests = item.requests
            self._open.append(len(requests))
            for number in requests:
                self._items[number].append(place)

    def take_known(self) -> None:
        """Take what the journal and the cache know.

        Raises:
            RunError: one of them cannot be read.
        """
        numbers = {key: number for number, key in enumerate(self._keys)}
        for key, response in self._journal.get(self._keys):
            self._take(numbers[key], response, cached=True)
        if self._cache is not None:
            missing = [self._keys[number] for number in self.answers.missing]
            for key, response in self._cache.get(missing):
                self._journal.put(key, response)
                self._take(numbers[key], response, cached=True)

    def ask(self, engine: EngineThread) -> None:
        """Have the engine answer what is missing; each answer is on its way to the disk before it is looked at.

        Raises:
            EngineError: the engine cannot start, or died. What it had answered is in the journal.
            RunError: the journal cannot be written.
        """
        asked = self.answers.missing

        def record(place: int, response: Response) -> None:
            key = self._keys[asked[place]]
            self._journal.put(key, response)
            if self._cache is not None:
                self._cache.put(key, response)

        for place, response in engine.respond(self._plan.requests.some(asked), record):
            self._take(asked[place], response, cached=False)

    def _take(self, number: int, response: Response, *, cached: bool) -> None:
        self.answers.responses[number] = response
        if cached:
            self.answers.cached.add(number)
        for place in self._items[number]:
            self._open[place] -= 1
            if self._open[place] == 0:
                self._finish(place, cached)

    def _finish(self, place: int, cached: bool) -> None:
        item = self._plan.items[place]
        new = (request for request in item.requests if request not in self.answers.cached)
        tokens = sum(cost(self.answers[request]) for request in new)
        self._progress.answered(item.task, tokens, cached=cached)
        self._open_items[item.task] -= 1
        if self._open_items[item.task] == 0:
            self._on_task(item.task)


def cost(response: Response) -> int:
    """Tokens that a response cost: prefilled and generated."""
    if isinstance(response, FailedResponse):
        return 0
    generated = response.generated_tokens if isinstance(response, GenerationResponse) else 0
    return response.prefilled_tokens + generated
