"""The section of `docs/speed.md` that `bench_engine.py` writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine_ratios import Spread, agreement, ratios, score_differences, spread
from engine_records import Measurement
from engine_settings import Settings
from engine_systems import AGAIN, GENERATE, JAEVAL, LM_EVAL, LM_EVAL_APART, SYSTEMS
from engine_workloads import Workload
from speed_page import table

Measured = dict[tuple[str, str], dict[int, Measurement]]
"""By workload and system, then round."""
PHASES = ("start", "answering", "after_start", "whole")
WANTED = {"exams": 20.0, "jcommonsenseqa": 5.0, "mgsm": 1.0}
"""How many times fewer seconds after start-up than lm-eval."""
WANTED_WHOLE, WANTED_RAW, WANTED_AGAIN = 4.0, 0.97, 5.0
"""lm-eval's whole process on the exams over jaeval's; raw seconds over jaeval's; seconds of the second run."""

NOTES = """\
Each number is a process of its own, one at a time; the systems take turns within a round, and a ratio compares
processes of one round. *Engine start* is loading vLLM and the weights, *answering* from requests to responses,
*after start-up* the evaluation without the engine's start: reading data, prompts, answers, scores. jaeval makes the
prompts while the engine starts; what that takes beyond the start counts as after start-up. *Whole process* includes
Python's imports and the end. Memory is the peak of the largest process.

lm-eval runs the same task files on the same data through its own vLLM backend, with batch size `auto` and the engine
settings above, called from Python with only these tasks known to it, no bootstrap and no files written. With its
engine in a subprocess (vLLM's default) it gets `VLLM_CPU_OMP_THREADS_BIND=nobind`, without which vLLM leaves it one
core less. In each round the quicker of the two settings counts; one that was slower in every phase of round 1 is not
repeated. `LLM.generate` gets the same prompts as tokens, greedy, with vLLM's own stop texts and detokenizer, its engine
in its process. The second run finds a `vllm` that cannot be imported: it would fail if it started the engine."""


def section(settings: Settings, workloads: Sequence[Workload], measured: Measured) -> str:
    """Everything measured so far, as Markdown."""
    parts = [
        "## Against lm-eval and the raw engine",
        _conditions(settings, workloads, measured),
        table(
            ["ratio, or seconds", "wanted", "min", "median", "max", "rounds"],
            [row for workload in workloads for row in _headlines(workload, measured)],
        ),
        "Seconds and memory, medians, and the most cores that other work on the machine kept busy meanwhile:",
        table(
            ["workload", "system", *(phase.replace("_", " ") for phase in PHASES), "MiB", "others' cores", "rounds"],
            [row for workload in workloads for row in _seconds(workload, measured)],
            left=2,
        ),
        "The same answers, jaeval against the others (all rounds, the worst of each):",
        table(
            [
                "workload",
                "other",
                "items",
                "same choice",
                "log-likelihoods differ by",
                "same text",
                "scores",
                "differ by",
            ],
            [row for workload in workloads for row in _answers(workload, measured)],
            left=2,
        ),
        "What jaeval's engine did:",
        table(
            [
                "workload",
                "requests",
                "prompt tokens computed",
                "least possible",
                "tokens generated",
                "seconds per least or generated token",
            ],
            [row for workload in workloads for row in _work(workload, measured)],
        ),
        NOTES,
    ]
    return "\n\n".join(parts)


def _conditions(settings: Settings, workloads: Sequence[Workload], measured: Measured) -> str:
    dates = sorted({one.finished for found in measured.values() for one in found.values()})
    when = dates[0] if len(set(dates)) == 1 else f"{dates[0]} to {dates[-1]}" if dates else "never"
    versions = ", ".join(f"{name} {number}" for name, number in settings.versions.items())
    arguments = ", ".join(f"{name}={value}" for name, value in settings.engine_args.items())
    environment = ", ".join(f"{name}={value}" for name, value in settings.environment.items())
    chosen = "given by hand" if settings.dtype else "what jaeval chooses on this processor"
    sizes = "; ".join(f"{one.title}: {_size(one)}" for one in workloads)
    return "\n".join(
        [
            f"- {when}; {settings.processor}, {settings.cores} cores, OMP_NUM_THREADS {settings.threads}",
            f"- {versions}",
            f"- checkpoint {Path(settings.checkpoint).name} ({settings.weight_hash[:12]}), "
            f"dtype {settings.engine_args.get('dtype')} ({chosen})",
            f"- engine settings of all systems: {arguments}; {environment}",
            f"- {sizes}",
        ]
    )


