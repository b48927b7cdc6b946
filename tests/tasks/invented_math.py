"""Invented files of the mathematics data sets: one or two items of each schema, made up for these tests."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
from pyarrow import parquet


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


FILES: dict[tuple[str, str], str | bytes] = {
    ("mgsm", "mgsm/mgsm_ja.tsv"): (
        'リンゴが箱に12個あります。{3個}食べると、"何個"残りますか？\t9\n一袋1,500円の米を2袋買うといくらですか？\t3,000\n'
    ),
    ("mgsm", "mgsm/exemplars_ja.json"): json.dumps(
        {
            "ja": {
                str(number): {
                    "q": f"問題：皿が{number}枚と3枚あります。何枚ですか？",
                    "a": f"ステップごとの答え：{number}+3です。答えは{number + 3}{'枚' if number % 2 else ''}です。",
                }
                for number in range(2, 10)
            },
            "number_answers": list(range(5, 13)),
            "equation_solutions": [f"{number} + 3 = {number + 3}." for number in range(2, 10)],
        }
    ),
    ("gsm8k_ja", "gsm8k-ja-test_250-1319.jsonl"): "\n".join(
        json.dumps(row, ensure_ascii=False)
        for row in (
            {
                "question": "鳥が9羽いて、4羽飛びました。何羽ですか？",
                "answer": "9-4=5羽です。\n#### 5",
                "answer_number": "5",
            },
            {"question": "3人が{400}円ずつ出すと\nいくらですか？", "answer": "#### 1,200"},
        )
    ),
    ("math100_ja", "mt-math100.parquet"): _parquet(
        [
            {"en": "What is $2+3$?", "ja": "$2+3$ はいくつですか。", "answer": "5"},
            {"en": "Simplify.", "ja": None, "answer": "x"},
            {"en": "Halve $\\frac{2}{3}$.", "ja": "$\\frac{2}{3}$ を半分に\nしなさい。{x}", "answer": "\\frac{1}{3}"},
        ]
    ),
}
