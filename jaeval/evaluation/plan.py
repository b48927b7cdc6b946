"""The plan: every request of every task, built and tokenised once, each distinct request asked once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jaeval.catalogue import FEWSHOT_SEED, TaskCard, open_task
from jaeval.engines.protocol import Engine
from jaeval.engines.tokenizer import Tokenizer
from jaeval.errors import JaevalError, TaskError
from jaeval.evaluation.encode import Encoder
from jaeval.evaluation.item_requests import Wanted, texts_of, wanted
from jaeval.evaluation.known_prompts import KnownPrompts, Remembered
from jaeval.evaluation.requests import Requests

KEY_VERSION = 2
"""Changes when the meaning of a cached response changes."""
TOGETHER = 500
"""Items whose texts are encoded together: enough for all cores, few enough that their tokens need little memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where an answer stands: a request, and for choices which of its continuations."""

    request: int
    continuation: int = -1


@dataclass(slots=True)
class PlannedItem:
    """One document of one task.

    Attributes:
        task: the task's name.
        doc_id: the document's place in its split.
        doc: the document.
        instances: lm-eval's requests for it.
        parts: for each instance, where its answers stand: one for each repeat, or the windows of a rolling text.
    """

    task: str
    doc_id: int
    doc: dict[str, Any]
    instances: list[Any]
    parts: list[list[Part]]

    @property
    def requests(self) -> list[int]:
        """The requests it needs, each once."""
        return list(dict.fromkeys(part.request for parts in self.parts for part in parts))


@dataclass(frozen=True)
class PlannedTask:
    """A task as it is evaluated.

    Attributes:
        card: what the task says of itself.
        task: lm-eval's task object.
        split: the split evaluated.
        size: how many documents the split has, before any limit.
    """

    card: TaskCard
    task: Any
    split: str | None
    size: int


@dataclass
class Plan:
    """All requests of a run. See `build_plan`.

    Attributes:
        tasks: by name.
        items: in the order of tasks and documents.
        requests: the distinct requests.
        truncated_prompts: how many prompts lost tokens on the left.
    """

    tasks: dict[str, PlannedTask]
    items: list[PlannedItem] = field(default_factory=list)
    requests: Requests = field(default_factory=Requests)
    truncated_prompts: int = 0

    def counts(self) -> dict[str, int]:
        """Items of each task."""
        counts = dict.fromkeys(self.tasks, 0)
        for item in self.items:
            counts[item.task] += 1
        return counts

    def digest(self) -> str:
        """The sha256 over everything asked; two runs with one digest ask the same of the same items."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(f"{item.task}\0{item.doc_id}\0{item.parts}".encode())
        for name in self.requests.names:
            digest.update(name)
        return digest.hexdigest()


@dataclass(frozen=True)
class PlanSettings:
    """How prompts are built.

    Attributes:
        limit: the first so many documents of each task; None takes all.
        limits: the same for single tasks, as their suite has it; the smaller of both counts.
        split: evaluate this split instead of each task's own.
        num_fewshot: few-shot examples instead of each task's own number.
        apply_chat_template: render prompts as a conversation.
        fewshot_as_multiturn: few-shot examples as turns of their own; None: as the chat template, as in lm-eval.
        system_instruction: put before the prompt, or in a system turn.
        gen_kwargs: generation settings that win over each task's, as lm-eval's `gen_kwargs`.
        seed: draws few-shot examples and seeds sampled answers.
    """

    limit: int | None = None
    limits: dict[str, int] = field(default_factory=dict)
    split: str | None = None
    num_fewshot: int | None = None
    apply_chat_template: bool = False
    fewshot_as_multiturn: bool | None = None
    system_instruction: str | None = None
    gen_kwargs: dict[str, Any] = field(default_factory=dict)
    seed: int = FEWSHOT_SEED

    def limit_of(self, task: str) -> int | None:
        """How many documents of a task are asked at most."""
        return min((limit for limit in (self.limit, self.limits.get(task)) if limit is not None), default=None)


