"""The fitness's items: planned once, in their frozen order, answered and scored in blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jaeval.engines.protocol import Engine, Response
from jaeval.errors import FitnessError
from jaeval.evaluation.answer import Answers
from jaeval.evaluation.choose import Choice
from jaeval.evaluation.journal import Journal
from jaeval.evaluation.plan import Plan, PlannedItem, PlanSettings, complete, request_keys
from jaeval.evaluation.score import score_task
from jaeval.fitness.objective import primary_metric, task_weights, value_of
from jaeval.fitness.order import frozen_order


class Items:
    """The items of a fitness.

    Args:
        plan: of all items that might be asked.
        choice: the tasks.
        count: how many are asked; None: all.
        seed: of the frozen order.
        settings: the plan's.

    Attributes:
        names: `TASK/ID` of each item, in the frozen order.
        tasks: the task of each item.
        weights: each task's share in the score.
        digest: the sha256 over everything asked.

    Raises:
        FitnessError: there are fewer items than asked for, or too few for each task; or a task has no mean.
    """

    def __init__(self, plan: Plan, choice: Choice, count: int | None, seed: int, settings: PlanSettings) -> None:
        self.plan, self._settings = plan, settings
        self._metrics = {name: primary_metric(planned) for name, planned in plan.tasks.items()}
        sizes = plan.counts()
        self.weights = task_weights(choice, sizes)
        available = len(plan.items)
        if count is not None and not len(sizes) <= count <= available:
            raise FitnessError(
                f"must be at least {len(sizes)} (one for each task) and at most {available}, not {count}",
                field="items",
            )
        by_task: dict[str, list[PlannedItem]] = {name: [] for name in sizes}
        for item in plan.items:
            by_task[item.task].append(item)
        order = [by_task[task][place] for task, place in frozen_order(sizes, self.weights, seed)][:count]
        if lacking := sorted(set(sizes) - {item.task for item in order}):
            raise FitnessError(f"{count} items leave none for {lacking[0]}", field="items", remedy="Ask for more")
        plan.items = order
        self.tasks = [item.task for item in order]
        self.names = [f"{item.task}/{item.doc.get('id', item.doc_id)}" for item in order]
        if len(set(self.names)) < len(order):  # ids that are not unique
            self.names = [f"{item.task}/{item.doc_id}" for item in order]
        self.digest = plan.digest()

    def __len__(self) -> int:
        return len(self.plan.items)

    def numbers(self, places: Sequence[int]) -> list[int]:
        """The requests that some items need, each once."""
        return list(dict.fromkeys(number for place in places for number in self.plan.items[place].requests))

    def known(self, places: Sequence[int], keys: Sequence[str], cache: Journal | None) -> dict[int, Response]:
        """The answers to some items' requests that the cache has."""
        numbers = {keys[number]: number for number in self.numbers(places)}
        return {} if cache is None else {numbers[key]: found for key, found in cache.get(list(numbers))}

    def ask(
        self, places: Sequence[int], known: dict[int, Response], engine: Engine, record: Callable[[int, Response], None]
    ) -> None:
        """Have the engine answer what some items need and is not known, and add the answers to `known`.

        Args:
            places: the items.
            known: answers by request.
            engine: holds the candidate's weights.
            record: told of each new answer.

        Raises:
            EngineError: the engine died.
        """
        wanted = [number for number in self.numbers(places) if number not in known]
        if not wanted:
            return
        complete(self.plan, wanted, engine.tokenizer, engine.max_length, self._settings.seed)
        for place, response in engine.respond(self.plan.requests.some(wanted)):
            known[wanted[place]] = response
            record(wanted[place], response)

    def score(self, places: Sequence[int], known: dict[int, Response]) -> list[float]:
        """The values of some items.

        Raises:
            FitnessError: an item was not answered, or its score is no finite number.
            TaskError: the task's own scoring failed.
        """
        answers = Answers([])
        answers.responses = [None] * len(self.plan.requests)
        for number, response in known.items():
            answers.responses[number] = response
        by_task: dict[str, list[int]] = {}
        for place in places:
            by_task.setdefault(self.tasks[place], []).append(place)
        values: dict[int, float] = {}
        for task, own in by_task.items():
            rows = score_task(self.plan.tasks[task].task, [self.plan.items[place] for place in own], answers)
            for place, row in zip(own, rows, strict=True):
                values[place] = value_of(row, self._metrics[task])
        return [values[place] for place in places]

    def keys(self, engine: Engine, weight_hash: str) -> list[str]:
        """The cache key of each request for a candidate; see `request_keys`."""
        return request_keys(self.plan, engine, weight_hash)
