"""The engine settings that all systems share: those that jaeval chooses on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jaeval.engines import load_engine, open_checkpoint
from jaeval.engines.vllm import cpu_cache_gib

NOT_ARGUMENTS = {"engine", "vllm", "torch", "batch_invariant"}
"""What a fingerprint holds besides arguments of the engine."""


@dataclass(frozen=True)
class Settings:
    """What must be equal for two measurements to be compared.

    Attributes:
        checkpoint: its folder.
        weight_hash: of its weights.
        engine_args: arguments of `vllm.LLM`.
        environment: variables for vLLM.
        dtype: given by hand; None where jaeval chose.
        seed: of engines and few-shot examples.
        versions: of what computes.
        processor: its name; cores: those that may be used; threads: OMP_NUM_THREADS, or "not set".
    """

    checkpoint: str
    weight_hash: str
    engine_args: dict[str, Any]
    environment: dict[str, str]
    dtype: str | None
    seed: int
    versions: dict[str, str]
    processor: str
    cores: int
    threads: str

    def digest(self, *more: Any) -> str:
        """Names these settings and `more`, in 16 hexadecimal digits."""
        return hashlib.sha256(json.dumps([asdict(self), *more], sort_keys=True).encode()).hexdigest()[:16]


def engine_settings(checkpoint: Path, dtype: str | None, seed: int = 1234) -> Settings:
    """Ask jaeval how it would run vLLM here; no engine is started.

    Args:
        checkpoint: its folder.
        dtype: instead of jaeval's choice.
        seed: for engines and few-shot examples.
    """
    engine = load_engine("vllm", checkpoint, engine_args={"dtype": dtype} if dtype else {})
    fingerprint = engine.fingerprint()
    arguments = {name: value for name, value in fingerprint.items() if name not in NOT_ARGUMENTS}
    arguments |= {"max_model_len": engine.max_length, "enable_prefix_caching": True, "load_format": "safetensors"}
    environment = {"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR", "HF_HUB_OFFLINE": "1"}
    if "cpu" in str(fingerprint["vllm"]):
        environment["VLLM_USE_AOT_COMPILE"] = "0"
        environment["VLLM_CPU_KVCACHE_SPACE"] = str(
            cpu_cache_gib(open_checkpoint(checkpoint).config, engine.max_length)
        )
        if arguments.get("enforce_eager"):
            environment["TORCH_COMPILE_DISABLE"] = "1"
    versions = {name: version(name) for name in ("jaeval", "lm-eval", "torch", "transformers")}
    return Settings(
        checkpoint=str(checkpoint),
        weight_hash=engine.weight_hash(),
        engine_args=arguments,
        environment=environment,
        dtype=dtype,
        seed=seed,
        versions={"python": platform.python_version(), "vllm": str(fingerprint["vllm"]), **versions},
        processor=processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        threads=os.environ.get("OMP_NUM_THREADS", "not set"),
    )


def processor() -> str:
    """The processor's name as Linux gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
