"""What the readers share: typed values from bytes, and splits of rows as `datasets.Dataset`.

Every row of every reader has `id` (stable, unique in the benchmark) and `source_id` (the id of the item it was made
from: translations of one item share it, so that splits can be checked for overlap).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from jaeval.errors import DataError

if TYPE_CHECKING:
    import datasets

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def text(content: bytes, file: str) -> str:
    """Decode UTF-8, with or without a byte order mark.

    Raises:
        DataError: the bytes are not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8 at byte {error.start}", file=file) from error


def parsed(kind: type[T], content: str | bytes, file: str, *, row: str | None = None) -> T:
    """JSON as a value of `kind`, types taken strictly (no `"1"` for 1).

    Args:
        kind: a pydantic model, or a type made of them.
        content: the JSON text.
        file: named in errors.
        row: where in the file the content lies, also named in errors.

    Raises:
        DataError: not JSON, or not a `kind`; the error names the path of the first bad field.
    """
    try:
        if kind not in _ADAPTERS:  # making one costs more than using it
            _ADAPTERS[kind] = TypeAdapter(kind)
        value: T = _ADAPTERS[kind].validate_json(content, strict=True)
        return value
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([*([row] if row else []), *(str(part) for part in first["loc"])])
        raise DataError(first["msg"], file=file, field=where or None) from error


def parsed_lines(kind: type[T], content: bytes, file: str) -> list[T]:
    """One JSON value of `kind` per line; blank lines are skipped.

    Raises:
        DataError: as `parsed`; the error names the line, from 1.
    """
    lines = text(content, file).split("\n")
    return [parsed(kind, line, file, row=f"line {n}") for n, line in enumerate(lines, start=1) if line.strip()]


def split(rows: Sequence[Row], columns: Mapping[str, Any]) -> datasets.Dataset:
    """Rows as a `datasets.Dataset`. `columns` names each column's Arrow type; a list of one stands for a sequence."""
    from datasets import Dataset, Features, Value

    def feature(kind: Any) -> Any:
        return [feature(kind[0])] if isinstance(kind, list) else Value(kind)

    return Dataset.from_list(list(rows), features=Features({name: feature(kind) for name, kind in columns.items()}))


class Splits(Mapping[str, "datasets.Dataset"]):
    """A data set's splits by name, each loaded when it is first asked for.

    So a task without few-shot examples runs on a machine that lacks the training split. lm-eval takes it for the
    `DatasetDict` that it expects of `custom_dataset`.

    Args:
        loaders: what loads each split.
    """

    def __init__(self, **loaders: Callable[[], datasets.Dataset]) -> None:
        self._loaders = loaders
        self._loaded: dict[str, datasets.Dataset] = {}

    def __getitem__(self, name: str) -> datasets.Dataset:
        if name not in self._loaded:
            self._loaded[name] = self._loaders[name]()
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)
