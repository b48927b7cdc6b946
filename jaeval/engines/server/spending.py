"""What a service has been paid: kept in the run's folder, so that a run that is taken up again goes on counting."""

from __future__ import annotations

import json
from pathlib import Path

from jaeval.errors import RunError


class Spending:
    """Tokens and US dollars, added up.

    Attributes:
        prompt_tokens, generated_tokens: as the service counts them.
        cost: US dollars, of the answers whose price is known.
        answers: how many there were.
    """

    def __init__(self) -> None:
        self.prompt_tokens, self.generated_tokens, self.cost, self.answers = 0, 0, 0.0, 0
        self._file: Path | None = None

    def keep_in(self, file: Path) -> None:
        """Take up what a file holds, and write there from now on. A kill leaves part of a line at most: it is dropped.

        Raises:
            RunError: the file cannot be read.
        """
        try:
            content = file.read_bytes() if file.exists() else b""
            whole = content.rfind(b"\n") + 1
            lines = [json.loads(line) for line in content[:whole].splitlines()]
            for line in lines:
                self._count(int(line["prompt"]), int(line["generated"]), float(line["cost"]))
            if whole < len(content):
                file.write_bytes(content[:whole])
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise RunError(
                f"cannot be read ({error})", file=file, remedy="Delete it: what was spent before is then not counted"
            ) from error
        self._file = file

    def add(self, prompt: int, generated: int, cost: float) -> None:
        """Count an answer.

        Raises:
            RunError: it cannot be written.
        """
        self._count(prompt, generated, cost)
        if self._file is None:
            return
        line = json.dumps({"prompt": prompt, "generated": generated, "cost": cost}) + "\n"
        try:
            with self._file.open("a", encoding="ascii") as handle:
                handle.write(line)
        except OSError as error:
            raise RunError(
                f"cannot be written ({error.strerror})", file=self._file, remedy="Free disk space, then --resume"
            ) from error

    def _count(self, prompt: int, generated: int, cost: float) -> None:
        self.prompt_tokens += prompt
        self.generated_tokens += generated
        self.cost += cost
        self.answers += 1
