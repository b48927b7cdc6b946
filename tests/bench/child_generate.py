"""vLLM's own `LLM.generate` on given token prompts: `python child_generate.py SPEC ANSWERS`. The limit for generation.

Greedy, with vLLM's own stop texts and detokenizer, and the settings of lm-eval's backend for texts, so that the texts
are the same. SPEC names the file of prompts that `child_prompts.py` wrote.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(spec_file: Path, answers_file: Path) -> None:
    """Start the engine, generate, write."""
    spec = json.loads(spec_file.read_text(encoding="utf-8"))
    prompts = json.loads(Path(spec["prompts"]).read_text(encoding="utf-8"))
    from vllm import LLM, SamplingParams, TokensPrompt

    imported = time.monotonic()
    model = LLM(spec["checkpoint"], seed=spec["seed"], **spec["engine_args"])
    started = time.monotonic()
    outputs = model.generate(
        [TokensPrompt(prompt_token_ids=one["prompt"]) for one in prompts],
        [
            SamplingParams(
                temperature=0.0,
                max_tokens=one["max_tokens"],
                stop=one["stop"],
                skip_special_tokens=False,
                spaces_between_special_tokens=False,
            )
            for one in prompts
        ],
        use_tqdm=False,
    )
    seconds = time.monotonic() - started
    answers: dict[str, list[dict[str, object]]] = {}
    for one, output in zip(prompts, outputs, strict=True):
        answers.setdefault(one["task"], []).append({"doc_id": one["doc_id"], "text": output.outputs[0].text})
    result = {
        "seconds": {"start": started - imported, "answering": seconds, "after_start": seconds},
        "answers": answers,
        "work": {"generated": sum(len(output.outputs[0].token_ids) for output in outputs)},
    }
    answers_file.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
