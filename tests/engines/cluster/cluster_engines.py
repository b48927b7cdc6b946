"""Engines that Ray workers load by name, and that die when a file tells them to."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jaeval.engines import GenerationRequest, ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.errors import EngineError


class Obedient(ScriptedEngine):
    """Repeats the prompt's end and the name of the weights that it holds.

    Args:
        folder: where each worker notes its process and what it answered, and where files say when to die:
            `kill-once` kills the process after so many answers, `fail-once` has the engine raise; both are deleted
            first, so that only one worker obeys. Likewise `forget-once`: a worker computes with other weights.
        delay: seconds for each answer.
        starts: whether it starts.
        always: kill the process at each prompt that holds this text.
        silent: give no answer to a prompt that holds this text.
        babbles: raise an error with the prompt at one that holds this text.
    """

    def __init__(
        self,
        folder: str,
        delay: float = 0.0,
        starts: bool = True,
        always: str = "",
        silent: str = "",
        babbles: str = "",
    ) -> None:
        super().__init__(lambda prompt: f"{self._holds}:{prompt[-6:]}", name="base")
        self._folder, self._delay, self._starts, self._always = Path(folder), delay, starts, always
        self._silent, self._babbles = silent, babbles
        self._holds = "base"
        self._count = 0

    def start(self) -> None:
        if not self._starts:
            raise EngineError("no memory", remedy="Buy some")

    def weight_hash(self) -> str:
        return self._holds

    def reload(self, weights: Path | Iterable[tuple[str, Any]], *, weight_hash: str) -> None:
        forget = self._folder / "forget-once"
        try:
            forget.unlink()
        except FileNotFoundError:
            self._likelihood = lambda context, continuation: -1.0 - len(continuation)
        else:
            self._likelihood = lambda context, continuation: -2.0 - len(continuation)
        given = "folder" if isinstance(weights, Path) else "+".join(str(int(tensor.sum())) for _, tensor in weights)
        self._holds = f"{weight_hash}({given})"

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, response in super().respond(requests):
            time.sleep(self._delay)
            self._count += 1
            for name in ("kill-once", "fail-once"):
                self._obey(self._folder / name)
            request = requests[index]
            text = self.tokenizer.decode(request.prompt) if isinstance(request, GenerationRequest) else ""
            if self._always and self._always in text:
                os.kill(os.getpid(), signal.SIGKILL)
            if self._babbles and self._babbles in text:
                raise ValueError(f"cannot answer {text}")
            if self._silent and self._silent in text:
                continue
            with (self._folder / f"answered-{os.getpid()}").open("a") as handle:
                handle.write(f"{hash(requests[index])}\n")
            yield index, response

    def _obey(self, file: Path) -> None:
        try:
            due = self._count >= int(file.read_text())
            if due:
                file.unlink()
        except (OSError, ValueError):  # not there, or another worker was first
            return
        if due and file.name == "kill-once":
            os.kill(os.getpid(), signal.SIGKILL)
        if due:
            raise EngineError("the engine died")


def make(checkpoint: str, **settings: Any) -> Obedient:
    return Obedient(**settings)
