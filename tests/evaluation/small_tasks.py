"""A folder of small tasks over made-up documents, one for each kind of request."""

from __future__ import annotations

from pathlib import Path

import yaml

ROWS = """
from datasets import Dataset

SUMS = [{"id": f"sum-{i}", "question": f"{i}+{i + 3}は？", "answer": str(2 * i + 3)} for i in range(12)]
FACTS = [
    {
        "id": f"fact-{i}",
        "question": f"{i}番の都市は？",
        "choices": ["東京", "大阪市", "東京都", "京都"][: 2 + i % 3],
        "answer": i % 2,
    }
    for i in range(12)
]


def load(rows, **_):
    made = {"sums": SUMS, "facts": FACTS}[rows]
    return {"report": Dataset.from_list(made), "search": Dataset.from_list(made[::-1])}
"""
SHARED = {"test_split": "report", "fewshot_split": "search", "num_fewshot": 0}
MEAN = {"aggregation": "mean", "higher_is_better": True}
SUMS = {
    "dataset_kwargs": {"rows": "sums"},
    "output_type": "generate_until",
    "doc_to_text": "問題：{{question}}\n答え：",
    "doc_to_target": "{{answer}}",
    "generation_kwargs": {"until": ["。", "\n"], "max_gen_toks": 16, "do_sample": False},
    "metric_list": [{"metric": "exact_match", **MEAN}],
    "filter_list": [
        {
            "name": "strict",
            "filter": [{"function": "regex", "regex_pattern": "は([0-9]+)"}, {"function": "take_first"}],
        },
        {
            "name": "last",
            "filter": [
                {"function": "regex", "group_select": -1, "regex_pattern": "([0-9]+)"},
                {"function": "take_first"},
            ],
        },
    ],
}
FACTS = {
    "dataset_kwargs": {"rows": "facts"},
    "output_type": "multiple_choice",
    "doc_to_text": "問題：{{question}}\n答え：",
    "doc_to_target": "answer",
    "target_delimiter": "",
    "metric_list": [{"metric": "acc", **MEAN}, {"metric": "acc_norm", **MEAN}],
}
TASKS = {
    "sums": SUMS,
    "sums_repeated": SUMS | {"repeats": 3},
    "sums_sampled": SUMS
    | {"repeats": 2, "generation_kwargs": {"until": ["\n"], "do_sample": True, "temperature": 0.7}},
    "letters": FACTS | {"doc_to_choice": "{{ 'ABCD'[:choices|length] | list }}"},
    "texts": FACTS | {"doc_to_choice": "choices"},
    "rolling": {
        "dataset_kwargs": {"rows": "sums"},
        "output_type": "loglikelihood_rolling",
        "doc_to_text": "",
        "doc_to_target": "{{question}}{{answer}}",
        "metric_list": [{"metric": "byte_perplexity", "aggregation": "weighted_perplexity", "higher_is_better": False}],
    },
}


def write_tasks(folder: Path) -> Path:
    """Write `TASKS` and the module that makes their documents."""
    folder.mkdir()
    (folder / "rows.py").write_text(ROWS, encoding="utf-8")
    for name, settings in TASKS.items():
        text = yaml.safe_dump({"task": name, **SHARED, **settings}, allow_unicode=True, sort_keys=False)
        text += "custom_dataset: !function rows.load\nmetadata: {version: 1.0, split: report, chance: 0.25}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
