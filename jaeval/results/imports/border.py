"""What stands at the door of every import: how much of a file is read, and what its fields may hold.

Result files come from strangers. Each of these refuses with an `ResultFileError` that names the file and the field.
Nothing in a file is ever run.
"""

from __future__ import annotations

import json
import math
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from jaeval.errors import JaevalError

Model = TypeVar("Model", bound=BaseModel)

MAX_JSON_BYTES = 64 * 1024**2
"""Of one results file. lm-eval's own are some tens of kilobytes."""
MAX_ROWS_BYTES = 4 * 1024**3
"""Of one file of items."""
MAX_ROW_BYTES = 32 * 1024**2
"""Of one item."""
MAX_NAME = 300
"""Characters in the name of a model, task, metric or filter."""
MAX_SETTING = 20_000
"""Characters in one setting, such as a system prompt or a script."""
MAX_TEXT = 2_000_000
"""Characters in one text of an item: a prompt, a response."""
MAX_COUNT = 10**12
CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
"""Control characters, separators of lines, and halves of surrogate pairs."""
SHOWN = 80
"""Characters of a foreign name that an error repeats."""


class ResultFileError(JaevalError):
    """Another tool's result file cannot be read: which file, which field, and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a file, for errors: the names that lead to it."""

    file: Path
    names: tuple[object, ...] = ()

    def at(self, *names: object) -> Place:
        """A field inside this one."""
        return Place(self.file, (*self.names, *names))

    def problem(self, problem: str, remedy: str | None = None) -> ResultFileError:
        """The error about this field."""
        field = ".".join(shortened(str(name)) for name in self.names)
        return ResultFileError(problem, file=self.file, field=field or None, remedy=remedy)


def shortened(text: str, most: int = SHOWN) -> str:
    """A foreign text in one line of bearable length, its control characters left out."""
    line = CONTROL.sub(" ", text[:most])
    return line if len(text) <= most else line + "…"


def read_json(file: Path) -> Any:
    """The content of a JSON file. NaN and infinities are kept for the fields to refuse."""
    try:
        check_size(file, MAX_JSON_BYTES)
        content = file.read_bytes()
    except OSError as error:
        raise ResultFileError(f"cannot be read ({error.strerror or error})", file=file) from error
    return parse_json(content, Place(file))


def read_rows(file: Path) -> Iterator[tuple[Place, Any]]:
    """The rows of a JSON-lines file, each with its place; empty lines are passed over."""
    try:
        check_size(file, MAX_ROWS_BYTES)
        with file.open("rb") as handle:
            number = 0
            while line := handle.readline(MAX_ROW_BYTES + 1):
                number += 1
                place = Place(file, (f"line {number:,}",))
                if len(line) > MAX_ROW_BYTES:
                    raise place.problem(f"is longer than {MAX_ROW_BYTES // 1024**2} MiB")
                if line.strip():
                    yield place, parse_json(line, place)
    except OSError as error:
        raise ResultFileError(f"cannot be read ({error.strerror or error})", file=file) from error


def check_size(file: Path, most: int) -> None:
    """Refuse what is no regular file, or has more than `most` bytes."""
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
        raise ResultFileError("is no file", file=file)
    if status.st_size > most:
        raise ResultFileError(f"is larger than {most // 1024**2:,} MiB, too large for results", file=file)


def parse_json(content: bytes, place: Place) -> Any:
    """Parse JSON; what is nested too deeply, or holds numbers too long, is refused as what is no JSON."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        problem = "is nested too deeply"
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 (byte {error.start:,})"
    except json.JSONDecodeError as error:
        problem = f"is no JSON ({error.msg}: line {error.lineno}, column {error.colno})"
    except ValueError as error:  # an integer of more digits than Python converts
        problem = f"cannot be read ({shortened(str(error))})"
    raise place.problem(problem)


def parse_model(content: Any, model: type[Model], place: Place) -> Model:
    """A pydantic model of parsed JSON."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise place.at(*first["loc"]).problem(shortened(first["msg"], 200)) from None
    except RecursionError:
        raise place.problem("is nested too deeply") from None


def name_in(value: Any, place: Place) -> str:
    """A name: 1 to 300 characters, none of them a control character, a line separator or half a surrogate pair."""
    if not isinstance(value, str):
        raise place.problem(f"is no text but {_kind(value)}")
    if not value.strip():
        raise place.problem("is empty")
    if len(value) > MAX_NAME:
        raise place.problem(f"has {len(value):,} characters", remedy=f"A name has at most {MAX_NAME}")
    if CONTROL.search(value):
        raise place.problem("has a control character in it")
    return value


def text_in(value: Any, place: Place, most: int = MAX_TEXT) -> str:
    """A text; what is no text as JSON writes it."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False)
        except RecursionError:
            raise place.problem("is nested too deeply") from None
    if len(value) > most:
        raise place.problem(f"has {len(value):,} characters", remedy=f"At most {most:,} are read")
    return str(value)


def score_in(value: Any, place: Place) -> tuple[float | None, str]:
    """A score, and a note where it is missing: null, or NaN or an infinity, which are no scores."""
    if value is None:
        return None, "null in the source"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.problem(f"is no number but {_kind(value)}")
    number = _float(value)
    return (number, "") if math.isfinite(number) else (None, f"{number} in the source")


def stderr_in(value: Any, place: Place) -> float | None:
    """A standard error; None for null, lm-eval's "N/A", and what is not finite."""
    if value is None or value in ("N/A", ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.problem(f"is no number but {_kind(value)}")
    number = _float(value)
    if number < 0:
        raise place.problem(f"is negative ({number:g})")
    return number if math.isfinite(number) else None


def count_in(value: Any, place: Place) -> int:
    """A number of things: an integer, not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.problem(f"is no number but {_kind(value)}")
    number = _float(value)
    if number < 0:
        raise place.problem("is negative")
    if not number.is_integer() or number > MAX_COUNT:  # NaN and infinities, too
        raise place.problem("is no count")
    return int(number)


def moment_in(value: Any, place: Place) -> datetime | None:
    """A time: seconds since 1970 as a number or a text of digits, or ISO 8601; None for null and nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise place.problem(f"is no time but {_kind(value)}")
    try:
        try:
            found = datetime.fromtimestamp(float(value), UTC)
        except ValueError:
            if not isinstance(value, str):
                raise
            found = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        raise place.problem("is no time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def flat_in(settings: Mapping[str, Any], place: Place, depth: int = 3) -> dict[str, Any]:
    """Settings as one level of plain values: `a.b` for what is nested, lists as JSON text, nulls left out."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name, here = name_in(str(key), place), place.at(key)
        if isinstance(value, dict) and depth:
            found |= {f"{name}.{inner}": entry for inner, entry in flat_in(value, here, depth - 1).items()}
        elif isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
            found[name] = value
        elif value is not None:
            found[name] = text_in(value, here, MAX_SETTING)
    return found


def published_name(checkpoint: str) -> str:
    """The name under which a checkpoint is published: as it is, but of a path only the last folder.

    Where a checkpoint lies on somebody's machine is nobody's business.

    Example:
        >>> published_name("rinna/japanese-gpt-1b"), published_name("/home/me/merges/merge-7/")
        ('rinna/japanese-gpt-1b', 'merge-7')
    """
    text = checkpoint.strip()
    parts = [part for part in text.replace("\\", "/").split("/") if part]
    is_path = text[:1] in "/.~${" or PureWindowsPath(text).drive or len(parts) > 2 or text.endswith("/")
    return parts[-1] if is_path and parts else text


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer above 10^308
        return math.inf if value > 0 else -math.inf


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
