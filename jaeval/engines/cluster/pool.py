"""The actors of one engine: started, asked, given weights, and replaced when they are lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jaeval.engines.cluster.actors import GLANCE_S, Actors, patiently
from jaeval.engines.cluster.blocks import Blocks, gathering_seconds
from jaeval.engines.cluster.told import Told, raise_told
from jaeval.engines.cluster.worker import Worker
from jaeval.engines.protocol import ChoiceRequest, Request, Response
from jaeval.errors import EngineError


@dataclass(slots=True)
class Member:
    """What one worker is about.

    Attributes:
        place: its actor's.
        block: what it was asked and has not answered.
        places: what the numbers in its answers mean.
        answers: where its answers come from; None where it is idle.
    """

    place: int
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
        self._size = size
        self._actors = Actors(Worker, made_of, size, share)
        self._members = [Member(place) for place in range(size)]
        self._weights: tuple[Any, str] | None = None

    @property
    def replaced(self) -> int:
        """How many workers were lost and replaced."""
        return self._actors.replaced

    def start(self) -> None:
        """Start all workers, side by side; see `Actors.start`."""
        self._actors.start()

    def reload(self, weights: Path | dict[str, Any], weight_hash: str) -> None:
        """Change the weights of all workers.

        Raises:
            EngineError: a worker refuses them.
        """
        import ray

        # One copy in the object store of each machine, whatever the number of its workers.
        shared = weights if isinstance(weights, Path) else ray.put(weights)
        self._weights = (shared, weight_hash)
        self._actors.on_all(lambda handle: handle.reload.remote(shared, weight_hash), self._prepare)

    def _prepare(self, handle: Any) -> Told | None:
        """Give a new worker the current weights."""
        told: Told | None = None if self._weights is None else patiently(handle.reload.remote(*self._weights))
        return told

    def likelihoods(self, request: ChoiceRequest) -> list[tuple[float, ...]]:
        """What each worker answers to one request.

        Raises:
            EngineError: see `Actors.ask_all`.
        """
        found: list[tuple[float, ...]] = self._actors.ask_all(
            lambda handle: handle.likelihoods.remote(request), self._prepare
        )
        return found

    def _replace(self, member: Member) -> None:
        member.answers, member.block = None, set()
        self._actors.replace(member.place, self._prepare)

    def respond(self, requests: Sequence[Request], blocks: Blocks) -> Iterator[tuple[int, Response]]:
        """Answer all requests.

        Args:
            requests: what is asked.
            blocks: their places, to be handed out.

        Raises:
            EngineError: see `_replace`.
        """
        import ray

        self._actors.answered()
        self._actors.fill(self._prepare)
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
                    self._actors.end(member.place)
                    member.answers, member.block = None, set()

    def _ask(self, member: Member, requests: Sequence[Request], places: list[int]) -> None:
        member.places, member.block = places, set(places)
        asked = [requests[place] for place in places]
        respond = self._actors.handles[member.place].respond.options(num_returns="streaming")
        member.answers = respond.remote(asked, gathering_seconds(self._size))

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
            if self._actors.failing:
                raise_told(found)
            blocks.give_back(owed)
            self._replace(member)
            return
        if found:
            self._actors.answered()
        for number, response in found:
            place = member.places[number]
            if place in member.block:
                member.block.discard(place)
                yield place, response

    def close(self) -> None:
        """End all workers. Safe to call twice."""
        self._actors.close()
