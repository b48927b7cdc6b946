"""What runs inside a Ray actor: one engine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from jaeval.engines.cluster.told import Told, told
from jaeval.engines.load import load_engine
from jaeval.engines.protocol import ChoiceRequest, ChoiceResponse, Engine, Reloadable, Request, Response
from jaeval.errors import EngineError


class Worker:
    """One engine, started at once.

    Args:
        engine: as `load_engine` takes it.
        checkpoint: a folder that this machine sees.
        settings: further arguments of `load_engine`.
    """

    def __init__(self, engine: str, checkpoint: str, settings: dict[str, Any]) -> None:
        self._engine: Engine = load_engine(engine, checkpoint, **settings)

    def is_there(self) -> bool:
        """Answer, and so tell that the cluster had room for this worker."""
        return True

    def start(self) -> Told | None:
        """Load the weights; what went wrong, or None."""
        try:
            self._engine.start()
        except Exception as error:
            return told(error)
        return None

    def reload(self, weights: Any, weight_hash: str) -> Told | None:
        """Change the weights; what went wrong, or None.

        Args:
            weights: a folder, or tensors by name.
            weight_hash: their name.
        """
        try:
            if not isinstance(self._engine, Reloadable):
                raise EngineError("this engine cannot change its weights")
            self._engine.reload(weights.items() if isinstance(weights, dict) else weights, weight_hash=weight_hash)
        except Exception as error:
            return told(error)
        return None

    def likelihoods(self, request: ChoiceRequest) -> tuple[float, ...]:
        """The log-likelihoods of one request; none where it was not answered."""
        ((_, response),) = self._engine.respond([request])
        return response.log_likelihoods if isinstance(response, ChoiceResponse) else ()

    def respond(self, requests: Sequence[Request], every: float) -> Iterator[list[tuple[int, Response]] | Told]:
        """Answer some requests, in parcels as they are finished; last of all what went wrong, if anything did.

        Args:
            requests: what is asked.
            every: seconds for which answers are gathered before they are sent.
        """
        parcel: list[tuple[int, Response]] = []
        sent = time.monotonic()
        try:
            for answered in self._engine.respond(requests):
                parcel.append(answered)
                if time.monotonic() - sent >= every:
                    yield parcel
                    parcel, sent = [], time.monotonic()
        except Exception as error:
            yield parcel
            yield told(error)
            return
        yield parcel
