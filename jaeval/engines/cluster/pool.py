"""The actors of one engine: started, asked, given weights, and replaced when they are lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jaeval.engines.cluster.blocks import Blocks, gathering_seconds
from jaeval.engines.cluster.worker import Worker, raise_told
from jaeval.engines.protocol import ChoiceRequest, Request, Response
from jaeval.errors import EngineError

GLANCE_S = 0.2
ROOM_S = 600.0
"""How long a cluster may take to find room for a worker: one that grows needs minutes to start a machine."""
MOST_LOSSES = 4
"""Workers lost one after another without a single answer between: then something is wrong that no new worker mends."""


@dataclass(slots=True)
class Member:
    """One actor.

    Attributes:
        number: its place in the pool.
        actor: Ray's handle; None where it was ended and not replaced yet.
        block: what it was asked and has not answered.
        places: what the numbers in its answers mean.
        answers: where its answers come from; None where it is idle.
    """

    number: int
    actor: Any
    block: set[int] = field(default_factory=set)
    places: list[int] = field(default_factory=list)
    answers: Any = None


class Pool:
    """Some workers.

    Args:
        size: how many.
        made_of: the arguments of `Worker`.
        share: what each takes of the cluster, as `ray.remote` has it.
    """

    def __init__(self, size: int, made_of: tuple[Any, ...], share: dict[str, float]) -> None:
        self._size, self._made_of, self._share = size, made_of, share
        self._members: list[Member] = []
        self._weights: tuple[Any, str] | None = None
        self._losses = 0
        self.replaced = 0
        """How many workers were lost and replaced."""

    def start(self) -> None:
        """Start all workers, side by side.

        Raises:
            EngineError: an engine does not start.
        """
        self._members = [Member(number, self._make()) for number in range(self._size)]
        self._wait_for_room([member.actor for member in self._members])
        self._on_all(lambda member: member.actor.start.remote())

    def _make(self) -> Any:
        import ray

        # A lost actor is replaced here, not by Ray: a new one needs the current weights before it is asked anything.
        options: dict[str, Any] = {"max_restarts": 0, "max_task_retries": 0, **self._share}
        return ray.remote(**options)(Worker).remote(*self._made_of)

    def _wait_for_room(self, actors: Sequence[Any]) -> None:
        """Wait until the cluster has begun some actors; lost ones count, and are found out later.

        Raises:
            EngineError: it has no room for them.
        """
        import ray

        left = [actor.is_there.remote() for actor in actors]
        end = time.monotonic() + ROOM_S
        while left:
            _, left = ray.wait(left, num_returns=len(left), timeout=GLANCE_S)
            if time.monotonic() > end:
                raise EngineError(
                    f"the cluster had no room for {len(left)} of {self._size} workers within {ROOM_S:g} s",
                    field="--workers",
                    remedy="`ray status` tells who holds its processors and GPUs; ask for fewer workers",
                )

    def _on_all(self, call: Callable[[Member], Any]) -> None:
        """Have every worker do something; replace those that are lost over it, and raise what they tell."""
        import ray

        waiting = [(member, call(member)) for member in self._members]
        for member, reference in waiting:
            told = None
            try:
                told = _patiently(reference)
            except ray.exceptions.RayActorError:
                self._replace(member)
            except ray.exceptions.RayError as error:
                raise EngineError(f"a worker failed ({type(error).__name__})") from error
            if told is not None:
                raise_told(told)

    def reload(self, weights: Path | dict[str, Any], weight_hash: str) -> None:
        """Change the weights of all workers.

        Raises:
            EngineError: a worker refuses them.
        """
        import ray

        # One copy in the object store of each machine, whatever the number of its workers.
        shared = weights if isinstance(weights, Path) else ray.put(weights)
        self._weights = (shared, weight_hash)
        self._on_all(lambda member: member.actor.reload.remote(shared, weight_hash))

    def likelihoods(self, request: ChoiceRequest) -> list[tuple[float, ...]]:
        """What each worker answers to one request.

        Raises:
            EngineError: a worker failed over it.
        """
        import ray

        asked = [member.actor.likelihoods.remote(request) for member in self._members]
        try:
            return [_patiently(reference) for reference in asked]
        except ray.exceptions.RayError as error:
            raise EngineError(f"a worker failed over its new weights ({type(error).__name__})") from error

    def _replace(self, member: Member) -> None:
        """Put a new worker, with the current weights, in a lost one's place.

        Raises:
            EngineError: too many were lost one after another, or the new one does not start.
        """
        import ray

        while True:
            self._losses += 1
            self.replaced += 1
            if self._losses > MOST_LOSSES:
                raise EngineError(
                    f"{self._losses} workers were lost one after another",
                    remedy="What was answered is kept: `ray logs` tells why; then run again with --resume",
                )
            if member.actor is not None:
                ray.kill(member.actor)
            member.actor, member.answers, member.block = self._make(), None, set()
            self._wait_for_room([member.actor])
            try:
                told = _patiently(member.actor.start.remote())
                if told is None and self._weights is not None:
                    told = _patiently(member.actor.reload.remote(*self._weights))
            except ray.exceptions.RayActorError:
                continue
            if told is not None:
                raise_told(told)
            return

    def respond(self, requests: Sequence[Request], blocks: Blocks) -> Iterator[tuple[int, Response]]:
        """Answer all requests.

        Args:
            requests: what is asked.
            blocks: their places, to be handed out.

        Raises:
            EngineError: see `_replace`.
        """
        import ray

        self._losses = 0
        for member in self._members:
            if member.actor is None:
                self._replace(member)
        try:
            while True:
                for member in self._members:
                    if member.answers is None and blocks:
                        self._ask(member, requests, blocks.take())
                working = {member.answers: member for member in self._members if member.answers is not None}
                if not working:
                    return
                ready, _ = ray.wait(list(working), num_returns=1, timeout=GLANCE_S)
                for answers in ready:
                    yield from self._take(working[answers], blocks)
        finally:
            for member in self._members:
                if member.answers is not None:  # left early: what it still computes is for nobody
                    ray.kill(member.actor)
                    member.actor, member.answers, member.block = None, None, set()

    def _ask(self, member: Member, requests: Sequence[Request], places: list[int]) -> None:
        member.places, member.block = places, set(places)
        asked = [requests[place] for place in places]
        member.answers = member.actor.respond.options(num_returns="streaming").remote(
            asked, gathering_seconds(self._size)
        )

    def _take(self, member: Member, blocks: Blocks) -> Iterator[tuple[int, Response]]:
        """What has come from a worker; a lost one's block goes back."""
        import ray

        try:
            found = ray.get(next(member.answers))
        except StopIteration:
            member.answers, member.block = None, set()  # what is left the engine gave no answer to: not asked again
            return
        except ray.exceptions.RayActorError:
            blocks.give_back([place for place in member.places if place in member.block])
            self._replace(member)
            return
        except ray.exceptions.RayError as error:
            raise EngineError(f"a worker failed ({type(error).__name__})", remedy="Run again with --resume") from error
        if isinstance(found, tuple):  # its engine died: a new one begins with fresh memory
            owed = [place for place in member.places if place in member.block]
            if self._losses >= MOST_LOSSES:
                raise_told(found)
            blocks.give_back(owed)
            self._replace(member)
            return
        if found:
            self._losses = 0
        for number, response in found:
            place = member.places[number]
            if place in member.block:
                member.block.discard(place)
                yield place, response

    def close(self) -> None:
        """End all workers. Safe to call twice."""
        import ray

        members, self._members = self._members, []
        if ray.is_initialized():
            for member in members:
                if member.actor is not None:
                    ray.kill(member.actor)


def _patiently(reference: Any) -> Any:
    """What a reference becomes, waited for in steps so that the thread can be interrupted."""
    import ray

    while not ray.wait([reference], timeout=GLANCE_S)[0]:
        pass
    return ray.get(reference)
