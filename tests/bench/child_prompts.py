"""The token prompts of a workload's generated answers: `python child_prompts.py SPEC PROMPTS`.

They are taken from jaeval by an engine that only writes down what it is asked.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jaeval
from jaeval.engines import FailedResponse, GenerationRequest, load_engine


class Listening:
    """An engine that keeps the requests and answers none of them; see `jaeval.engines.Engine`.

    Args:
        checkpoint: its tokenizer and context length are used.
        engine_args: as for vLLM.
    """

    def __init__(self, checkpoint: str, engine_args: dict[str, Any]) -> None:
        model = load_engine("vllm", checkpoint, engine_args=engine_args)
        self.tokenizer, self.max_length = model.tokenizer, model.max_length
        self.requests: list[Any] = []

    def weight_hash(self) -> str:
        return "none"

    def fingerprint(self) -> dict[str, Any]:
        return {"engine": "listening"}

    def start(self) -> None:
        pass

    def respond(self, requests: Sequence[Any]) -> Iterator[tuple[int, FailedResponse]]:
        self.requests = list(requests)
        for place in range(len(self.requests)):
            yield place, FailedResponse("was only listened to")

    def close(self) -> None:
        pass


def main(spec_file: Path, prompts_file: Path) -> None:
    """Write a list of `task`, `doc_id`, `prompt`, `max_tokens`, `stop`."""
    spec = json.loads(spec_file.read_text(encoding="utf-8"))
    engine = Listening(spec["checkpoint"], spec["engine_args"])
    with tempfile.TemporaryDirectory() as folder:
        run = jaeval.evaluate(
            spec["checkpoint"],
            spec["tasks"],
            limit=spec["limit"],
            gen_kwargs=spec["gen_kwargs"],
            engine=engine,
            seed=spec["seed"],
            out=Path(folder) / "run",
            cache=False,
        )
        items = [(row.task, row.doc_id) for row in run.items()]
    if len(engine.requests) != len(items) or not all(isinstance(one, GenerationRequest) for one in engine.requests):
        sys.exit("each item must ask for one generated answer of its own")
    prompts = [
        {
            "task": task,
            "doc_id": doc_id,
            "prompt": request.prompt,
            "max_tokens": request.max_tokens,
            "stop": request.stop,
        }
        for (task, doc_id), request in zip(items, engine.requests, strict=True)
    ]
    prompts_file.write_text(json.dumps(prompts, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
