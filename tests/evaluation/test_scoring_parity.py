"""The same answers give the same prompts, scores and item values under lm-eval's own evaluator and under jaeval."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lm_eval.utils
import pytest
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager
from lm_eval_scripted import ScriptedModel, plain_templates

from jaeval.catalogue import Catalogue, builtin_folder
from jaeval.engines import ScriptedEngine
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

LIMIT = 20
SOME = [
    "mgsm_ja_native_cot",
    "jfinqa_numerical",
    "jcommonsenseqa",
    "fin_cma_basics",
    "procedural_math",
]
"""Tasks with and without examples, choices and generated answers."""
SETTINGS: dict[str, dict[str, Any]] = {
    "as the tasks say": {},
    "two shots": {"num_fewshot": 2},
    "a chat template": {"apply_chat_template": True, "fewshot_as_multiturn": True},
    "turns and an instruction": {
        "num_fewshot": 2,
        "apply_chat_template": True,
        "fewshot_as_multiturn": True,
        "system_instruction": "簡潔に答えてください。",
    },
    "shots in one turn": {"num_fewshot": 2, "apply_chat_template": True, "fewshot_as_multiturn": False},
}


def answers_of(prompts_and_targets: dict[str, str]) -> Callable[[str], str]:
    """A "model" that is right about half of the time, in several forms."""

    def generate(prompt: str) -> str:
        target = prompts_and_targets.get(prompt, "0")
        form = zlib.crc32(prompt.encode()) % 6
        return [
            f"考えます。答えは{target}です。\n\n問題：次",
            f"答えは{target}",
            str(target),
            f"{target} Question: 99",
            "わかりません。",
            "3" * 300,
        ][form]

    return generate


def run_jaeval(
    generate: Callable[[str], str], tasks: list[str], out: Path, folders: list[Path], **settings: Any
) -> Run:
    engine = ScriptedEngine(generate)
    return evaluate(
        "name", tasks, engine=engine, out=out, cache=False, tasks_dirs=folders, trust_task_code=True, **settings
    )


def compare(tasks: list[str], folders: list[Path], settings: dict[str, Any], tmp_path: Path, limit: int) -> Run:
    """Evaluate twice and compare everything that both report; gives jaeval's run."""
    settings = settings | {"limit": limit}
    asked = run_jaeval(lambda _: "", tasks, tmp_path / "asked", folders, **settings)
    generate = answers_of({row.prompts[0]: str(row.target) for row in asked.items() if row.generation})
    run = run_jaeval(generate, tasks, tmp_path / "run", folders, **settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm_eval.utils, "env", plain_templates())
        patch.setattr("lm_eval.evaluator.add_env_info", lambda results: None)  # asks pip for a second
        found = simple_evaluate(
            ScriptedModel(generate),
            tasks=tasks,
            task_manager=TaskManager(include_path=[str(folder) for folder in folders], include_defaults=False),
            bootstrap_iters=0,
            **settings,
        )
    compare_scores(run, found["results"])
    for task in tasks:
        compare_items(run, task, found["samples"][task])
    return run


def compare_scores(run: Run, results: dict[str, dict[str, Any]]) -> None:
    compared = set()
    for score in run.scores:
        name = f"{score.metric},{score.filter}"
        theirs = results[score.task][name]
        if score.value is None:  # where lm-eval has NaN
            assert math.isnan(theirs), (score.task, name)
        else:
            assert score.value == pytest.approx(theirs, abs=1e-12), (score.task, name)
        compared.add((score.task, name))
    expected = {
        (task, name) for task, values in results.items() for name in values if "," in name and "_stderr" not in name
    }
    assert compared == expected


def compare_items(run: Run, task: str, samples: list[dict[str, Any]]) -> None:
    rows = {row.doc_id: row for row in run.items(task)}
    assert {sample["doc_id"] for sample in samples} == set(rows)
    for sample in samples:
        row = rows[sample["doc_id"]]
        assert row.doc_hash == sample["doc_hash"]
        prompts = [list(prompt) if isinstance(prompt, list) else prompt for prompt in row.prompts]
        if row.generation:
            assert [[prompt, row.generation] for prompt in prompts] == [list(pair) for pair in sample["arguments"]]
        else:
            assert prompts == [list(pair) if len(pair) > 1 else pair[0] for pair in sample["arguments"]]
        assert set(row.scores[sample["filter"]]) == set(sample["metrics"])
        for metric, value in row.scores[sample["filter"]].items():
            expected = sample[metric]
            assert value == (list(expected) if isinstance(expected, tuple) else expected)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_small_tasks(settings: dict[str, Any], small_tasks: Path, tmp_path: Path) -> None:
    tasks = ["sums", "sums_repeated", "letters", "texts"]
    if "system_instruction" not in settings and "apply_chat_template" not in settings:
        tasks.append("rolling")
    run = compare(tasks, [small_tasks], settings, tmp_path, LIMIT)
    assert any(score.value not in (0, 1) for score in run.scores)


def test_a_task_of_every_kind(data_or_invented: None, tmp_path: Path) -> None:
    """One task of each data set and scoring stands for its kin; `tests/tasks/test_catalogue_slow.py` has them all."""
    kinds = {}
    for card in sorted(Catalogue().cards.values(), key=lambda card: card.name):
        metrics = tuple(metric["metric"] for metric in card.config["metric_list"])
        kinds[card.header.get("data"), card.output_type, metrics] = card.name
    run = compare(list(kinds.values()), [builtin_folder()], {}, tmp_path, 3)
    scored = {score.task for score in run.scores if score.value}
    assert len(scored) > len(kinds) * 0.3, "tasks on which a half-right model scores 0 prove little"


@pytest.mark.parametrize("settings", list(SETTINGS.values())[1:], ids=list(SETTINGS)[1:])
def test_tasks_of_the_catalogue_with_other_settings(
    settings: dict[str, Any], data_or_invented: None, tmp_path: Path
) -> None:
    run = compare(SOME, [builtin_folder()], settings, tmp_path, 6)
    scored = {score.task for score in run.scores if score.value}
    assert len(scored) > 1, "tasks on which a half-right model scores 0 prove little"
