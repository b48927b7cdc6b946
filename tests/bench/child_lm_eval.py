"""One evaluation by lm-eval's vLLM backend, in a process of its own: `python child_lm_eval.py SPEC ANSWERS`.

SPEC is the JSON that `engine_systems.py` writes. ANSWERS becomes JSON: `seconds` by phase and the answer to each item.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main(spec_file: Path, answers_file: Path) -> None:
    """Start the engine, evaluate, write."""
    spec = json.loads(spec_file.read_text(encoding="utf-8"))
    from lm_eval import simple_evaluate
    from lm_eval.models.vllm_causallms import VLLM
    from lm_eval.tasks import TaskManager

    imported = time.monotonic()
    model = VLLM(spec["checkpoint"], batch_size="auto", seed=spec["seed"], **spec["engine_args"])
    started = time.monotonic()
    answering = Answering(model)
    found = simple_evaluate(
        model,
        tasks=spec["tasks"],
        task_manager=TaskManager(include_path=spec["tasks_dir"], include_defaults=False),
        limit=spec["limit"],
        gen_kwargs=spec["gen_kwargs"] or None,
        bootstrap_iters=0,
    )
    finished = time.monotonic()
    result = {
        "seconds": {"start": started - imported, "answering": answering.seconds, "after_start": finished - started},
        "answers": {task: answers(samples) for task, samples in found["samples"].items()},
        "scores": {
            f"{task} {name}": value
            for task, values in found["results"].items()
            for name, value in values.items()
            if "," in name and "_stderr," not in name
        },
    }
    answers_file.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


class Answering:
    """Adds up how long lm-eval's model answers requests.

    Args:
        model: lm-eval's model; its methods that answer are timed from now on.
    """

    def __init__(self, model: Any) -> None:
        self.seconds = 0.0
        for name in ("loglikelihood", "generate_until"):
            setattr(model, name, self._timed(getattr(model, name)))

    def _timed(self, method: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            begun = time.monotonic()
            try:
                return method(*args, **kwargs)
            finally:
                self.seconds += time.monotonic() - begun

        return call


def answers(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each item's number, and either its log-likelihoods or its text. lm-eval repeats an item for each filter."""
    found = {}
    for sample in samples:
        first = [answers_of_request[0] for answers_of_request in sample["resps"]]
        if isinstance(first[0], str):
            found[sample["doc_id"]] = {"doc_id": sample["doc_id"], "text": first[0]}
        else:
            likelihoods = [float(log_likelihood) for log_likelihood, _ in first]
            found[sample["doc_id"]] = {"doc_id": sample["doc_id"], "log_likelihoods": likelihoods}
    return list(found.values())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
