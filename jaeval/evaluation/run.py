"""Evaluate a checkpoint: tasks + data -> plan -> engine -> journal -> scores -> run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from jaeval.catalogue import Catalogue
from jaeval.engines.load import load_engine
from jaeval.engines.protocol import Engine
from jaeval.engines.server.served import Choosy, Paid, Served
from jaeval.errors import RunError, TaskError
from jaeval.evaluation.answer import Answering
from jaeval.evaluation.choose import choose_tasks
from jaeval.evaluation.efficiency import efficiency
from jaeval.evaluation.engine_thread import EngineThread
from jaeval.evaluation.folder import RunFolder, default_folder
from jaeval.evaluation.journal import Journal
from jaeval.evaluation.known_prompts import KnownPrompts
from jaeval.evaluation.plan import PlanSettings, build_plan, complete, request_keys
from jaeval.evaluation.progress import Progress, Silent
from jaeval.evaluation.provenance import hardware, task_records, versions
from jaeval.evaluation.score import Scoring, seconds_by_task
from jaeval.results.run import Run, RunWriter
from jaeval.results.schema import Manifest, Service


def evaluate(
    checkpoint: str | Path,
    tasks: Sequence[str] | None = None,
    *,
    suite: str | None = None,
    limit: int | None = None,
    split: str | None = None,
    engine: str | Engine = "vllm",
    engine_args: dict[str, Any] | None = None,
    num_fewshot: int | None = None,
    apply_chat_template: bool = False,
    fewshot_as_multiturn: bool | None = None,
    system_instruction: str | None = None,
    chat_template_args: dict[str, Any] | None = None,
    gen_kwargs: dict[str, Any] | None = None,
    seed: int = 1234,
    out: str | Path | None = None,
    resume: bool = False,
    cache: bool = True,
    tasks_dirs: Iterable[str | Path] = (),
    trust_task_code: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Evaluate a checkpoint on Japanese tasks.

    Args:
        checkpoint: a local folder with safetensors weights and a tokenizer.
        tasks: names of tasks or groups.
        suite: a named set of tasks, instead of `tasks`; without either, the default suite.
        limit: the first so many items of each task; a suite may ask for fewer.
        split: evaluate this split (search, selection, report) instead of each task's own.
        engine: "vllm", "transformers", "server", "ray", "PACKAGE.MODULE:FACTORY", or an engine object.
        engine_args: further arguments of the engine, such as `{"dtype": "float32"}`.
        num_fewshot: few-shot examples, instead of each task's own number.
        apply_chat_template: ask in a conversation, by the checkpoint's chat template.
        fewshot_as_multiturn: few-shot examples as turns; None does as lm-eval: with the chat template, yes.
        system_instruction: put before everything.
        chat_template_args: further arguments of the chat template, such as `{"enable_thinking": False}`.
        gen_kwargs: generation settings that win over each task's, such as `{"max_gen_toks": 4096}`.
        seed: draws few-shot examples and seeds sampled answers; 1234 is lm-eval's.
        out: the run's folder; None makes one below `runs/`.
        resume: take up the run in `out`: what it had answered is not asked again.
        cache: share responses with other runs of the same weights, prompts and settings.
        tasks_dirs: further folders of tasks.
        trust_task_code: code in these folders may run.
        progress: told how the run goes on.

    Returns:
        The run, written to its folder.

    Raises:
        JaevalError: bad input; its subclass and text say what. Answers that were finished stay in the journal.
    """
    listener = progress or Silent()
    started, clock = datetime.now().astimezone(), time.monotonic()
    if limit is not None and limit < 1:
        raise TaskError(f"must be at least 1, not {limit}", field="--limit")
    chosen = choose_tasks(Catalogue(tasks_dirs, trust_code=trust_task_code), tasks, suite)
    if resume and out is None:
        raise RunError("names no folder", field="--resume", remedy="Say which run: --out FOLDER --resume")
    answering = (
        load_engine(engine, checkpoint, seed=seed, chat_template_args=chat_template_args, engine_args=engine_args)
        if isinstance(engine, str)
        else engine
    )
    if isinstance(answering, Choosy) and any(card.output_type != "generate_until" for card in chosen.cards):
        answering.require_choices()
    folder = RunFolder(Path(out) if out else default_folder(str(checkpoint), started), resume=resume)
    settings = PlanSettings(
        limit=limit,
        limits=chosen.limits,
        split=split or chosen.split,
        num_fewshot=num_fewshot,
        apply_chat_template=apply_chat_template,
        fewshot_as_multiturn=fewshot_as_multiturn,
        system_instruction=system_instruction,
        gen_kwargs=gen_kwargs or {},
        seed=seed,
    )
    with ExitStack() as stack:
        stack.callback(folder.leave)
        thread = stack.enter_context(EngineThread(answering))
        shared = stack.enter_context(open_cache()) if cache else None
        with ThreadPoolExecutor(1) as pool:  # hashing reads the disk while the plan is made
            hashing = pool.submit(answering.weight_hash)
            plan = build_plan(
                chosen.cards,
                answering.tokenizer,
                answering.max_length,
                settings,
                known=known_prompts(answering) if cache else None,
                note=listener.phase,
                on_new=thread.start,
            )
            weight_hash = hashing.result()
        planned = time.monotonic()
        manifest = Manifest(
            checkpoint=str(checkpoint),
            weight_hash=weight_hash,
            engine=engine if isinstance(engine, str) else type(engine).__name__,
            engine_args=engine_args or {},
            fingerprint=answering.fingerprint(),
            settings=asdict(settings) | {"chat_template_args": chat_template_args or {}},
            suite=chosen.suite,
            composites=chosen.composites,
            plan_hash=plan.digest(),
            tasks=task_records(plan),
            versions=versions(),
            hardware=hardware(),
            started=started,
            requests=len(plan.requests),
            truncated_prompts=plan.truncated_prompts,
        )
        folder.check_same(manifest)
        if (run := folder.finished()) is not None:
            return run
        manifest = folder.begin(manifest)
        if isinstance(answering, Paid):
            answering.keep_accounts(folder.spending)
        listener.planned(plan.counts())
        journal = stack.enter_context(Journal(folder.journal))
        scoring = Scoring(plan, RunWriter(manifest.tasks))
        gathering = Answering(
            plan, request_keys(plan, answering, weight_hash), journal, shared, listener, scoring.score
        )
        answers = scoring.answers = gathering.answers
        gathering.take_known()
        asked = answers.missing
        if asked:
            listener.phase(f"asking the engine {len(asked):,} requests")
            complete(plan, asked, answering.tokenizer, answering.max_length, seed)
            gathering.ask(thread)
        listener.phase("scoring")
        scoring.score_rest()
        worked = thread.work_seconds
        manifest = manifest.model_copy(
            update={
                "finished": datetime.now().astimezone(),
                "cached": len(answers.cached),
                "hardware": hardware(),
                "seconds": {
                    "plan": planned - clock,
                    "start": thread.start_seconds,
                    "engine": worked,
                    "scoring": scoring.seconds,
                    "all": time.monotonic() - clock,
                },
                "service": Service(**answering.service()) if asked and isinstance(answering, Served) else None,
                "efficiency": efficiency(
                    plan.requests.some(asked),
                    (answers[number] for number in asked),
                    worked,
                    getattr(answering, "busy_seconds", None),
                )
                if asked and getattr(answering, "counts_prefill", True)
                else None,
            }
        )
        run = scoring.rows.write(folder.path, manifest, seconds_by_task(plan, answers, worked))
    if not run.failed:
        folder.clean()
    return run


def known_prompts(engine: Engine) -> KnownPrompts | None:
    """What prompts became under an engine's tokenizer before; None where its tokenizer has no name."""
    identity = getattr(engine.tokenizer, "identity", None)
    if identity is None:
        return None
    return KnownPrompts(cache_file().with_name("prompts.sqlite"), f"{identity}\0{engine.max_length}")


def open_cache() -> Journal:
    """The cache that runs share.

    Raises:
        RunError: it cannot be written, as in a home folder that is read-only.
    """
    try:
        return Journal(cache_file())
    except RunError as error:
        remedy = "Set JAEVAL_CACHE_DIR to a folder that can be written, or pass --no-cache"
        raise RunError(error.problem, file=error.file, remedy=remedy) from error


def cache_file() -> Path:
    """The cache that runs share: `$JAEVAL_CACHE_DIR/responses.sqlite`, by default below `~/.cache/jaeval`."""
    folder = os.environ.get("JAEVAL_CACHE_DIR") or Path.home() / ".cache" / "jaeval"
    return Path(folder).expanduser() / "responses.sqlite"
