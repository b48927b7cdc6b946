"""Suites: named sets of tasks and the numbers that are made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from jaeval.errors import TaskError

Rule = Literal["mean", "mean of what is not 0"]


@dataclass(frozen=True, slots=True)
class SuiteTask:
    """A task of a suite.

    Attributes:
        task: its name, or a group's.
        limit: the first so many items (of each task of a group); None takes all.
        weight: its share in its part's number, relative to the others; None: as many as items are asked.
    """

    task: str
    limit: int | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Tasks that make one number, such as a domain's.

    Attributes:
        name: what the number is called.
        tasks: its tasks.
        rule: how their scores become one: the weighted mean, or that mean over the tasks that do not score 0.
    """

    name: str
    tasks: tuple[SuiteTask, ...]
    rule: Rule = "mean"


@dataclass(frozen=True, slots=True)
class Suite:
    """A named set of tasks.

    Attributes:
        name: as `--suite` takes it.
        title: one line for people.
        parts: what makes up its numbers; a task may stand in several parts.
        split: the split that is evaluated; None is each task's own.
        prompts: the parts are versions of one prompt: the best and the mean over them are shown too, apart.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    split: str | None = "report"
    prompts: bool = False

    @property
    def tasks(self) -> tuple[SuiteTask, ...]:
        """The tasks of all parts, each once, in order."""
        return tuple({entry.task: entry for part in self.parts for entry in part.tasks}.values())


def find_suite(name: str) -> Suite:
    """The suite of a name. Raises `TaskError` where there is none."""
    if name not in SUITES:
        raise TaskError(f"no suite {name!r}", field="--suite", remedy=f"Use {', '.join(SUITES)}")
    return SUITES[name]


def _whole(*tasks: str) -> tuple[SuiteTask, ...]:
    """Tasks in full, each with the same weight."""
    return tuple(SuiteTask(task, weight=1.0) for task in tasks)


def _some(**limits: int | None) -> tuple[SuiteTask, ...]:
    """So many items of each task, each item with the same weight."""
    return tuple(SuiteTask(task, limit) for task, limit in limits.items())


PFNET_BENCHMARKS = ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1")
PFNET_PROMPTS = ("0.0", "0.1", "0.1.2", "0.2", "0.2.1", "0.3", "0.4", "0.5", "0.6")
PFNET_STAND_INS = {"0.1.2": "0.1", "0.2.1": "0.2"}
"""chABSA lacks two versions of the prompt; the board takes these in their place."""


def _pfnet_part(prompt: str) -> Part:
    def task(benchmark: str) -> str:
        version = PFNET_STAND_INS.get(prompt, prompt) if benchmark == "chabsa" else prompt
        return f"fin_{benchmark}" + ("" if version == "0.0" else f"_{version.replace('.', '_')}")

    return Part(f"prompt {prompt}", _whole(*map(task, PFNET_BENCHMARKS)), "mean of what is not 0")


# A mean of n rights and wrongs has a standard error of at most 1/(2√n): 1.5 points need 1,112 items in each domain.
_CORE = (
    Part(
        "math",
        _some(mgsm_ja=None, procedural_math_easy=288, procedural_math_medium=288, procedural_math_hard=288),
    ),
    Part(
        "finance",
        _some(
            jfinqa_numerical=300,
            jfinqa_consistency=100,
            jfinqa_temporal=100,
            fin_cma_basics=None,
            fin_security_sales_1=None,
            fin_fp2=200,
            fin_cpa_audit=200,
            procedural_finance_easy=40,
            procedural_finance_medium=40,
            procedural_finance_hard=40,
        ),
    ),
    Part(
        "reasoning",
        _some(
            jcommonsenseqa=400,
            jmmlu_letters=420,
            jemhopqa=None,
            procedural_reasoning_mc_easy=58,
            procedural_reasoning_mc_medium=58,
            procedural_reasoning_mc_hard=58,
        ),
    ),
)

ASKED = "_asked"
"""Ends the name of a task that asks in words for a letter; its twin, named without it, compares log-likelihoods."""
_BY_LIKELIHOOD = frozenset(
    (
        *("fin_cma_basics", "fin_security_sales_1", "fin_fp2", "fin_cpa_audit", "jcommonsenseqa", "jmmlu_letters"),
        *("procedural_reasoning_mc_easy", "procedural_reasoning_mc_medium", "procedural_reasoning_mc_hard"),
    )
)
"""The tasks of `_CORE` that a model without log-probabilities cannot be asked."""


def _asked(part: Part) -> Part:
    """A part of the core with the `_asked` twin in place of each task that compares log-likelihoods."""
    return replace(
        part,
        tasks=tuple(
            replace(entry, task=entry.task + ASKED) if entry.task in _BY_LIKELIHOOD else entry for entry in part.tasks
        ),
    )


SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("ja-core", "One number for each domain, none with a standard error above 1.5 points", _CORE),
        Suite(
            "ja-core-asked",
            "For services without log-probabilities: ja-core with letters asked for, not comparable with ja-core",
            tuple(map(_asked, _CORE)),
        ),
        Suite(
            "ja-math",
            "Mathematics: word problems, competition problems, generated problems",
            (Part("math", _whole("mgsm_ja", "math100_ja", "procedural_math")),),
        ),
        Suite(
            "ja-finance",
            "Finance: examinations, company reports, generated problems",
            (
                Part(
                    "finance",
                    (
                        *_whole("fin_chabsa", "fin_cma_basics", "fin_cpa_audit", "fin_fp2", "fin_security_sales_1"),
                        *_whole("jfinqa_numerical", "jfinqa_consistency", "jfinqa_temporal"),
                        *_whole("edinet_fraud", "edinet_earnings", "procedural_finance"),
                    ),
                ),
            ),
        ),
        Suite(
            "ja-reasoning",
            "Reasoning: common sense, inference, reading, knowledge, generated puzzles",
            (
                Part(
                    "reasoning",
                    (
                        *_whole("jcommonsenseqa", "jnli", "janli", "jamp", "jsquad", "jmmlu", "jemhopqa", "niilc"),
                        *_whole("procedural_reasoning", "procedural_reasoning_mc"),
                    ),
                ),
            ),
        ),
        Suite(
            "ja-fin-pfnet",
            "The board of japanese-lm-fin-harness: five tasks, nine versions of the prompt",
            tuple(map(_pfnet_part, PFNET_PROMPTS)),
            prompts=True,
        ),
        Suite(
            "ja-search",
            "Safe for a fitness: nothing in it is reported by another suite",
            (
                Part("math", _whole("gsm8k_ja", "procedural_math")),
                Part("finance", _whole("procedural_finance")),
                Part("reasoning", _whole("procedural_reasoning", "procedural_reasoning_mc")),
            ),
            split="search",
        ),
        Suite(
            "procedural",
            "Fresh items from seeded generators: no data to fetch, nothing to have seen before",
            (
                Part("math", _whole("procedural_math")),
                Part("finance", _whole("procedural_finance")),
                Part("reasoning", _whole("procedural_reasoning", "procedural_reasoning_mc")),
            ),
        ),
    )
}
DEFAULT_SUITE = "ja-core"
