"""A model for lm-eval that answers as `jaeval.engines.ScriptedEngine` does, written against lm-eval's interface."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.utils import regex_replace


def plain_templates() -> Environment:
    """Jinja as lm-eval 0.4.13 sets it up; jaeval puts a sandbox in its place."""
    env = Environment(loader=BaseLoader(), undefined=StrictUndefined, keep_trailing_newline=True)
    env.filters["regex_replace"] = regex_replace
    return env


class ScriptedModel(LM):
    """Texts from a function, log-likelihoods from a checksum."""

    tokenizer_name = "characters"

    def __init__(self, generate: Callable[[str], str]) -> None:
        super().__init__()
        self._generate = generate

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        return [(self._checksum(*request.args), False) for request in requests]

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        return [self._checksum("", request.args[0]) for request in requests]

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        answers = []
        for request in requests:
            prompt, settings = request.args
            text = self._generate(prompt)[: settings.get("max_gen_toks", 256)]
            for stop in [*settings["until"], "\0"]:
                text = text.split(stop)[0]
            answers.append(text)
        return answers

    def apply_chat_template(self, chat_history: list[dict[str, Any]], add_generation_prompt: bool = True) -> str:
        turns = "".join(f"[{turn['role']}]{turn['content']}\n" for turn in chat_history)
        return turns + "[assistant]" if add_generation_prompt else turns.rstrip("\n")

    def chat_template(self, chat_template: bool | str = False) -> str:
        return "[role]content"

    @staticmethod
    def _checksum(context: str, continuation: str) -> float:
        kept = context.rstrip()  # as lm-eval's `_encode_pair`, which a model of tokens would use
        continuation = context[len(kept) :] + continuation
        return -(zlib.crc32(f"{kept or chr(0)}\0{continuation}".encode()) % 10_000) / 1000 - 0.001
