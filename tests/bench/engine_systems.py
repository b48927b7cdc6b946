"""The systems that `bench_engine.py` compares: how each is called, and how its results are read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine_records import Answers, Measurement
from engine_settings import Settings
from engine_workloads import Workload

from jaeval import Run
from jaeval.errors import JaevalError

HERE = Path(__file__).parent
TASKS = HERE.parents[1] / "tasks"
JAEVAL, AGAIN, LM_EVAL, LM_EVAL_APART, GENERATE = "jaeval", "again", "lm_eval", "lm_eval_subprocess", "generate"
SYSTEMS = {
    JAEVAL: "jaeval",
    AGAIN: "jaeval, the same run again",
    LM_EVAL: "lm-eval, engine in its process",
    LM_EVAL_APART: "lm-eval, engine in a subprocess",
    GENERATE: "raw `LLM.generate`",
}


class ChildError(JaevalError):
    """A measured process failed, or did what it should not."""


@dataclass(frozen=True)
class Bench:
    """Where and how processes are run.

    Attributes:
        settings: shared by all systems.
        work: a folder for what the processes write.
        wrap: a command put before each process, such as `taskset -c 0,1`.
    """

    settings: Settings
    work: Path
    wrap: Sequence[str] = ()

    def digest(self, workload: Workload, system: str) -> str:
        """Names everything that two measurements of a system must share to be compared."""
        tasks = [workload.tasks, workload.limit, workload.gen_kwargs]
        return self.settings.digest(tasks, code_hash() if system in (JAEVAL, AGAIN) else "")

    def measure(self, workload: Workload, system: str, round_: int) -> Measurement:
        """Run a system once, in a process of its own.

        Raises:
            ChildError: the process failed, or a second run did not answer from the cache.
        """
        folder = self.work / f"{workload.name}-{self.digest(workload, system)}-{round_}"
        child = _empty(folder / system)
        if system in (JAEVAL, AGAIN):
            command = self._jaeval(workload, child)
            environment = {"JAEVAL_CACHE_DIR": str(folder / JAEVAL / "cache")}
            if system == AGAIN:  # an engine that cannot be imported was not started
                environment["PYTHONPATH"] = str(_without_vllm(child))
            launched = self._launch(command, environment, child)
            return self._of_jaeval(workload, system, round_, launched, child)
        spec = self._spec(workload, child)
        environment = dict(self.settings.environment)
        if system == LM_EVAL_APART:
            environment["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"  # else vLLM keeps one core free for the other process
        else:
            environment["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
        script = "child_lm_eval.py"
        if system == GENERATE:
            script = "child_generate.py"
            spec["prompts"] = str(self._prompts(workload, spec, folder))
        else:
            environment["PYTHONPATH"] = str(with_metadata(child, self.settings.versions["vllm"]))
        (child / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        command = [sys.executable, str(HERE / script), str(child / "spec.json"), str(child / "answers.json")]
        launched = self._launch(command, environment, child)
        found = json.loads((child / "answers.json").read_text(encoding="utf-8"))
        return Measurement(
            settings=self.digest(workload, system),
            workload=workload.name,
            system=system,
            round=round_,
            seconds=found["seconds"] | {"whole": launched["whole"]},
            rss_mib=launched["rss_mib"],
            answers=found["answers"],
            scores=found.get("scores", {}),
            work=found.get("work", {}),
            finished=date.today().isoformat(),
            others=launched["others"],
        )

    def _jaeval(self, workload: Workload, child: Path) -> list[str]:
        command = [sys.executable, "-m", "jaeval", "run", self.settings.checkpoint, "--tasks", ",".join(workload.tasks)]
        command += ["--out", str(child / "run"), "--seed", str(self.settings.seed)]
        if workload.limit is not None:
            command += ["--limit", str(workload.limit)]
        if self.settings.dtype is not None:
            command += ["--engine-arg", f"dtype={self.settings.dtype}"]
        for name, value in workload.gen_kwargs.items():
            command += ["--gen-kwarg", f"{name}={value}"]
        return command

    def _of_jaeval(
        self, workload: Workload, system: str, round_: int, launched: dict[str, Any], child: Path
    ) -> Measurement:
        run = Run.open(child / "run")
        manifest = run.manifest
        work = {"requests": manifest.requests, "cached": manifest.cached}
        if manifest.efficiency is not None:
            counts = ("prefilled", "least", "generated")
            work |= {name: getattr(manifest.efficiency, name) for name in counts}
        if system == AGAIN and manifest.cached != manifest.requests:
            raise ChildError(
                f"only {manifest.cached} of {manifest.requests} answers came from the cache", file=child / "run"
            )
        seconds = manifest.seconds
        answers: Answers = {}
        for row in run.items():
            first = [answers_[0] for answers_ in row.responses]
            answer = {"text": first[0]} if row.generation else {"log_likelihoods": [float(one[0]) for one in first]}
            answers.setdefault(row.task, []).append({"doc_id": row.doc_id, **answer})
        return Measurement(
            settings=self.digest(workload, system),
            workload=workload.name,
            system=system,
            round=round_,
            seconds={
                "start": seconds["start"],
                "answering": seconds["engine"],
                "after_start": seconds["all"] - seconds["start"],
                "whole": launched["whole"],
            },
            rss_mib=launched["rss_mib"],
            answers=answers,
            scores={
                f"{score.task} {score.metric},{score.filter}": score.value
                for score in run.scores
                if score.value is not None
            },
            work=work,
            finished=date.today().isoformat(),
            others=launched["others"],
        )

    def _spec(self, workload: Workload, child: Path) -> dict[str, Any]:
        return {
            "checkpoint": self.settings.checkpoint,
            "engine_args": self.settings.engine_args,
            "seed": self.settings.seed,
            "tasks": list(workload.tasks),
            "tasks_dir": str(TASKS),
            "limit": workload.limit,
            "gen_kwargs": workload.gen_kwargs,
        }

    def _prompts(self, workload: Workload, spec: dict[str, Any], folder: Path) -> Path:
        prompts, child = folder / "prompts.json", folder / "prompts"
        if not prompts.is_file():
            child.mkdir(parents=True, exist_ok=True)
            (child / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
            command = [sys.executable, str(HERE / "child_prompts.py"), str(child / "spec.json"), str(prompts)]
            self._launch(command, {"JAEVAL_CACHE_DIR": str(child / "cache")}, child)
        return prompts

    def _launch(self, command: list[str], environment: dict[str, str], child: Path) -> dict[str, Any]:
        """Run a command to its end and time it; see `child_launch.py`. What it prints goes to `output.txt`."""
        timed = child / "timed.json"
        launch = [*self.wrap, sys.executable, str(HERE / "child_launch.py"), str(timed), *command]
        with (child / "output.txt").open("wb") as output:
            ended = subprocess.run(
                launch, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        if ended.returncode != 0:
            last = (child / "output.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise ChildError(f"ended with exit code {ended.returncode}: {''.join(last)}", file=child / "output.txt")
        measured: dict[str, Any] = json.loads(timed.read_text(encoding="utf-8"))
        return measured


@cache
def code_hash() -> str:
    """The sha256 over the code of jaeval that is measured: when it changes, it is measured anew."""
    digest = hashlib.sha256()
    for room in ("engines", "evaluation"):
        for file in sorted((HERE.parents[1] / "jaeval" / room).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def with_metadata(child: Path, vllm: str) -> Path:
    """A folder in which Python finds the version of `vllm`: lm-eval asks for it even where it is `vllm-cpu`."""
    folder = child / "metadata"
    info = folder / f"vllm-{vllm}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {vllm}\n", encoding="utf-8")
    return folder


def _without_vllm(child: Path) -> Path:
    """A folder that stands before the installed vLLM and refuses to be imported."""
    folder = child / "refusing"
    folder.mkdir()
    (folder / "vllm.py").write_text('raise ImportError("no engine may start in this run")\n', encoding="utf-8")
    return folder
