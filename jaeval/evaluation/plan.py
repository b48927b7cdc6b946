"""The plan: every request of every task, built and tokenised once, each distinct request asked once."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from jaeval.catalogue import FEWSHOT_SEED, TaskCard, open_task
from jaeval.engines.protocol import ChoiceRequest, Engine, GenerationRequest, Request
from jaeval.engines.tokenizer import Tokenizer
from jaeval.errors import JaevalError, TaskError
from jaeval.evaluation.encode import Encoder, Tokens, move_spaces

KEY_VERSION = 1
"""Changes when the meaning of a cached response changes."""
DEFAULT_MAX_TOKENS = 256
"""lm-eval's limit on a generated answer where a task names none."""
SAMPLING = ("top_p", "top_k", "min_p", "repetition_penalty")
NEUTRAL = {"num_beams": 1, "num_return_sequences": 1, "use_cache": None, "early_stopping": None, "do_sample": None}
"""Generation settings that change nothing here: allowed at this value (None: at any)."""


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
    requests: list[Request] = field(default_factory=list)
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
        for request in self.requests:
            digest.update(_request_bytes(request))
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
    note: Callable[[str], None] = lambda _: None,
) -> Plan:
    """Open tasks, build their prompts with lm-eval's own code, and tokenise all of them together.

    Args:
        cards: the tasks.
        tokenizer: the checkpoint's.
        max_length: the most tokens of prompt and answer together.
        settings: see `PlanSettings`.
        note: told what is being done, a few words each.

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
        try:
            items = list(_build_items(card, task, tokenizer, settings))
        except JaevalError:
            raise
        except Exception as error:  # a task's templates and functions raise whatever they like
            raise TaskError(f"its prompts cannot be built ({type(error).__name__}: {error})", file=card.file) from error
        if not items:
            raise TaskError("no documents in its split", file=card.name)
        plan.tasks[card.name] = PlannedTask(card, task, settings.split or card.split, len(task.eval_docs))
        plan.items += items
    note(f"tokenising {len(plan.items):,} items")
    encoder = Encoder(tokenizer, max_length)
    encoder.encode_all(_texts(plan.items))
    numbers: dict[Request, int] = {}
    for item in plan.items:
        repeats = plan.tasks[item.task].task.get_config("repeats") or 1
        item.parts = _requests_of(item, encoder, tokenizer, settings.seed, repeats, numbers)
    plan.requests = list(numbers)
    plan.truncated_prompts = encoder.truncated
    return plan


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


def _texts(items: list[PlannedItem]) -> Iterator[str]:
    for item in items:
        for instance in item.instances:
            text = instance.args[0]
            if instance.request_type == "loglikelihood" and text:
                context, continuation = move_spaces(text, instance.args[1])
                yield context
                yield context + continuation
            elif text:
                yield text


def _requests_of(
    item: PlannedItem, encoder: Encoder, tokenizer: Tokenizer, seed: int, repeats: int, numbers: dict[Request, int]
) -> list[list[Part]]:
    kinds = {instance.request_type for instance in item.instances}
    if kinds == {"loglikelihood"}:
        pairs = [encoder.pair(*instance.args) for instance in item.instances]
        return [[part] for part in _choices(pairs, numbers)]
    if kinds == {"loglikelihood_rolling"}:
        return [_choices(encoder.rolling(instance.args[0]), numbers) for instance in item.instances]
    if kinds == {"generate_until"}:
        parts = []
        for instance in item.instances:
            asked = [
                generation_request(instance.args[0], instance.args[1], encoder, tokenizer, seed + repeat, item.task)
                for repeat in range(repeats)
            ]
            parts.append([Part(numbers.setdefault(request, len(numbers))) for request in asked])
        return parts
    raise TaskError(f"requests of type {', '.join(sorted(kinds))} are not supported", file=item.task)


def _choices(pairs: list[tuple[Tokens, Tokens]], numbers: dict[Request, int]) -> list[Part]:
    """Gather continuations of one context into one request, and say where each answer stands."""
    by_context: dict[Tokens, dict[Tokens, int]] = {}
    for context, continuation in pairs:
        group = by_context.setdefault(context, {})
        group.setdefault(continuation, len(group))
    number = {
        context: numbers.setdefault(ChoiceRequest(context, tuple(group)), len(numbers))
        for context, group in by_context.items()
    }
    return [Part(number[context], by_context[context][continuation]) for context, continuation in pairs]


def generation_request(
    text: str, settings: dict[str, Any], encoder: Encoder, tokenizer: Tokenizer, seed: int, task: str
) -> GenerationRequest:
    """A request from lm-eval's `generation_kwargs`, read as lm-eval 0.4.13 reads them for vLLM.

    Raises:
        TaskError: a setting that would change the answer is not supported.
    """
    given = dict(settings)
    until = given.pop("until", None) or []
    stops = [until] if isinstance(until, str) else list(until)
    if tokenizer.end_text and tokenizer.end_text not in stops:
        stops.append(tokenizer.end_text)
    names = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
    limits = [value for name in names if (value := given.pop(name, None)) is not None]
    sampled = given.get("do_sample")
    # Sampling without a temperature is vLLM's default, 1; a temperature of 0 is greedy whatever `do_sample` says.
    temperature = float(given.pop("temperature", 1.0 if sampled else 0.0))
    if sampled is False:
        temperature = 0.0
    sampling = {name: given.pop(name) for name in SAMPLING if name in given}
    for name, value in given.items():
        if name not in NEUTRAL or NEUTRAL[name] not in (None, value):
            raise TaskError(f"is not supported (value {value!r})", file=task, field=f"generation_kwargs.{name}")
    prompt, max_tokens = encoder.prompt(text, int(limits[0]) if limits else DEFAULT_MAX_TOKENS)
    greedy = temperature <= 0
    penalty = {"repetition_penalty": sampling["repetition_penalty"]} if "repetition_penalty" in sampling else {}
    return GenerationRequest(
        prompt,
        max_tokens,
        tuple(stops),
        temperature,
        seed=None if greedy else seed,
        think=tokenizer.think,
        thinking=tokenizer.think is not None and text.rstrip().endswith(tokenizer.think.open),
        **(penalty if greedy else sampling),
    )


def request_keys(plan: Plan, engine: Engine, weight_hash: str) -> list[str]:
    """The cache key of each request: what produced the answer, and nothing else.

    It is the sha256 over the weights' hash, the engine's fingerprint, the prompt's tokens and the settings. Paths,
    times and task names are not in it.
    """
    stem = json.dumps([KEY_VERSION, weight_hash, engine.fingerprint()], sort_keys=True).encode()
    return [hashlib.sha256(stem + _request_bytes(request)).hexdigest() for request in plan.requests]


def _request_bytes(request: Request) -> bytes:
    if isinstance(request, ChoiceRequest):
        rows = [request.context, *request.continuations]
        head: list[Any] = ["choice", [len(row) for row in rows]]
        return json.dumps(head).encode() + b"".join(array("q", row).tobytes() for row in rows)
    settings = asdict(request)
    tokens = array("q", settings.pop("prompt")).tobytes()
    return json.dumps(["generation", settings], sort_keys=True).encode() + tokens
