"""`jaeval run CHECKPOINT`: evaluate a checkpoint."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import Annotated

import typer

from jaeval.cli.options import (
    ApiKeyEnv,
    ApiKeyFile,
    Json,
    Out,
    TasksDirs,
    TrustTaskCode,
    arguments,
    arguments_of,
    names,
)


def run(
    checkpoint: Annotated[
        str,
        typer.Argument(
            metavar="CHECKPOINT",
            help="A folder with safetensors weights and a tokenizer; with --engine api a model's name.",
            show_default=False,
        ),
    ],
    tasks: Annotated[
        str | None, typer.Option("--tasks", "-t", metavar="A,B", help="Tasks or groups, separated by commas.")
    ] = None,
    suite: Annotated[str | None, typer.Option(metavar="NAME", help="A named set of tasks.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", metavar="N", help="The first N items of each task.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="search, selection or report, instead of each task's own."),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="vllm, transformers, server, ray, api or PACKAGE.MODULE:FACTORY.")
    ] = "vllm",
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL,URL", help="Servers of the checkpoint, for --engine server or api."),
    ] = None,
    api_key_env: ApiKeyEnv = None,
    api_key_file: ApiKeyFile = None,
    max_cost: Annotated[
        float | None, typer.Option(metavar="USD", help="Stop when so many US dollars are spent, for --engine api.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Engines side by side, for --engine ray.")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A running Ray cluster (default: a local one is started).")
    ] = None,
    engine_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="For the engine, such as dtype=float32; may be repeated."),
    ] = None,
    num_fewshot: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Few-shot examples, instead of each task's.")
    ] = None,
    apply_chat_template: Annotated[bool, typer.Option("--apply-chat-template", help="Ask in a conversation.")] = False,
    fewshot_as_multiturn: Annotated[
        bool | None, typer.Option(help="Few-shot examples as turns (default: with the chat template).")
    ] = None,
    system_instruction: Annotated[str | None, typer.Option(metavar="TEXT", help="Text before everything.")] = None,
    chat_template_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="For the chat template, such as enable_thinking=false."),
    ] = None,
    gen_kwarg: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="Instead of each task's, such as max_gen_toks=4096 for long reasoning."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Draws few-shot examples and seeds sampled answers.")] = 1234,
    out: Out = None,
    resume: Annotated[bool, typer.Option("--resume", help="Take up the run in --out where it stopped.")] = False,
    cache: Annotated[bool, typer.Option(help="Share answers with other runs of the same weights.")] = True,
    tasks_dir: TasksDirs = None,
    trust_task_code: TrustTaskCode = False,
    json: Json = False,
) -> None:
    """Evaluate a checkpoint and print its scorecard."""
    from jaeval.cli.progress import LiveProgress
    from jaeval.cli.scorecard import print_run
    from jaeval.evaluation.folder import default_folder
    from jaeval.evaluation.run import evaluate

    folder = out or default_folder(checkpoint, datetime.now().astimezone())
    if resume and out is None:
        folder = None  # type: ignore[assignment]  # evaluate says what is missing
    with LiveProgress() as progress:
        try:
            finished = evaluate(
                checkpoint,
                names(tasks, "--tasks"),
                suite=suite,
                limit=limit,
                split=split,
                engine=engine,
                engine_args=arguments(engine_arg, "--engine-arg")
                | arguments_of(
                    ("server", "api"), engine, base_url=base_url, api_key_env=api_key_env, api_key_file=api_key_file
                )
                | arguments_of(("api",), engine, max_cost=max_cost)
                | arguments_of(("ray",), engine, workers=workers, ray_address=ray_address),
                num_fewshot=num_fewshot,
                apply_chat_template=apply_chat_template,
                fewshot_as_multiturn=fewshot_as_multiturn,
                system_instruction=system_instruction,
                chat_template_args=arguments(chat_template_arg, "--chat-template-arg"),
                gen_kwargs=arguments(gen_kwarg, "--gen-kwarg"),
                seed=seed,
                out=folder,
                resume=resume,
                cache=cache,
                tasks_dirs=tasks_dir or (),
                trust_task_code=trust_task_code,
                progress=progress,
            )
        except KeyboardInterrupt:
            quoted = shlex.quote(str(folder))
            progress.say(f"interrupted; what was answered is kept: repeat the command with --out {quoted} --resume")
            raise typer.Exit(130) from None
    print_run(finished, as_json=json)
    raise typer.Exit(1 if finished.failed else 0)
