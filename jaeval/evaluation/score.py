"""From responses to item rows, by lm-eval's own filters and scoring functions."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

from jaeval.engines.protocol import ChoiceResponse, FailedResponse, GenerationResponse
from jaeval.errors import TaskError
from jaeval.evaluation.answer import Answers, cost
from jaeval.evaluation.plan import Part, Plan, PlannedItem
from jaeval.results.run import RunWriter
from jaeval.results.schema import ItemRow


class Scoring:
    """Scores each task as soon as its last answer is in, while the engine works on the others.

    Args:
        plan: the plan.
        rows: takes the scored items.

    Attributes:
        answers: the responses so far.
        seconds: how long scoring took.
    """

    def __init__(self, plan: Plan, rows: RunWriter) -> None:
        self.answers = Answers([])
        self.rows = rows
        self.seconds = 0.0
        self._plan = plan
        self._items: dict[str, list[PlannedItem]] = {name: [] for name in plan.tasks}
        for item in plan.items:
            self._items[item.task].append(item)

    def score(self, name: str) -> None:
        """Score one task, and forget its documents."""
        began = time.monotonic()
        items = self._items.pop(name)
        for row in score_task(self._plan.tasks[name].task, items, self.answers):
            self.rows.add(row)
        for item in items:
            item.instances, item.doc = [], {}
        self.seconds += time.monotonic() - began

    def score_rest(self) -> None:
        """Score the tasks that wait for answers which will not come."""
        for name in list(self._items):
            self.score(name)


def score_task(task: Any, items: list[PlannedItem], answers: Answers) -> Iterator[ItemRow]:
    """Score the items of one task: lm-eval's filters over all of them together, then each item."""
    good = []
    errors: dict[int, str] = {}
    for item in items:
        failed = [found for number in item.requests if isinstance(found := answers[number], FailedResponse)]
        if failed:
            errors[item.doc_id] = failed[0].error
            continue
        for instance, parts in zip(item.instances, item.parts, strict=True):
            instance.resps = lm_eval_responses(instance.request_type, parts, answers)
            instance.filtered_resps = {}
        good.append(item)
    if good:
        task._instances = [instance for item in good for instance in item.instances]
        _guard(task.apply_filters, task, "its filters")
    for item in items:
        yield _row(task, item, answers, errors.get(item.doc_id))


def lm_eval_responses(kind: str, parts: list[Part], answers: Answers) -> list[Any]:
    """An instance's answers in the shape lm-eval's engines give them: texts, (log-likelihood, greedy), or a sum."""
    if kind == "generate_until":
        return [_generation(answers, part).text for part in parts]
    pairs = []
    for part in parts:
        response = answers[part.request]
        assert isinstance(response, ChoiceResponse)
        pairs.append((response.log_likelihoods[part.continuation], response.greedy[part.continuation]))
    return [sum(value for value, _ in pairs)] if kind == "loglikelihood_rolling" else pairs


def _generation(answers: Answers, part: Part) -> GenerationResponse:
    response = answers[part.request]
    assert isinstance(response, GenerationResponse)
    return response


def _row(task: Any, item: PlannedItem, answers: Answers, error: str | None) -> ItemRow:
    kind = item.instances[0].request_type
    scores: dict[str, dict[str, Any]] = {}
    extracted: dict[str, Any] = {}
    reasoning: list[str | None] = []
    finish: Literal["stop", "length", "choice", "failed"] = "choice"
    if error is not None:
        finish = "failed"
    else:
        for name in item.instances[0].filtered_resps:
            found = [instance.filtered_resps[name] for instance in item.instances]
            values = _guard(partial(task.process_results, item.doc, found), task, f"item {item.doc_id}")
            scores[name] = {metric: plain(value) for metric, value in values.items()}
            extracted[name] = plain(found[0] if kind == "generate_until" and len(found) == 1 else found)
        if kind == "generate_until":
            generations = [_generation(answers, part) for parts in item.parts for part in parts]
            reasoning = [generation.reasoning for generation in generations]
            finish = "length" if any(generation.finish == "length" for generation in generations) else "stop"
    responses = [answers[number] for number in item.requests]
    return ItemRow(
        task=item.task,
        doc_id=item.doc_id,
        id=str(item.doc.get("id", "")),
        source_id=str(item.doc.get("source_id", "")),
        doc=plain(item.doc),
        doc_hash=doc_hash(item.doc),
        prompts=[list(i.args[:2]) if kind == "loglikelihood" else i.args[0] for i in item.instances],
        generation=plain(item.instances[0].args[1]) if kind == "generate_until" else {},
        responses=[] if error is not None else [plain(instance.resps) for instance in item.instances],
        reasoning=reasoning,
        extracted=extracted,
        target=plain(task.doc_to_target(item.doc)),
        scores=scores,
        finish=finish,
        error=error or "",
        prefilled_tokens=sum(r.prefilled_tokens for r in responses if not isinstance(r, FailedResponse)),
        generated_tokens=sum(r.generated_tokens for r in responses if isinstance(r, GenerationResponse)),
    )


def seconds_by_task(plan: Plan, answers: Answers, seconds: float) -> dict[str, float]:
    """Each task's share of the engine's `seconds`, by the tokens it cost. All tasks' requests ran in one batch."""
    tokens = dict.fromkeys(plan.tasks, 0)
    seen: set[int] = set(answers.cached)
    for item in plan.items:
        for number in item.requests:
            if number not in seen:
                seen.add(number)
                tokens[item.task] += cost(answers[number])
    whole = sum(tokens.values())
    return {name: seconds * count / whole if whole else 0.0 for name, count in tokens.items()}


def doc_hash(doc: dict[str, Any]) -> str:
    """lm-eval 0.4.13's hash of a document: equal hashes prove that two runs saw the same item."""
    from lm_eval.utils import handle_non_serializable

    text = json.dumps(doc, indent=2, default=handle_non_serializable, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON knows it: numpy scalars become numbers, tuples and sets lists, all else text."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def _guard(call: Callable[[], Any], task: Any, what: str) -> Any:
    try:
        return call()
    except Exception as error:  # a task's own code raises whatever it likes
        raise TaskError(
            f"its scoring failed at {what} ({type(error).__name__}: {error})", file=task.task_name
        ) from error
