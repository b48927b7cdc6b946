"""Invented results as other tools write them, and submissions of any content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jaeval.results.imports import read_submissions
from jaeval.results.submission import ItemScore, Submission, TaskScore

DATE = "2026-11-24T12-00-00.250000"


def write_json(file: Path, content: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def write_lines(file: Path, rows: list[dict[str, Any]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def lm_eval_results(**changes: Any) -> dict[str, Any]:
    """A results file of lm-eval 0.4.13 with two tasks and a group."""
    content: dict[str, Any] = {
        "results": {
            "all_sums": {"acc,none": 0.6, "acc_stderr,none": 0.001, "alias": "all_sums"},
            "sums": {"name": "sums", "alias": " - sums", "sample_len": 4, "acc,none": 0.75, "acc_stderr,none": 0.25},
            "texts": {
                "alias": " - texts",
                "exact_match,strict": 0.5,
                "exact_match_stderr,strict": "N/A",
                "exact_match,loose": 1.0,
                "exact_match_stderr,loose": 0.0,
                " ": " ",
            },
        },
        "groups": {"all_sums": {"acc,none": 0.6, "acc_stderr,none": 0.001, "alias": "all_sums"}},
        "group_subtasks": {"all_sums": ["sums", "texts"]},
        "configs": {
            "sums": {"metric_list": [{"metric": "acc", "higher_is_better": True}], "metadata": {"chance": 0.25}},
            "texts": {"metric_list": [{"metric": "exact_match"}]},
        },
        "versions": {"all_sums": 1, "sums": 2.0, "texts": "Yaml"},
        "n-shot": {"sums": 3, "texts": 0},
        "n-samples": {"sums": {"original": 10, "effective": 4}, "texts": {"original": 2, "effective": 2}},
        "higher_is_better": {"texts": {"exact_match": True}},
        "config": {
            "model": "hf",
            "model_args": "pretrained=rinna/japanese-gpt-1b,dtype=auto",
            "limit": 4.0,
            "batch_size": "auto",
            "model_sha": "abc",
        },
        "date": 1_795_521_600.25,
        "lm_eval_version": "0.4.13",
        "model_source": "hf",
        "model_name": "rinna/japanese-gpt-1b",
        "chat_template": None,
        "total_evaluation_time_seconds": "12.5",
    }
    return content | changes


def sample(doc_id: int = 0, **changes: Any) -> dict[str, Any]:
    """A row of samples: a choice of two, answered with the second."""
    row: dict[str, Any] = {
        "doc_id": doc_id,
        "doc": {"question": f"問{doc_id}", "company_name": "日本製鉄"},
        "target": "1",
        "arguments": {
            "gen_args_0": {"arg_0": "問：", "arg_1": " はい"},
            "gen_args_1": {"arg_0": "問：", "arg_1": " いいえ"},
        },
        "resps": [[["-3.5", "False"]], [["-0.5", "True"]]],
        "filtered_resps": [["-3.5", "False"], ["-0.5", "True"]],
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": f"{doc_id:064x}",
        "prompt_hash": "p",
        "target_hash": "t",
        "acc": float(doc_id % 2),
    }
    return row | changes


def older_results(**changes: Any) -> dict[str, Any]:
    """A results file of an lm-eval of 2023, without filters."""
    content: dict[str, Any] = {
        "results": {"hellaswag": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.6, "acc_norm_stderr": 0.02}},
        "versions": {"hellaswag": 0},
        "config": {
            "model": "hf-causal",
            "model_args": "pretrained=EleutherAI/pythia-70m,dtype=float16",
            "num_fewshot": 5,
            "limit": None,
            "no_cache": False,
            "description_dict": {},
        },
    }
    return content | changes


PFNET_TASKS = ("cma_basics", "cpa_audit", "fp2", "security_sales_1")


def write_pfnet_result(folder: Path, prompt: str, value: float = 0.25, **changes: Any) -> Path:
    """`result-PROMPT.json` and its script: acc of the four examinations is `value`, chabsa's f1 twice that."""
    version = "" if prompt == "default" else f"-{prompt}"
    tasks = {f"{name}{version}": {"acc,none": value, "acc_stderr,none": 0.01} for name in PFNET_TASKS}
    chabsa = f"chabsa{version}"
    tasks[chabsa] = {"acc,none": value, "acc_stderr,none": 0.01, "f1,none": 2 * value, "f1_stderr,none": "N/A"}
    content = {
        "results": {name: {**entry, "alias": name} for name, entry in tasks.items()},
        "group_subtasks": {name: [] for name in tasks},
        "versions": dict.fromkeys(tasks, 1.0),
        "n-shot": dict.fromkeys(tasks, 0),
        "config": {"model": "vllm", "model_args": "pretrained=invented/model,dtype=bfloat16", "limit": None},
        "git_hash": "45fae5d",
        "date": 1_714_401_283.5,
    }
    write_pfnet_script(folder, prompt)
    return write_json(folder / f"result-{prompt}.json", content | changes)