def build_plan(
    cards: list[TaskCard],
    tokenizer: Tokenizer,
    max_length: int,
    settings: PlanSettings,
    *,
    known: KnownPrompts | None = None,
    note: Callable[[str], None] = lambda _: None,
    on_new: Callable[[], None] = lambda: None,
) -> Plan:
    """Open tasks, build their prompts with lm-eval's own code, and tokenise what is not known yet.

    Args:
        cards: the tasks.
        tokenizer: the checkpoint's; not used where every prompt is known.
        max_length: the most tokens of prompt and answer together.
        settings: see `PlanSettings`.
        known: what prompts became before; requests of known ones have a name and no tokens (see `complete`).
        note: told what is being done, a few words each.
        on_new: called when a prompt turns up that is not known: the engine will be needed.

    Raises:
        TaskError: a task cannot be opened, has no documents, or wants what is not supported.
        DataError: its data are missing or changed.
    """
    plan = Plan({})
    for card in cards:
        note(f"reading {card.name}")
        task = open_task(card, split=settings.split, num_fewshot=settings.num_fewshot)
        task.set_fewshot_seed(seed=settings.seed)
        if settings.gen_kwargs and card.output_type == "generate_until":
            task.set_config(key="generation_kwargs", value=dict(settings.gen_kwargs), update=True)
        plan.tasks[card.name] = PlannedTask(card, task, settings.split or card.split, len(task.eval_docs))
        items = _guarded(_build_items(card, task, tokenizer, settings), card)
        before = len(plan.items)
        while some := list(islice(items, TOGETHER)):
            keys = [known.key(item.instances, settings.seed, _repeats(task)) for item in some] if known else []
            remembered = known.get(keys) if known else {}
            new = [item for place, item in enumerate(some) if not known or keys[place] not in remembered]
            if new:
                on_new()
            made = dict(zip(map(id, new), _encode(new, plan, tokenizer, max_length, settings.seed), strict=True))
            fresh: dict[bytes, Remembered] = {}
            for place, item in enumerate(some):  # in order, so that a request's number does not depend on what is known
                if (asked := made.get(id(item))) is not None:
                    numbers = [plan.requests.add(request) for request in asked.requests]
                    places, truncated = asked.places, asked.truncated
                    if known:
                        fresh[keys[place]] = Remembered(list(map(plan.requests.name, numbers)), places, truncated)
                else:
                    old = remembered[keys[place]]
                    numbers = [plan.requests.expect(name) for name in old.names]
                    places, truncated = old.places, old.truncated
                item.parts = [[Part(numbers[request], choice) for request, choice in row] for row in places]
                plan.truncated_prompts += truncated
            if known and fresh:
                known.put(fresh)
            plan.items += some
            note(f"reading {card.name}: {len(plan.items) - before:,} items")
        if len(plan.items) == before:
            raise TaskError("no documents in its split", file=card.name)
    return plan


def complete(plan: Plan, numbers: Iterable[int], tokenizer: Tokenizer, max_length: int, seed: int) -> None:
    """Tokenise the prompts of requests that are known by name only, because their answers turned out to be missing.

    Args:
        plan: the plan.
        numbers: the requests that will be asked.
        tokenizer, max_length, seed: as the plan was built with.
    """
    wanting = {number for number in numbers if not plan.requests.is_whole(number)}
    items = (item for item in plan.items if wanting and not wanting.isdisjoint(item.requests))
    while some := list(islice(items, TOGETHER)):
        for asked in _encode(some, plan, tokenizer, max_length, seed):
            for request in asked.requests:
                plan.requests.add(request)


def _encode(items: Sequence[PlannedItem], plan: Plan, tokenizer: Tokenizer, max_length: int, seed: int) -> list[Wanted]:
    if not items:
        return []
    encoder = Encoder(tokenizer, max_length)
    encoder.encode_all(text for item in items for text in texts_of(item.instances))
    return [
        wanted(
            item.instances,
            encoder,
            tokenizer,
            seed=seed,
            repeats=_repeats(plan.tasks[item.task].task),
            task=item.task,
        )
        for item in items
    ]


def _repeats(task: Any) -> int:
    return int(task.get_config("repeats") or 1)


def _guarded(items: Iterator[PlannedItem], card: TaskCard) -> Iterator[PlannedItem]:
    try:
        yield from items
    except JaevalError:
        raise
    except Exception as error:  # a task's templates and functions raise whatever they like
        raise TaskError(f"its prompts cannot be built ({type(error).__name__}: {error})", file=card.file) from error


def _build_items(card: TaskCard, task: Any, tokenizer: Tokenizer, settings: PlanSettings) -> Iterator[PlannedItem]:
    # The loop of lm-eval's `Task.build_all_requests`, without its progress bar and its cache on disk.
    chat = settings.apply_chat_template
    multiturn = chat if settings.fewshot_as_multiturn is None else settings.fewshot_as_multiturn
    for doc_id, doc in task.doc_iterator(limit=settings.limit_of(card.name)):
        context = task.fewshot_context(
            doc,
            num_fewshot=task.get_config("num_fewshot") or 0,
            system_instruction=settings.system_instruction,
            apply_chat_template=chat,
            fewshot_as_multiturn=multiturn,
            chat_template=tokenizer.apply_chat_template if chat else None,
            gen_prefix=task.doc_to_prefix(doc),
        )
        made = task.construct_requests(
            doc=doc,
            ctx=context,
            metadata=(card.name, doc_id, task.get_config("repeats")),
            apply_chat_template=chat,
            chat_template=tokenizer.apply_chat_template if chat else None,
        )
        yield PlannedItem(card.name, doc_id, doc, made if isinstance(made, list) else [made], [])


def request_keys(plan: Plan, engine: Engine, weight_hash: str) -> list[str]:
    """The cache key of each request: what produced the answer, and nothing else.

    It is the sha256 over the weights' hash, the engine's fingerprint, the prompt's tokens and the settings. Paths,
    times and task names are not in it.
    """
    stem = hashlib.sha256(json.dumps([KEY_VERSION, weight_hash, engine.fingerprint()], sort_keys=True).encode())

    def key(name: bytes) -> str:
        digest = stem.copy()
        digest.update(name)
        return digest.hexdigest()

    return [key(name) for name in plan.requests.names]
