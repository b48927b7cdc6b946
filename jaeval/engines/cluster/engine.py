"""Requests spread over Ray actors with one engine each. A lost actor is replaced and what it owed is asked again.

Which worker answers a request changes nothing about the answer, so results do not depend on their number. Weights can
be changed in all of them: a block goes only to workers that hold the weights it is meant for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaeval.engines.cluster.blocks import Blocks
from jaeval.engines.cluster.pool import Pool
from jaeval.engines.cluster.ray_session import RaySession, gpus_of, require_ray
from jaeval.engines.load import load_engine
from jaeval.engines.protocol import ChoiceRequest, Fingerprint, Reloadable, Request, Response
from jaeval.engines.server.dispatch import in_order
from jaeval.engines.tokenizer import Tokenizer
from jaeval.errors import EngineError

if TYPE_CHECKING:
    import torch

ALIKE = 0.05
"""How far workers' log-likelihoods may lie apart: in bfloat16, devices of several kinds round differently."""


class RayEngine:
    """See `jaeval.engines.protocol.Engine` and `Reloadable`.

    Args:
        checkpoint: a folder that every machine sees under this path.
        workers: how many actors.
        engine: the engine in each: "vllm", "transformers" or "PACKAGE.MODULE:FACTORY".
        ray_address: of a running cluster; None starts a local one, or uses the one this process is connected to.
        seed, chat_template_args: as `load_engine` takes them.
        engine_args: further arguments of the engine in each worker. With `tensor_parallel_size=4` a worker takes four
            GPUs.

    Raises:
        EngineError: Ray is not installed, or an argument is wrong.
    """

    def __init__(
        self,
        checkpoint: str | Path,
        *,
        workers: int = 1,
        engine: str = "vllm",
        ray_address: str | None = None,
        seed: int = 0,
        chat_template_args: dict[str, Any] | None = None,
        **engine_args: Any,
    ) -> None:
        require_ray()
        if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
            raise EngineError("must be at least 1", field="--workers")
        if engine in ("ray", "server", "api"):
            raise EngineError(f"{engine!r} cannot run in a worker", field="--engine-arg engine")
        self._settings = {"seed": seed, "chat_template_args": chat_template_args, "engine_args": engine_args}
        # Never started: it gives the tokenizer, the names of the weights and of the settings.
        self._pattern = load_engine(
            engine, checkpoint, seed=seed, chat_template_args=chat_template_args, engine_args=engine_args
        )
        self._made_of = (engine, str(checkpoint), self._settings)
        self._workers, self._address = workers, ray_address
        self._gpus_each = gpus_of(engine_args)
        self._session: RaySession | None = None
        self._pool: Pool | None = None
        self._reloaded: str | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """See `Engine.tokenizer`."""
        return self._pattern.tokenizer

    @property
    def max_length(self) -> int:
        """See `Engine.max_length`."""
        return self._pattern.max_length

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._reloaded or self._pattern.weight_hash()

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`: that of the engine in each worker, so that answers are shared with it."""
        return self._pattern.fingerprint()

    def start(self) -> None:
        """See `Engine.start`.

        Raises:
            EngineError: the cluster cannot be reached, has too little, or an engine does not start.
        """
        if self._pool is not None:
            return
        self._session = self._session or RaySession(self._address)
        pool = Pool(self._workers, self._made_of, self._session.share(self._workers, self._gpus_each))
        try:
            pool.start()
        except BaseException:
            pool.close()
            raise
        self._pool = pool

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`.

        Raises:
            EngineError: an engine died again and again.
        """
        self.start()
        assert self._pool is not None
        yield from self._pool.respond(requests, Blocks(in_order(requests), self._workers))

    def reload(self, weights: Path | Iterable[tuple[str, torch.Tensor]], *, weight_hash: str) -> None:
        """See `Reloadable.reload`: every worker changes its weights, and a replacement is given them too.

        Raises:
            EngineError: a worker refuses them, or the workers' answers differ afterwards: one computes with others.
        """
        if not isinstance(self._pattern, Reloadable):
            raise EngineError("this engine cannot change its weights", field="engine")
        self.start()
        assert self._pool is not None
        self._pool.reload(weights if isinstance(weights, Path) else dict(weights), weight_hash)
        prefix = self.tokenizer.prefix_token
        first, *others = self._pool.likelihoods(ChoiceRequest((prefix,), ((prefix,), (0,), (1,))))
        for values in others:
            if len(values) != len(first) or any(abs(a - b) > ALIKE for a, b in zip(first, values, strict=True)):
                raise EngineError("the workers' answers differ after a change of weights")
        self._reloaded = weight_hash

    def close(self) -> None:
        """See `Engine.close`. A cluster that ran before goes on."""
        self._reloaded = None
        pool, self._pool, session, self._session = self._pool, None, self._session, None
        if pool is not None:
            pool.close()
        if session is not None:
            session.close()
        self._pattern.close()
