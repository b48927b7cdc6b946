"""A process of its own for one engine setting, since vLLM reads some settings once in a process.

    python child_swap.py BASE OTHER '{"dtype": "float32", "enforce_eager": true}' cure|no-cure|deaf

BASE and OTHER are two checkpoints of one architecture. It starts an engine on BASE, swaps to OTHER and back, as a
folder and as tensors, and compares with a new engine on OTHER. It prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from jaeval.engines import ChoiceRequest, ChoiceResponse, GenerationRequest, load_engine, open_checkpoint, vllm_weights
from jaeval.engines.protocol import Engine, Request
from jaeval.errors import EngineError
from jaeval.fitness.candidate import checkpoint_lines, folder_tensors, open_candidate
from jaeval.fitness.swap import Swapper

PROMPTS = [
    "日本の首都は",
    "問題：りんごが３個、みかんが５個あります。全部で何個ですか？",
    "The quick brown fox",
    "1, 2, 3, 4, 5,",
]


def ask(engine: Engine, vocabulary: int) -> tuple[list[float], list[str]]:
    prompts = [tuple(engine.tokenizer.encode([prompt])[0]) for prompt in PROMPTS]
    watched = tuple((token,) for token in range(0, vocabulary, max(vocabulary // 100, 1)))[:100]
    requests: list[Request] = [ChoiceRequest(prompt, watched) for prompt in prompts]
    requests += [GenerationRequest(prompt, 24) for prompt in prompts]
    found = dict(engine.respond(requests))
    rows, texts = [], []
    for number in range(len(requests)):
        response = found[number]
        if isinstance(response, ChoiceResponse):
            rows += response.log_likelihoods
        else:
            texts.append(response.text)  # type: ignore[union-attr]
    return rows, texts


def main(base: Path, other: Path, arguments: dict[str, Any], how: str) -> dict[str, Any]:
    if how == "no-cure":
        vllm_weights.pack_heads = lambda model: None
    if how == "deaf":  # an engine that takes no new weights and says nothing
        vllm_weights.reload_weights = lambda engine, weights: None
        import jaeval.engines.vllm as vllm

        vllm.reload_weights = vllm_weights.reload_weights
    opened = open_checkpoint(base)
    vocabulary, lines = int(opened.config["vocab_size"]), checkpoint_lines(opened)
    engine = load_engine("vllm", base, engine_args={"max_model_len": 512, **arguments})
    began = time.monotonic()
    engine.start()
    report: dict[str, Any] = {"start": time.monotonic() - began, "caught": None, "swaps": []}
    swapper = Swapper(engine, opened)
    answers = []
    try:
        for given in (base, other, dict(folder_tensors(base)), dict(folder_tensors(other)), base):
            candidate = open_candidate(given, opened, lines)
            seconds = {"swap": 0.0, "canary": 0.0}
            swapper.swap(candidate, candidate.weight_hash, seconds)
            reading = swapper.last_reading
            assert reading is not None
            report["swaps"].append(seconds | {"off": reading.difference, "most": reading.most})
            answers.append(ask(engine, vocabulary))
    except EngineError as error:
        report["caught"] = f"{type(error).__name__}: {error}"
        return report
    engine.close()
    fresh = {}
    for name, folder in (("base", base), ("other", other)):
        engine = load_engine("vllm", folder, engine_args={"max_model_len": 512, **arguments})
        fresh[name] = ask(engine, vocabulary)
        engine.close()
    report["most"] = max(
        abs(ours - theirs)
        for place, (rows, _) in enumerate(answers)
        for ours, theirs in zip(rows, fresh["other" if place % 2 else "base"][0], strict=True)
    )
    report["texts"] = all(
        texts == fresh["other" if place % 2 else "base"][1] for place, (_, texts) in enumerate(answers)
    )
    report["apart"] = max(abs(a - b) for a, b in zip(fresh["base"][0], fresh["other"][0], strict=True))
    return report


if __name__ == "__main__":
    result = main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4])
    print("REPORT " + json.dumps(result))
