"""Ray actors in numbered places: begun, started, replaced when they are lost, ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from jaeval.engines.cluster.told import Told, raise_told
from jaeval.errors import EngineError

LOG = logging.getLogger("jaeval.engines.cluster")
GLANCE_S = 0.2
ROOM_S = 600.0
"""How long a cluster may take to find room for an actor: one that grows needs minutes to start a machine."""
MOST_LOSSES = 4
"""Actors lost one after another without a single answer between: then something is wrong that no new one mends."""


class WorkersLostError(EngineError):
    """The cluster has no room for workers, or they are lost one after another."""


class Actors:
    """Some actors of one class.

    Args:
        kind: the class. Its `is_there` answers at once; its `start` returns what went wrong, or None.
        made_of: its arguments.
        size: how many.
        share: what each takes of the cluster, as `ray.remote` has it.

    Attributes:
        handles: Ray's handles, by place; None where an actor was ended and not replaced yet.
        replaced: how many were lost and replaced.
    """

    def __init__(self, kind: type, made_of: tuple[Any, ...], size: int, share: dict[str, float]) -> None:
        self._kind, self._made_of, self._size, self._share = kind, made_of, size, share
        self.handles: list[Any] = []
        self.replaced = 0
        self._losses = 0

    def start(self) -> None:
        """Start all, side by side.

        Raises:
            WorkersLostError: the cluster has no room for them, or they die.
            EngineError: one does not start, and says why.
        """
        self.handles = [self._make() for _ in range(self._size)]
        self._wait_for_room(self.handles)
        self.on_all(lambda handle: handle.start.remote())

    def _make(self) -> Any:
        import ray

        # A lost actor is replaced here, not by Ray: a new one must be prepared before it is asked anything.
        options: dict[str, Any] = {"max_restarts": 0, "max_task_retries": 0, **self._share}
        return ray.remote(**options)(self._kind).remote(*self._made_of)

    def _wait_for_room(self, handles: Sequence[Any]) -> None:
        """Wait until the cluster has begun some actors; lost ones count, and are found out later."""
        import ray

        left = [handle.is_there.remote() for handle in handles]
        end = time.monotonic() + ROOM_S
        while left:
            _, left = ray.wait(left, num_returns=len(left), timeout=GLANCE_S)
            if time.monotonic() > end:
                raise WorkersLostError(
                    f"the cluster had no room for {len(left)} of {self._size} workers within {ROOM_S:g} s",
                    field="--workers",
                    remedy="`ray status` tells who holds its processors and GPUs; ask for fewer workers",
                )

    def on_all(self, call: Callable[[Any], Any], prepare: Callable[[Any], Told | None] | None = None) -> None:
        """Have every actor do something that may fail.

        Args:
            call: calls a method of a handle that returns what went wrong, or None; gives the reference.
            prepare: see `replace`.

        Raises:
            EngineError: what one of them tells.
        """
        for problem in self.ask_all(call, prepare):
            if problem is not None:
                raise_told(problem)

    def ask_all(self, call: Callable[[Any], Any], prepare: Callable[[Any], Told | None] | None = None) -> list[Any]:
        """What every actor answers. One that is lost over it is replaced, and the new one is asked.

        Args:
            call: calls a method of a handle; gives the reference.
            prepare: see `replace`.

        Raises:
            EngineError: one failed, or too many were lost.
        """
        import ray

        self.fill(prepare)
        waiting = [call(handle) for handle in self.handles]
        found = []
        for place, reference in enumerate(waiting):
            while True:
                try:
                    found.append(patiently(reference))
                    break
                except ray.exceptions.RayActorError:
                    self.replace(place, prepare)
                    reference = call(self.handles[place])
                except ray.exceptions.RayError as error:
                    raise EngineError(f"a worker failed ({type(error).__name__})") from error
        return found

    def fill(self, prepare: Callable[[Any], Told | None] | None = None) -> None:
        """Put new actors where some were ended; see `replace`."""
        for place, handle in enumerate(self.handles):
            if handle is None:
                self.replace(place, prepare)

    def replace(self, place: int, prepare: Callable[[Any], Told | None] | None = None) -> None:
        """Put a new actor in the place of one that was lost, or ended.

        Args:
            place: the place.
            prepare: what a new one needs once it is started, such as the current weights; returns what went wrong.

        Raises:
            WorkersLostError: too many were lost one after another.
            EngineError: the new one does not start, and says why.
        """
        import ray

        while True:
            if self.handles[place] is not None:  # otherwise it was ended here, which is no loss
                self._losses += 1
                if self._losses > MOST_LOSSES:
                    raise WorkersLostError(
                        f"{self._losses} workers were lost one after another",
                        remedy="What was answered is kept: `ray logs` tells why; then run again with --resume",
                    )
                LOG.warning("worker %d was lost; a new one takes its place", place + 1)
                self.replaced += 1
            self.end(place)
            self.handles[place] = handle = self._make()
            self._wait_for_room([handle])
            try:
                told = patiently(handle.start.remote())
                if told is None and prepare is not None:
                    told = prepare(handle)
            except ray.exceptions.RayActorError:
                continue
            if told is not None:
                raise_told(told)
            return

    @property
    def failing(self) -> bool:
        """Whether one more loss is one too many."""
        return self._losses >= MOST_LOSSES

    def answered(self) -> None:
        """Take note that one of them works: losses are counted anew."""
        self._losses = 0

    def end(self, place: int) -> None:
        """End the actor in a place; `replace` puts another there."""
        import ray

        if self.handles[place] is not None:
            ray.kill(self.handles[place])
            self.handles[place] = None

    def close(self) -> None:
        """End all. Safe to call twice."""
        import ray

        if ray.is_initialized():
            for place in range(len(self.handles)):
                self.end(place)
        self.handles = []


def patiently(reference: Any) -> Any:
    """What a reference becomes, waited for in steps so that the thread can be interrupted."""
    import ray

    while not ray.wait([reference], timeout=GLANCE_S)[0]:
        pass
    return ray.get(reference)
