"""Every task of the catalogue on real vLLM, against lm-eval's own engine on the same checkpoint.

In float32, and with short answers: what is compared is prompts, truncation, log-likelihoods, extraction and scores.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import lm_eval.utils
import pytest
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager
from lm_eval_scripted import plain_templates

from jaeval.catalogue import Catalogue, builtin_folder
from jaeval.evaluation.run import evaluate

pytestmark = pytest.mark.slow

LIMIT = 3
SHORT = {"max_gen_toks": 12}
CONTEXT = 2048


@pytest.fixture(scope="module")
def checkpoint(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny checkpoint with a longer context: few-shot prompts are longer than its 512 tokens."""
    folder = tmp_path_factory.mktemp("checkpoints") / "long"
    folder.mkdir()
    for file in tiny_checkpoint.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    for name, key in (("config.json", "max_position_embeddings"), ("tokenizer_config.json", "model_max_length")):
        settings = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(settings | {key: CONTEXT}))
    return folder


def test_every_task_scores_as_under_lm_eval(checkpoint: Path, data_or_invented: None, tmp_path: Path) -> None:
    pytest.importorskip("vllm", reason="needs vLLM: make test-slow installs it")
    tasks = sorted(Catalogue().cards)
    run = evaluate(
        checkpoint,
        tasks,
        limit=LIMIT,
        gen_kwargs=SHORT,
        engine_args={"dtype": "float32"},
        out=tmp_path / "run",
        cache=False,
    )
    assert run.failed == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm_eval.utils, "env", plain_templates())
        found = simple_evaluate(
            "hf",
            model_args={"pretrained": str(checkpoint), "dtype": "float32", "max_length": CONTEXT},
            device="cpu",
            batch_size=4,
            tasks=tasks,
            task_manager=TaskManager(include_path=str(builtin_folder()), include_defaults=False),
            limit=LIMIT,
            gen_kwargs=SHORT,
            bootstrap_iters=0,
        )
    differences: list[str] = []
    compared = 0
    for score in run.scores:
        theirs = found["results"][score.task][f"{score.metric},{score.filter}"]
        ours = math.nan if score.value is None else score.value
        if ours != pytest.approx(theirs, abs=1e-9, nan_ok=True):
            differences.append(f"{score.task} {score.metric} {score.filter}: {score.value} and {theirs}")
        compared += 1
    largest = max(largest_difference(run, task, found["samples"][task], differences) for task in tasks)
    assert not differences, "\n".join(differences)
    assert compared >= len(tasks)
    assert largest < 1e-3


def largest_difference(run: Any, task: str, samples: list[dict[str, Any]], differences: list[str]) -> float:
    """The largest difference of two log-likelihoods of a task; other texts are written to `differences`."""
    rows = {row.doc_id: row for row in run.items(task)}
    largest = 0.0
    for sample in samples:
        row = rows[sample["doc_id"]]
        for ours, theirs in zip(row.responses, sample["resps"], strict=True):
            if row.generation:
                if ours != theirs:
                    differences.append(f"{task} {row.doc_id}: {ours} and {theirs}")
            else:
                largest = max(largest, abs(ours[0][0] - float(theirs[0][0])))
    return largest
