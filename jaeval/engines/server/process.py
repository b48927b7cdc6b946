"""`vllm serve` as a child process: started, waited for, and ended with whoever started it."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from jaeval.engines.checkpoint import Checkpoint
from jaeval.engines.processor import multiplies_bfloat16
from jaeval.engines.server.keys import Key
from jaeval.engines.vllm import CPU_ARGUMENTS, VllmEngine, cpu_cache_gib
from jaeval.errors import EngineError

MODULE = "vllm.entrypoints.openai.api_server"
"""What `vllm serve` runs. The command itself asks for the package `vllm`, which the build for processors is not."""
TIED = (
    sys.executable,
    "-c",
    "import ctypes, os, signal, sys; ctypes.CDLL(None).prctl(1, signal.SIGTERM); os.execv(sys.argv[1], sys.argv[1:])",
)
"""Begins a command on Linux: it is told to end when its owner is gone, even by a SIGKILL (PR_SET_PDEATHSIG)."""
GRACE_S = 20.0
"""How long the server may take to end by itself."""
GLANCE_S = 0.2


class ServedCheckpoint:
    """A checkpoint served on this machine. A context manager: entering waits until it is well, leaving ends it.

    Args:
        checkpoint: the checkpoint.
        host: the address to listen at; only this machine reaches the default.
        port: None picks a free one.
        engine_args: arguments of `vllm serve`, by the names that `VllmEngine` takes.
        key: what clients must send; the child reads it from its environment, so it stands in no process list.
        log: where the server's output goes; None keeps it in a temporary file.
        patience: seconds for which its start may last.

    Raises:
        EngineError: vLLM is not installed, an argument may not be set; on entering: the server does not start.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        engine_args: dict[str, Any] | None = None,
        key: Key | None = None,
        log: Path | None = None,
        patience: float = 1800.0,
    ) -> None:
        given = engine_args or {}
        engine = VllmEngine(checkpoint, **given)
        self._checkpoint, self._host, self._key, self._patience = checkpoint, host, key, patience
        self._port = port or free_port(host)
        on_cpu = "cpu" in str(engine.fingerprint()["vllm"])
        cpu_arguments: dict[str, Any] = CPU_ARGUMENTS if on_cpu else {}
        if on_cpu and not multiplies_bfloat16():
            cpu_arguments = {**cpu_arguments, "dtype": "float32"}
        self._arguments: dict[str, Any] = {
            "seed": 0,
            "max_model_len": engine.max_length,
            "max_logprobs": 128,
            "load_format": "safetensors",
            "generation_config": "vllm",  # sampling defaults are ours, not the checkpoint's
            "enable_prefix_caching": True,
            "enable_prompt_tokens_details": True,
            "served_model_name": checkpoint.path.name,
            "uvicorn_log_level": "warning",
            **cpu_arguments,
            **given,
        }
        self._log_given = log
        self.log = log
        """The file of the server's output, once it is started."""
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        """Its address for `--base-url`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/v1"

    @property
    def pid(self) -> int | None:
        """The child's number while it is there."""
        return None if self._child is None else self._child.pid

    def command(self) -> list[str]:
        """What is run; no secret stands in it."""
        words = [sys.executable, "-m", MODULE, "--model", str(self._checkpoint.path)]
        words += ["--host", self._host, "--port", str(self._port)]
        for name, value in self._arguments.items():
            words += option(name, value)
        return words

    def _environment(self) -> dict[str, str]:
        gib = cpu_cache_gib(self._checkpoint.config, int(self._arguments["max_model_len"]))
        defaults = {
            "VLLM_USE_AOT_COMPILE": "0",
            "VLLM_CPU_KVCACHE_SPACE": str(gib),
            "VLLM_NO_USAGE_STATS": "1",
            "VLLM_LOGGING_LEVEL": "WARNING",
            "HF_HUB_OFFLINE": "1",
        }
        if "block_size" in self._arguments and self._arguments.get("enforce_eager"):
            defaults["TORCH_COMPILE_DISABLE"] = "1"  # see VllmEngine.start
        own = (
            {} if self._key is None else {"VLLM_API_KEY": self._key.headers()["Authorization"].removeprefix("Bearer ")}
        )
        return defaults | dict(os.environ) | own

    def __enter__(self) -> ServedCheckpoint:
        self.start()
        try:
            self.wait_until_well()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the child. Returns at once."""
        if self._child is not None:
            return
        if self._log_given is None:
            handle, name = tempfile.mkstemp(prefix="jaeval-serve-", suffix=".log")
            self.log = Path(name)
        else:
            handle = os.open(self._log_given, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._child = self._keep(handle)
        finally:
            os.close(handle)

    def _keep(self, log: int) -> subprocess.Popen[bytes]:
        """Start the child in a thread that lives as long as it does: its end is tied to the thread that started it."""
        command = [*(TIED if sys.platform == "linux" else ()), *self.command()]
        environment = self._environment()
        begun: queue.SimpleQueue[subprocess.Popen[bytes] | Exception] = queue.SimpleQueue()

        def keep() -> None:
            try:
                # A session of its own: Ctrl-C reaches this process, which then ends the child and all that it started.
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
                )
            except Exception as error:
                begun.put(error)
            else:
                begun.put(child)
                child.wait()

        threading.Thread(target=keep, name="serve", daemon=True).start()
        if isinstance(child := begun.get(), Exception):
            raise EngineError(f"the server cannot be started ({child})") from child
        return child

    def wait_until_well(self) -> None:
        """Wait until the server answers.

        Raises:
            EngineError: it ended, or does not answer in time.
        """
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            self.check_alive()
            try:
                with opener.open(self.base_url.removesuffix("/v1") + "/health", timeout=5):
                    return
            except OSError:
                time.sleep(GLANCE_S)
        raise EngineError(f"the server is not ready after {self._patience:g} s", file=self.log)

    def check_alive(self) -> None:
        """Pass while the child runs.

        Raises:
            EngineError: it has ended.
        """
        if self._child is None:
            raise EngineError("the server is not started")
        if (code := self._child.poll()) is not None:
            raise EngineError(f"the server ended (exit code {code}{self._cause()})", file=self.log)

    def _cause(self) -> str:
        """The last line of the log that names an error."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log else []
        except OSError:
            return ""
        found = [line.strip() for line in lines if "Error" in line and "Traceback" not in line]
        return f": {found[-1][:300]}" if found else ""

    def stop(self) -> None:
        """End the child and what it started; a temporary log of a good run goes too. Safe to call twice."""
        child, self._child = self._child, None
        if child is None:
            return
        well = child.poll() is None
        if well:
            child.terminate()
            try:
                child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                well = False
        kill_group(child.pid)
        child.wait()
        if well and self._log_given is None and self.log is not None:
            self.log.unlink(missing_ok=True)


def kill_group(leader: int) -> None:
    """Kill what is left of a process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def option(name: str, value: Any) -> list[str]:
    """An argument of vLLM as words of a command line.

    Example:
        >>> option("enforce_eager", False), option("override_generation_config", {"top_k": 1})
        (['--no-enforce-eager'], ['--override-generation-config', '{"top_k": 1}'])
    """
    words = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{words}" if value else f"--no-{words}"]
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    return [] if value is None else [f"--{words}", text]


def free_port(host: str = "127.0.0.1") -> int:
    """A port at which nobody listens now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
