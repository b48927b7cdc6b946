"""What `bench_engine.py` evaluates: letters, text choices, generated answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Workload:
    """Tasks that are evaluated together in one process.

    Attributes:
        name: for `--workloads`.
        title: for the table.
        tasks: names in the catalogue.
        limit: the first so many items of each task; None takes all.
        full: the limit with `--full`.
        generation: whether answers are generated; else choices are scored.
        most_tokens: the longest answer, instead of the task's own, which `--full` keeps.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    limit: int | None
    full: int | None
    generation: bool = False
    most_tokens: int | None = None

    @property
    def gen_kwargs(self) -> dict[str, Any]:
        """Generation settings that win over the task's."""
        return {} if self.most_tokens is None else {"max_gen_toks": self.most_tokens}

    def sized(self, *, full: bool, limit: int | None) -> Workload:
        """The same at full size, or with at most `limit` items of each task."""
        whole = replace(self, limit=self.full, most_tokens=None) if full else self
        limits = [size for size in (whole.limit, limit) if size is not None]
        return replace(whole, limit=min(limits, default=None))


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("exams", "letter exams", ("fin_cma_basics", "fin_security_sales_1", "fin_fp2"), limit=10, full=None),
        Workload("jcommonsenseqa", "text choices, JCommonsenseQA", ("jcommonsenseqa",), limit=16, full=200),
        Workload(
            "mgsm",
            "generated answers, MGSM (Japanese)",
            ("mgsm_ja_native_cot",),
            limit=50,
            full=100,
            generation=True,
            most_tokens=64,
        ),
    )
}
"""The sizes let three rounds end within an hour on two slow cores: what is left out is more of the same work."""
