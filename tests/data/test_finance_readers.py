from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from jaeval.data import chabsa, cpa_audit, edinet_bench, exams
from jaeval.data.rows import Row
from jaeval.errors import DataError

PAIRS = ["アイ", "アウ", "アエ", "イウ", "イエ", "ウエ"]
HEADER = ["key", "q_no", "question", *"アイウエオカ", "a_no", 1, 2, 3, 4, 5, 6, "abnormal_flg"]


def workbook(*lines: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.create_sheet("README")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def line(**changes: Any) -> list[Any]:
    cells: dict[Any, Any] = dict(zip(HEADER, ["X1", 1, "どれか。", *"甲乙丙丁", None, None, 2, *PAIRS, 0], strict=True))
    return list(
        (cells | {int(key[1:]) if key[1:].isdigit() else key: value for key, value in changes.items()}).values()
    )


class TestCpaAudit:
    def test_a_line_is_a_question_with_its_statements(self) -> None:
        (row,) = cpa_audit.parse_workbook(workbook(HEADER, line(オ=" 戊 ")), "file")
        assert row == {
            "id": "cpa_audit/0",
            "source_id": "cpa_audit/0",
            "question": "どれか。",
            "context": "ア: 甲\nイ: 乙\nウ: 丙\nエ: 丁\nオ:  戊 ",
            "choices": PAIRS,
            "answer": 1,
        }

    def test_withdrawn_questions_and_empty_lines_do_not_count(self) -> None:
        lines = [line(abnormal_flg=1, a_no="-"), line(question=None), [], line(question="残る。")]
        (row,) = cpa_audit.parse_workbook(workbook(HEADER, *lines), "file")
        assert (row["id"], row["question"]) == ("cpa_audit/0", "残る。")

    def test_an_empty_sixth_choice_is_nan_as_upstream(self) -> None:
        (row,) = cpa_audit.parse_workbook(workbook(HEADER, line(c6=None)), "file")
        assert row["choices"] == [*PAIRS[:5], "nan"]

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (line(a_no=0), "row 3.a_no"),
            (line(a_no=7), "row 3.a_no"),
            (line(a_no="-"), "row 3.a_no"),
            (line(a_no=None), "row 3.a_no"),
            (line(question=5), "row 3.question"),
            (line(イ=5), "row 3.statements.イ"),
            (line(c3=1.5), "row 3.choices.2"),
        ],
    )
    def test_a_malformed_line_is_refused_by_its_row(self, bad: list[Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            cpa_audit.parse_workbook(workbook(HEADER, line(), bad), "audit.xlsx")
        assert (caught.value.file, caught.value.field) == ("audit.xlsx", field)

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(DataError, match="no column a_no"):
            cpa_audit.parse_workbook(workbook([name for name in HEADER if name != "a_no"], line()), "file")

    @pytest.mark.parametrize("content", [workbook(), workbook(HEADER), workbook(HEADER, line(abnormal_flg=1))])
    def test_a_workbook_without_questions_is_refused(self, content: bytes) -> None:
        with pytest.raises(DataError):
            cpa_audit.parse_workbook(content, "file")


def report(*sentences: tuple[str, dict[str, str]]) -> str:
    found = [
        {"sentence": text, "opinions": [{"target": t, "polarity": p, "from": 0, "to": 1} for t, p in opinions.items()]}
        for text, opinions in sentences
    ]
    return json.dumps({"header": {}, "sentences": found}, ensure_ascii=False)


def archive(*files: tuple[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files:
            file.writestr(name, content)
    return buffer.getvalue()


class TestChabsa:
    def test_reports_come_by_name_and_opinions_in_order(self) -> None:
        content = archive(
            ("chABSA-dataset/e2_ann.json", report(("円安だ。", {"円": "negative"}))),
            (
                "chABSA-dataset/e1_ann.json",
                report(("好調。", {}), ("増収減益。", {"売上": "positive", "利益": "negative"})),
            ),
        )
        rows = chabsa.parse_archive(content, "file")
        assert [row["id"] for row in rows] == ["chabsa/e1_ann/1/0", "chabsa/e1_ann/1/1", "chabsa/e2_ann/0/0"]
        assert [row["source_id"] for row in rows] == ["chabsa/e1_ann/1", "chabsa/e1_ann/1", "chabsa/e2_ann/0"]
        assert [(row["target"], row["polarity"]) for row in rows[:2]] == [("売上", "positive"), ("利益", "negative")]
        assert rows[0]["sentence"] == "増収減益。"

    def test_only_reports_are_read(self) -> None:
        content = archive(
            ("chABSA-dataset/", ""),
            ("chABSA-dataset/.DS_Store.json", "no JSON"),
            ("__MACOSX/chABSA-dataset/e1_ann.json", "no JSON"),
            ("chABSA-dataset/README.md", "no JSON"),
            ("../../e1_ann.json", report(("増収。", {"売上": "positive"}))),
        )
        (row,) = chabsa.parse_archive(content, "file")
        assert row["id"] == "chabsa/e1_ann/0/0"

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            ("{", None),
            (report(("増収。", {"売上": "mixed"})), "sentences.0.opinions.0.polarity"),
            ('{"sentences": [{"opinions": []}]}', "sentences.0.sentence"),
            ("[]", None),
        ],
    )
    def test_a_malformed_report_is_refused_by_its_name(self, bad: str, field: str | None) -> None:
        with pytest.raises(DataError) as caught:
            chabsa.parse_archive(
                archive(("a/e1.json", report(("増。", {"額": "positive"}))), ("a/e2.json", bad)), "zip"
            )
        assert (caught.value.file, caught.value.field) == ("zip/e2.json", field)

    def test_two_reports_of_one_name_are_refused(self) -> None:
        with pytest.raises(DataError, match="same name"):
            chabsa.parse_archive(archive(("a/e1.json", report()), ("b/e1.json", report())), "file")

    def test_an_archive_without_opinions_is_refused(self) -> None:
        with pytest.raises(DataError, match="no opinions"):
            chabsa.parse_archive(archive(("a/e1.json", report(("増収。", {})))), "file")

    @pytest.mark.parametrize(("limit", "value"), [("MAX_REPORTS", 1), ("MAX_REPORT_BYTES", 1000), ("MAX_BYTES", 1500)])
    def test_a_bomb_is_not_unpacked(self, limit: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
        content = archive(("a/e1.json", " " * 999 + "[]"), ("a/e2.json", " " * 999 + "[]"))
        assert len(content) < 400
        with pytest.raises(DataError, match=r"object"):
            chabsa.parse_archive(content, "file")
        monkeypatch.setattr(chabsa, limit, value)
        monkeypatch.setattr(zipfile.ZipFile, "read", None)
        with pytest.raises(DataError, match="too large"):
            chabsa.parse_archive(content, "file")

    def test_a_size_that_lies_gets_no_more_bytes_than_it_says(self) -> None:
        text = report(("増収。", {"売上": "positive"}))
        content = archive(("a/e1.json", text + " " * 5000))
        size = len(text.encode()) + 5000
        lying = content.replace(size.to_bytes(4, "little"), len(text.encode()).to_bytes(4, "little"))
        assert lying != content
        with pytest.raises(DataError, match="not a zip archive that can be read"):
            chabsa.parse_archive(lying, "file")

    def test_an_encrypted_archive_is_refused(self) -> None:
        content = bytearray(archive(("a/e1.json", report(("増収。", {"売上": "positive"})))))
        content[6] |= 1  # the flag of the file's own header
        content[content.find(b"PK\x01\x02") + 8] |= 1  # and of the directory's
        with pytest.raises(DataError, match="encrypted"):
            chabsa.parse_archive(bytes(content), "file")


def table(*rows: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


def filing(**changes: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("meta", "summary", "bs", "pl", "cf", "text"), "{}")
    return {**texts, "edinet_code": "E99999", "doc_id": "S9990001", "label": 1, **changes}


class TestEdinetBench:
    def test_a_row_keeps_its_sheets_and_label(self) -> None:
        rows = edinet_bench.parse_reports(
            table(filing(bs='{"現金": {}}'), filing(pl=None, label=0)), "file", "fraud_detection"
        )
        assert rows[0] == {
            "id": "edinet_fraud/0",
            "source_id": "edinet/S9990001",
            "edinet_code": "E99999",
            "summary": "{}",
            "bs": '{"現金": {}}',
            "pl": "{}",
            "cf": "{}",
            "label": 1,
        }
        assert (rows[1]["id"], rows[1]["pl"], rows[1]["label"]) == ("edinet_fraud/1", None, 0)

    def test_industry_has_no_label(self) -> None:
        row = filing(industry="銀行")
        del row["label"]
        (found,) = edinet_bench.parse_reports(table(row), "file", "industry_prediction")
        assert (found["id"], found["industry"]) == ("edinet_industry/0", "銀行")
        assert "label" not in found

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (filing(label=2), "row 1.label"),
            (filing(label=None), "row 1.label"),
            (filing(doc_id=""), "row 1.doc_id"),
            (filing(edinet_code=None), "row 1.edinet_code"),
        ],
    )
    def test_a_malformed_row_is_refused_by_its_place(self, bad: dict[str, Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            edinet_bench.parse_reports(table(filing(), bad), "x.parquet", "fraud_detection")
        assert (caught.value.file, caught.value.field) == ("x.parquet", field)

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(DataError, match="no column industry"):
            edinet_bench.parse_reports(table(filing()), "file", "industry_prediction")

    def test_another_subset_is_refused(self) -> None:
        with pytest.raises(DataError, match="laundering"):
            edinet_bench.load(subset="laundering")


PARSERS: dict[str, Callable[[bytes], list[Row]]] = {
    "cpa_audit": lambda content: cpa_audit.parse_workbook(content, "file"),
    "chabsa": lambda content: chabsa.parse_archive(content, "file"),
    "edinet_bench": lambda content: edinet_bench.parse_reports(content, "file", "fraud_detection"),
}
GOOD = {
    "cpa_audit": workbook(HEADER, line()),
    "chabsa": archive(("a/e1.json", report(("増収。", {"売上": "positive"})))),
    "edinet_bench": table(filing()),
}


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_any_bytes_are_rows_or_a_data_error(name: str, data: st.DataObject) -> None:
    good = GOOD[name]
    place = data.draw(st.integers(0, len(good) - 1))
    damage = data.draw(st.binary(max_size=4))
    content = data.draw(st.sampled_from([good[:place], good[:place] + damage + good[place + len(damage) :], damage]))
    with contextlib.suppress(DataError):
        assert all(row["id"] and row["source_id"] for row in PARSERS[name](content))


def test_the_real_auditing_questions(needs_data: Callable[..., None]) -> None:
    needs_data("cpa_audit")
    rows = exams.load(exam="cpa_audit")["test"]
    assert len(rows) == len(set(rows["id"])) == 398
    # Upstream's sixth choice, made of an empty cell; never the answer.
    short = [row for row in rows if "nan" in row["choices"]]
    assert len(short) == 38
    assert all(row["choices"].index("nan") == 5 > row["answer"] for row in short)
    assert all(row["context"].startswith("ア: ") for row in rows)
