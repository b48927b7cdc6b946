"""Invented files of the finance data sets: one or two items of each schema, made up for these tests."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl
import pyarrow as pa
from pyarrow import parquet


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


def workbook(*lines: list[Any]) -> bytes:
    """An Excel workbook as the auditing questions': lines of key, number, question, ア to カ, answer, 1 to 6, flag."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["key", "q_no", "question", *"アイウエオカ", "a_no", 1, 2, 3, 4, 5, 6, "abnormal_flg"])
    for line in lines:
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def archive(reports: dict[str, Any]) -> bytes:
    """A zip archive of JSON files, by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, report in reports.items():
            file.writestr(name, report if isinstance(report, str) else json.dumps(report, ensure_ascii=False))
    return buffer.getvalue()


def opinions(sentence: str, **polarities: str) -> dict[str, Any]:
    """A sentence of chABSA with the polarity of each target in it."""
    found = [
        {"target": target, "category": "NULL#general", "polarity": polarity, "from": 0, "to": 1}
        for target, polarity in polarities.items()
    ]
    return {"sentence_id": 0, "sentence": sentence, "opinions": found}


def report(number: int, **columns: Any) -> dict[str, Any]:
    """A row of EDINET-Bench with the columns that its subsets share."""
    sheet = json.dumps({"売上高": {"Prior1Year": "1000", "CurrentYear": "－"}}, ensure_ascii=False)
    sheets = {"summary": sheet, "bs": '{"資産": {}}', "pl": "{}", "cf": "{}"}
    texts = {"meta": "{}", **sheets, "text": "{}", "edinet_code": f"E9999{number}", "doc_id": f"S999000{number}"}
    return {**texts, **columns}


def table(*rows: dict[str, Any]) -> bytes:
    """A Parquet file."""
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


_EXAMS = "jlm_fin_eval/datasets"
_AUDIT = "監査に関する次の記述のうち、正しいものの組合せを選びなさい。"
_PAIRS = ["アイ", "アウ", "アエ", "イウ", "イエ", "ウエ"]

FILES: dict[tuple[str, str], str | bytes] = {
    ("cma_basics", f"{_EXAMS}/cma_basics/data.json"): _exam(
        ("株式に関する記述のうち、正しくないものはどれか。", "", ["配当がある。", "満期がある。", "議決権がある。"], 1),
        ("空欄に入るものはどれか。", "Ａ社の株価は（　）円である。", ["100", "1,000"], 0),
    ),
    ("security_sales_1", f"{_EXAMS}/security_sales_1/data.json"): _exam(
        ("次の文章について、正しければ○と、正しくなければ×と答えよ。", "外務員は空を飛べる。", ["○", "×"], 1)
    ),
    ("fp2", f"{_EXAMS}/fp2/data.json"): _exam(
        (
            "最も不適切なものはどれか。",
            "１．甲は乙である。\n２．乙は丙である。\n３．丙は丁である。\n４．丁は甲である。",
            list("１２３４"),
            3,
        )
    ),
    ("jfinqa", "scripts/data/final/jfinqa_v1.json"): json.dumps(
        [
            _filing("nr_901", "numerical_reasoning", "売上高の増加率は何%か。", "12.2%"),
            _filing("cc_901", "consistency_checking", "売上高の合計は一致しているか。", "はい"),
            _filing("tr_901", "temporal_reasoning", "架空商事は増収か減収か。", "増収"),
        ]
    ),
    ("cpa_audit", f"{_EXAMS}/cpa/CPA_AUDIT.xlsx"): workbook(
        [
            "X9_1",
            1,
            _AUDIT,
            "監査人は眠らない。 ",
            "帳簿は青い。",
            "証拠は{要る}。",
            "印は要らない。",
            None,
            None,
            3,
            *_PAIRS,
            0,
        ],
        ["X9_1", 2, "取り消された問題。", "あ", "い", "う", "え", None, None, "-", *_PAIRS, 1],
        ["X9_1", 3, _AUDIT, "あ", "い", "う", "え", "お", None, 1, *_PAIRS[:5], None, 0],
    ),
    ("chabsa", "chABSA-dataset.zip"): archive(
        {
            "chABSA-dataset/e99902_ann.json": {
                "header": {"document_id": "E99902"},
                "sentences": [opinions('景気は"横ばい"だが、{{輸出}}は減った。', 景気="neutral", 輸出="negative")],
            },
            "chABSA-dataset/e99901_ann.json": {
                "header": {"document_id": "E99901"},
                "sentences": [opinions("当社は架空である。"), opinions("売上は1,234百万円に伸びた。", 売上="positive")],
            },
            "__MACOSX/chABSA-dataset/._e99901_ann.json": "no JSON",
        }
    ),
    ("edinet_fraud", "fraud_detection/test-00000-of-00001.parquet"): table(
        report(1, label=1, explanation="架空の売上", ammended_doc_id="S9990009", file_path="a.tsv"),
        report(2, label=0, explanation="", ammended_doc_id="", file_path="b.tsv", pl=None),
    ),
    ("edinet_earnings", "earnings_forecast/test-00000-of-00001.parquet"): table(
        report(3, label=0, naive_prediction=1, previous_year_file_path="a.tsv", current_year_file_path="b.tsv"),
    ),
    ("edinet_industry", "industry_prediction/train-00000-of-00001.parquet"): table(
        report(4, industry="銀行", file_path="a.tsv", bs='{"貸出金": {"CurrentYear": "{{ 5 }}"}}'),
    ),
}