def write_pfnet_script(folder: Path, prompt: str) -> Path:
    version = "" if prompt == "default" else f"-{prompt}"
    script = folder / f"harness-{prompt}.sh"
    folder.mkdir(parents=True, exist_ok=True)
    names = ",".join(f"{name}{version}" for name in ("chabsa", *PFNET_TASKS))
    script.write_text(f'MODEL_ARGS="pretrained=invented/model"\nTASK="{names}"\npython main.py --tasks $TASK\n')
    return script


def every_eval_ever(**changes: Any) -> dict[str, Any]:
    """A file of Every Eval Ever 0.3 as others write it."""
    content: dict[str, Any] = {
        "schema_version": "0.3.0",
        "evaluation_id": "board/ORG/NAME/1795521600",
        "evaluation_timestamp": "1795521600",
        "retrieved_timestamp": "1795521600",
        "source_metadata": {
            "source_name": "A board",
            "source_type": "documentation",
            "source_organization_name": "An organisation",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "inspect_ai", "version": "0.3.1", "additional_details": {"temperature": "0"}},
        "model_info": {
            "name": "NAME",
            "id": "ORG/NAME",
            "additional_details": {"deployment_type": "unknown", "model_availability": "open_weights"},
        },
        "evaluation_results": [
            every_eval_ever_result("gsm8k_ja", 0.5),
            every_eval_ever_result("niilc", 62.5, metric_name="char_f1", metric_unit="percent"),
        ],
    }
    return content | changes


def every_eval_ever_result(name: str, score: Any, **metric: Any) -> dict[str, Any]:
    return {
        "evaluation_result_id": f"{name}#0",
        "evaluation_name": name,
        "source_data": {"dataset_name": name, "source_type": "other"},
        "metric_config": {"metric_name": "accuracy", "lower_is_better": False, **metric},
        "score_details": {
            "score": score,
            "uncertainty": {
                "standard_error": {"value": score / 10 if isinstance(score, float) else 0.1},
                "confidence_interval": {"lower": 0.25, "upper": 0.75, "confidence_level": 0.95},
                "num_samples": 250,
            },
        },
    }


def read_one(path: Path) -> Submission:
    (found,) = read_submissions(path)
    return found


def by_key(submission: Submission) -> dict[tuple[str, str, str], TaskScore]:
    return {(score.task, score.metric, score.filter): score for score in submission.scores}


def bare(submission: Submission) -> Submission:
    """A submission without what a copy of it has otherwise: its source and the function that gives its items."""
    return replace(submission, source=Path("somewhere"), items=_no_items)


def _no_items() -> Iterator[ItemScore]:
    return iter(())


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12).filter(str.strip)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ERRORS = st.none() | st.floats(0, 1e6)
COUNTS = st.integers(0, 10**6)
PLAIN = st.booleans() | st.integers(-(10**9), 10**9) | NUMBERS | TEXTS
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "task": NAMES,
    "metric": NAMES,
    "filter": NAMES,
    "value": st.none() | NUMBERS,
    "stderr": ERRORS,
    "low": st.none() | NUMBERS,
    "high": st.none() | NUMBERS,
    "n": st.none() | COUNTS,
    "chance": st.none() | NUMBERS,
    "higher_is_better": st.none() | st.booleans(),
    "primary": st.booleans(),
    "failed": COUNTS,
    "truncated": COUNTS,
    "version": TEXTS,
    "num_fewshot": st.none() | COUNTS,
    "data_hash": TEXTS,
    "benchmark": TEXTS,
    "prompt": TEXTS,
    "note": TEXTS,
}
assert FIELDS.keys() == {entry.name for entry in fields(TaskScore)}


def scores() -> st.SearchStrategy[tuple[TaskScore, ...]]:
    """Any scores, each of another task, metric or filter."""
    one = st.fixed_dictionaries(FIELDS).map(lambda values: TaskScore(**values))
    many = st.lists(one, max_size=5, unique_by=lambda score: (score.task, score.metric, score.filter))
    return many.map(tuple)


@st.composite
def submissions(draw: st.DrawFn) -> Submission:
    """Any submission, with items of its scores."""
    found = draw(scores())
    items = [
        ItemScore(
            task=score.task,
            metric=score.metric,
            filter=score.filter,
            item=f"{draw(st.integers(0, 2**64)):064x}",
            score=draw(NUMBERS),
            cluster=draw(TEXTS),
            doc_id=doc_id,
            **{name: draw(TEXTS) for name in ("prompt", "response", "reasoning", "extracted", "target")},
            finish=draw(st.sampled_from(["stop", "length", "choice", ""])),
        )
        for score in found
        if score.value is not None
        for doc_id in range(draw(st.integers(0, 2)))
    ]
    return Submission(
        model=draw(NAMES),
        scores=found,
        source=Path("somewhere"),
        format=draw(st.sampled_from(["jaeval", "lm-eval", "jp-stable", "pfnet", "every-eval-ever"])),
        harness=draw(NAMES),
        harness_version=draw(TEXTS.filter(lambda text: text != "unknown")),
        date=draw(st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),
        weight_hash=draw(TEXTS),
        settings=draw(st.dictionaries(NAMES, PLAIN, max_size=4)),
        details=draw(st.dictionaries(NAMES, PLAIN, max_size=3)),
        items=lambda: iter(items),
        notes=tuple(draw(st.lists(TEXTS, max_size=2))),
    )
