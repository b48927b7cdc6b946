"""The distinct requests of a plan, packed: four bytes a token, so that 100,000 prompts fit where 10,000 did."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, overload

from jaeval.engines.protocol import ChoiceRequest, GenerationRequest, Request

SETTINGS = tuple(field.name for field in fields(GenerationRequest) if field.name != "prompt")


@dataclass(frozen=True, slots=True)
class _Packed:
    """A request's tokens one after another, and how to part them.

    Attributes:
        tokens: of the prompt; or of the context and each continuation.
        lengths: of the context and each continuation; empty for a generation.
        settings: a generation without its prompt.
    """

    tokens: bytes
    lengths: tuple[int, ...] = ()
    settings: GenerationRequest | None = None

    def unpack(self) -> Request:
        tokens = array("i", self.tokens)
        if self.settings is not None:
            return replace(self.settings, prompt=tuple(tokens))
        parts, start = [], 0
        for length in self.lengths:
            parts.append(tuple(tokens[start : start + length]))
            start += length
        return ChoiceRequest(parts[0], tuple(parts[1:]))


class Requests(Sequence[Request]):
    """Requests by number, each distinct one once.

    A request whose answer may be known already can be expected by its name alone: its tokens are needed only where it
    is asked. Reading one whose tokens are not known raises `KeyError`.
    """

    def __init__(self, requests: Iterable[Request] = ()) -> None:
        self._numbers: dict[bytes, int] = {}
        self._names: list[bytes] = []
        self._packed: list[_Packed | None] = []
        self._settings: dict[GenerationRequest, GenerationRequest] = {}
        self._lengths: dict[tuple[int, ...], tuple[int, ...]] = {}
        for request in requests:
            self.add(request)

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, number: int) -> Request: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Request]: ...

    def __getitem__(self, number: int | slice) -> Request | Sequence[Request]:
        if isinstance(number, slice):
            return [self[place] for place in range(*number.indices(len(self)))]
        packed = self._packed[number]
        if packed is None:
            raise KeyError(number)
        return packed.unpack()

    def __iter__(self) -> Iterator[Request]:
        return (self[number] for number in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Requests) and self._names == other._names

    def __hash__(self) -> int:
        return hash(tuple(self._names))

    @property
    def names(self) -> list[bytes]:
        """The sha256 of each request: equal names ask the same."""
        return list(self._names)

    def name(self, number: int) -> bytes:
        """The sha256 of one request."""
        return self._names[number]

    def add(self, request: Request) -> int:
        """The number of a request, new or old."""
        number = self.expect(name_of(request))
        if self._packed[number] is None:
            self._packed[number] = self._pack(request)
        return number

    def expect(self, name: bytes) -> int:
        """The number of a request of which only the name is known."""
        number = self._numbers.setdefault(name, len(self._packed))
        if number == len(self._packed):
            self._packed.append(None)
            self._names.append(name)
        return number

    def is_whole(self, number: int) -> bool:
        """Whether a request's tokens are known."""
        return self._packed[number] is not None

    def some(self, numbers: Sequence[int]) -> Sequence[Request]:
        """A view of some of them, in that order; unpacked one by one as they are read."""
        return _View(self, numbers)

    def _pack(self, request: Request) -> _Packed:
        if isinstance(request, GenerationRequest):
            settings = replace(request, prompt=())
            return _Packed(array("i", request.prompt).tobytes(), settings=self._settings.setdefault(settings, settings))
        rows = (request.context, *request.continuations)
        lengths = tuple(map(len, rows))
        tokens = b"".join(array("i", row).tobytes() for row in rows)
        return _Packed(tokens, self._lengths.setdefault(lengths, lengths))


class _View(Sequence[Request]):
    def __init__(self, requests: Requests, numbers: Sequence[int]) -> None:
        self._requests, self._chosen = requests, numbers

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, place: int) -> Request: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Request]: ...

    def __getitem__(self, place: int | slice) -> Request | Sequence[Request]:
        if isinstance(place, slice):
            return _View(self._requests, self._chosen[place])
        return self._requests[self._chosen[place]]


def name_of(request: Request) -> bytes:
    """The sha256 over everything that a request asks."""
    if isinstance(request, ChoiceRequest):
        rows = [request.context, *request.continuations]
        head: list[Any] = ["choice", [len(row) for row in rows]]
        tokens = b"".join(array("q", row).tobytes() for row in rows)
    else:
        settings = {name: getattr(request, name) for name in SETTINGS}
        if request.think is not None:
            settings["think"] = [request.think.open, request.think.close]
        head = ["generation", settings]
        tokens = array("q", request.prompt).tobytes()
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode() + tokens).digest()
