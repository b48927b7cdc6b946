"""The tasks as lm-eval loads them, over invented data or over the real data where they are on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lm_eval.tasks import TaskManager

from jaeval.data import store

TASKS = Path(__file__).parents[2] / "tasks"


def _exam(*questions: tuple[str, str, list[str], int]) -> str:
    data = [
        {
            "id": i,
            "question": question,
            "context": context,
            "choices": [{"id": j, "text": text} for j, text in enumerate(choices)],
            "answer": answer,
            "comment": "",
        }
        for i, (question, context, choices, answer) in enumerate(questions)
    ]
    return json.dumps({"data-type": "multiple-choice-question", "data-name": "invented", "data": data})


def _filing(number: str, subtask: str, question: str, answer: str) -> dict[str, Any]:
    return {
        "id": number,
        "subtask": subtask,
        "company_name": "架空商事",
        "edinet_code": "E99999",
        "source_doc_id": "S100XXXX",
        "filing_year": "2024",
        "accounting_standard": "J-GAAP",
        "scale": "百万円",
        "pre_text": ["以下は架空商事の2024年3月期連結損益計算書の抜粋である。", "単位は百万円。"],
        "post_text": ["同社は<東証>に上場している。"],
        "table": {
            "headers": ["", "2024年3月期", "2023年3月期"],
            "rows": [["売上高", "12,345", "11,000"], ["営業損失", "△67", "▲8"]],
        },
        "qa": {"question": question, "answer": answer, "program": [], "gold_evidence": [0]},
    }


def _commonsense(number: int, question: str, choices: list[str], label: int) -> str:
    row = {"q_id": number, "question": question, **{f"choice{i}": c for i, c in enumerate(choices)}, "label": label}
    return json.dumps(row, ensure_ascii=False)


_EXAM_FOLDER = "jlm_fin_eval/datasets"
_JCQA_FOLDER = "datasets/jcommonsenseqa-v1.3"
# One or two items of each schema, made up for these tests.
INVENTED = {
    "mgsm/mgsm_ja.tsv": (
        'リンゴが箱に12個あります。{3個}食べると、"何個"残りますか？\t9\n一袋1,500円の米を2袋買うといくらですか？\t3,000\n'
    ),
    "mgsm/exemplars_ja.json": json.dumps(
        {
            "ja": {
                "1": {
                    "q": "問題：皿が2枚あり、3枚増えました。何枚ですか？",
                    "a": "ステップごとの答え：2+3=5。答えは5です。",
                },
                "2": {
                    "q": "問題：鳥が9羽いて、4羽飛びました。何羽ですか？",
                    "a": "ステップごとの答え：9-4=5。答えは5羽です。",
                },
            },
            "number_answers": [5, 5],
            "equation_solutions": ["2 + 3 = 5.", "9 - 4 = 5."],
        }
    ),
    f"{_EXAM_FOLDER}/cma_basics/data.json": _exam(
        ("株式に関する記述のうち、正しくないものはどれか。", "", ["配当がある。", "満期がある。", "議決権がある。"], 1),
        ("空欄に入るものはどれか。", "Ａ社の株価は（　）円である。", ["100", "1,000"], 0),
    ),
    f"{_EXAM_FOLDER}/security_sales_1/data.json": _exam(
        ("次の文章について、正しければ○と、正しくなければ×と答えよ。", "外務員は空を飛べる。", ["○", "×"], 1)
    ),
    f"{_EXAM_FOLDER}/fp2/data.json": _exam(
        (
            "最も不適切なものはどれか。",
            "１．甲は乙である。\n２．乙は丙である。\n３．丙は丁である。\n４．丁は甲である。",
            list("１２３４"),
            3,
        )
    ),
    "scripts/data/final/jfinqa_v1.json": json.dumps(
        [
            _filing("nr_901", "numerical_reasoning", "売上高の増加率は何%か。", "12.2%"),
            _filing("cc_901", "consistency_checking", "売上高の合計は一致しているか。", "はい"),
            _filing("tr_901", "temporal_reasoning", "架空商事は増収か減収か。", "増収"),
        ]
    ),
    f"{_JCQA_FOLDER}/train-v1.3.json": "\n".join(
        _commonsense(i, f"{i}番目に来る文字は？", [chr(ord("あ") + i + j) for j in range(5)], i % 5) for i in range(8)
    ),
    f"{_JCQA_FOLDER}/valid-v1.3.json": _commonsense(
        900, "雨の日に差すものは？", ["帽子", "傘", "靴", "手袋", "眼鏡"], 1
    ),
}


def _load(names: list[str]) -> dict[str, Any]:
    tasks: dict[str, Any] = TaskManager(include_path=str(TASKS), include_defaults=False).load(names)["tasks"]
    return tasks


@pytest.fixture
def invented_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reader gets invented bytes."""
    monkeypatch.setattr(store, "read", lambda _name, path: INVENTED[path].encode())


@pytest.fixture
def invented_task(invented_data: None) -> Callable[[str], Any]:
    """Load one task of `tasks/` over the invented data."""
    return lambda name: _load([name])[name]


@pytest.fixture(scope="session")
def real_task() -> Iterator[Callable[[str], Any]]:
    """Load one task of `tasks/` over the real data, or skip where they are not on this machine."""
    loaded: dict[str, Any] = {}

    def load(name: str) -> Any:
        if name not in loaded:
            (path,) = TASKS.rglob(f"{name}.yaml")
            data = next(line.split()[1] for line in path.read_text().splitlines() if line.startswith("  data: "))
            if not store.is_present(data):
                pytest.skip(f"data set {data} is not on this machine: set JAEVAL_DATA_MIRROR or pull it")
            loaded.update(_load([name]))
        return loaded[name]

    return load