def _size(workload: Workload) -> str:
    items = "all items" if workload.limit is None else f"the first {workload.limit} items of each"
    answers = f", answers of at most {workload.most_tokens} tokens" if workload.most_tokens else ""
    return f"{', '.join(workload.tasks)}, {items}{answers}"


def _headlines(workload: Workload, measured: Measured) -> list[list[str]]:
    def found(system: str) -> dict[int, Measurement]:
        return measured.get((workload.name, system), {})

    lm_eval, ours = [found(LM_EVAL), found(LM_EVAL_APART)], found(JAEVAL)
    rows: list[tuple[str, str, Spread | None]] = [
        (
            f"{workload.title}: after start-up, lm-eval / jaeval",
            f"≥ {WANTED[workload.name]:g}",
            ratios(lm_eval, ours, "after_start", "after_start"),
        )
    ]
    rows.append(
        (
            f"{workload.title}: whole process, lm-eval / jaeval",
            f"≥ {WANTED_WHOLE:g}" if workload.name == "exams" else "",
            ratios(lm_eval, ours, "whole", "whole"),
        )
    )
    if workload.generation:
        rows.append(
            (
                f"{workload.title}: answering, raw `LLM.generate` / jaeval",
                f"≥ {WANTED_RAW:g}",
                ratios([found(GENERATE)], ours, "answering", "answering"),
            )
        )
    again = spread(one.seconds["whole"] for one in found(AGAIN).values())
    rows.append((f"{workload.title}: the same run again, seconds of the whole process", f"< {WANTED_AGAIN:g}", again))
    return [
        [title, wanted, f"{one.low:.2f}", f"{one.middle:.2f}", f"{one.high:.2f}", str(one.rounds)]
        for title, wanted, one in rows
        if one is not None
    ]


def _seconds(workload: Workload, measured: Measured) -> list[list[str]]:
    rows = []
    for system, title in SYSTEMS.items():
        found = list(measured.get((workload.name, system), {}).values())
        if not found:
            continue
        phases = [spread(one.seconds[phase] for one in found) for phase in PHASES]
        memory = spread(one.rss_mib for one in found)
        assert memory is not None
        numbers = [f"{one.middle:.1f}" for one in phases if one is not None]
        others = [one.others for one in found if one.others is not None]
        busy = f"{max(others):.2f}" if others else "not measured"
        rows.append([workload.title, title, *numbers, f"{memory.middle:,.0f}", busy, str(memory.rounds)])
    return rows


def _answers(workload: Workload, measured: Measured) -> list[list[str]]:
    rows = []
    for system in (LM_EVAL, LM_EVAL_APART, GENERATE):
        ours, theirs = measured.get((workload.name, JAEVAL), {}), measured.get((workload.name, system), {})
        rounds = sorted(ours.keys() & theirs.keys())
        if not rounds:
            continue
        found = [agreement(ours[one].answers, theirs[one].answers) for one in rounds]
        compared = [score_differences(ours[one].scores, theirs[one].scores) for one in rounds]
        choices = [one.same_choice for one in found if one.same_choice is not None]
        differences = [one.largest_difference for one in found if one.largest_difference is not None]
        texts = [one.same_text for one in found if one.same_text is not None]
        items, missing = min(one.items for one in found), max(one.missing for one in found)
        rows.append(
            [
                workload.title,
                SYSTEMS[system],
                f"{items}" + (f" ({missing} missing)" if missing else ""),
                f"{min(choices)}" if choices else "",
                f"{max(differences):.2g}" if differences else "",
                f"{min(texts)}" if texts else "",
                f"{min(count for count, _ in compared)}",
                f"{max(difference for _, difference in compared):.3g}" if compared[0][0] else "",
            ]
        )
    return rows


def _work(workload: Workload, measured: Measured) -> list[list[str]]:
    found = [one for one in measured.get((workload.name, JAEVAL), {}).values() if one.work.get("least")]
    if not found:
        return []
    work = found[0].work
    numbers = [f"{work[name]:,}" for name in ("requests", "prefilled", "least", "generated")]
    seconds = spread(one.seconds["answering"] / (one.work["least"] + one.work["generated"]) for one in found)
    assert seconds is not None
    return [[workload.title, *numbers, f"{seconds.middle:.4f}"]]
