"""The fitness tests' engine as Ray workers load it; one dies in the middle of a block when a file is there."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from jaeval.engines.protocol import Request, Response

sys.path.insert(0, str(Path(__file__).parents[2] / "fitness"))

from scripted_candidates import SkilledEngine


class Mortal(SkilledEngine):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self._order = Path(folder) / "kill-once"

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, response in super().respond(requests):
            if index == 2:
                try:
                    self._order.unlink()
                except FileNotFoundError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
            yield index, response


def make(checkpoint: str, folder: str) -> Mortal:
    return Mortal(folder)
