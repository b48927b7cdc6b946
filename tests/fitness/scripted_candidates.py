"""A base checkpoint of three small tensors, an engine whose answers follow from them, and tasks that it answers.

The engine's skill is the mean of the norm's weights: it answers the item `N+M` rightly where N's last two digits are
below it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file

from jaeval.engines import FailedResponse, ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.errors import EngineError
from jaeval.fitness.candidate import folder_tensors

CONFIG = {"architectures": ["LlamaForCausalLM"], "hidden_size": 4, "num_hidden_layers": 1, "vocab_size": 8}
ROWS = """
from datasets import Dataset

STARTS = {"search": 100, "selection": 400, "report": 700}


def load(count, sign="+", overlap=False, **_):
    def rows(split):
        start = 100 if overlap else STARTS[split]
        return Dataset.from_list([
            {
                "id": f"{split}-{i}",
                "source_id": f"{sign}{start + i}",
                "question": f"{start + i}{sign}{i % 7}",
                "answer": str(start + i + (i % 7 if sign == "+" else -(i % 7))),
            }
            for i in range(count)
        ])
    return {split: rows(split) for split in STARTS}
"""
TASK = {
    "test_split": "report",
    "validation_split": "selection",
    "fewshot_split": "search",
    "num_fewshot": 0,
    "output_type": "generate_until",
    "doc_to_text": "{{question}}=",
    "doc_to_target": "{{answer}}",
    "generation_kwargs": {"until": ["。"], "max_gen_toks": 16, "do_sample": False},
    "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
}
TASKS = {
    "adding": TASK | {"dataset_kwargs": {"count": 60}},
    "taking": TASK | {"dataset_kwargs": {"count": 20, "sign": "-"}},
    "leaking": TASK | {"dataset_kwargs": {"count": 20, "overlap": True}},
    "middling": TASK
    | {
        "dataset_kwargs": {"count": 5},
        "metric_list": [{"metric": "bleu", "aggregation": "bleu", "higher_is_better": True}],
    },
}


def write_tasks(folder: Path) -> Path:
    folder.mkdir()
    (folder / "rows.py").write_text(ROWS, encoding="utf-8")
    for name, settings in TASKS.items():
        text = yaml.safe_dump({"task": name, **settings}, allow_unicode=True, sort_keys=False)
        text += "custom_dataset: !function rows.load\nmetadata: {version: 1.0, split: report, chance: 0.0}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def weights(skill: float) -> dict[str, torch.Tensor]:
    """The tensors of a candidate with some skill, from 0 to 100."""
    return {
        "model.embed_tokens.weight": torch.arange(32, dtype=torch.float32).reshape(8, 4),
        "model.norm.weight": torch.full((4,), float(skill)),
        "lm_head.weight": torch.ones(8, 4),
    }


def write_candidate(folder: Path, tensors: dict[str, torch.Tensor], **settings: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | settings), encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    save_file(tensors, folder / "model.safetensors")
    return folder


class SkilledEngine(ScriptedEngine):
    """See this file's docstring.

    Attributes:
        swaps: weight hashes, as they were loaded.
        prompts: all that were asked.
    """

    def __init__(self, fails: str = "", dies: bool = False, starts: bool = True) -> None:
        super().__init__(self._say)
        self.skill = 0.0
        self.swaps: list[str] = []
        self.prompts: list[str] = []
        self.closed = 0
        self._holds = "the base's"
        self._fails, self._dies, self._starts = fails, dies, starts

    def start(self) -> None:
        if not self._starts:
            raise EngineError("no memory")

    def reload(self, weights: Path | Iterable[tuple[str, torch.Tensor]], *, weight_hash: str) -> None:
        tensors = dict(folder_tensors(weights) if isinstance(weights, Path) else weights)
        self.skill = float(tensors["model.norm.weight"].mean())
        self.swaps.append(weight_hash)
        self._holds = weight_hash

    def weight_hash(self) -> str:
        return self._holds

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        if self._dies:
            raise EngineError("vLLM died (out of memory)")
        for index, response in super().respond(requests):
            failed = self._fails and self._fails in self.prompts[-1]
            yield index, FailedResponse("too long") if failed else response

    def close(self) -> None:
        self.closed += 1
        self._holds = "the base's"

    def _say(self, prompt: str) -> str:
        self.prompts.append(prompt)
        first, sign, second = re.findall(r"\d+|[-+]", prompt)
        answer = int(first) + int(second) * (1 if sign == "+" else -1)
        return f"{answer if int(first) % 100 < self.skill else '?'}。"
