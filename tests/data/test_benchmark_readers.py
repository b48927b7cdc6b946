from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.data import exams, jcommonsenseqa, jfinqa, mgsm, store
from jaeval.errors import DataError

PARSERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "mgsm": lambda content: mgsm.parse_items(content, "file", "ja"),
    "mgsm exemplars": lambda content: mgsm.parse_exemplars(content, "file"),
    "exams": lambda content: exams.parse_exam(content, "file", "fp2"),
    "jcommonsenseqa": lambda content: jcommonsenseqa.parse_questions(content, "file"),
    "jfinqa": lambda content: jfinqa.parse_items(content, "file", "temporal_reasoning"),
}


def exam(*questions: dict[str, Any]) -> bytes:
    return json.dumps({"data": questions}, ensure_ascii=False).encode()


def question(**changes: Any) -> dict[str, Any]:
    choices = [{"id": 0, "text": "株式"}, {"id": 1, "text": "債券"}]
    return {"question": "どれか。", "context": "", "choices": choices, "answer": 1, "comment": "", **changes}


def commonsense(**changes: Any) -> dict[str, Any]:
    choices = {f"choice{i}": word for i, word in enumerate(["犬", "猫", "鳥", "魚", "虫"])}
    return {"q_id": 7, "question": "泳ぐのは？", **choices, "label": 3, **changes}


def filing(**changes: Any) -> dict[str, Any]:
    return {
        "id": "tr_001",
        "subtask": "temporal_reasoning",
        "company_name": "架空商事",
        "accounting_standard": "J-GAAP",
        "scale": "百万円",
        "pre_text": ["抜粋。"],
        "post_text": [],
        "table": {"headers": ["項目", "金額"], "rows": [["売上高", "1,234"]]},
        "qa": {"question": "増収か減収か。", "answer": "増収", "program": []},
        **changes,
    }


class TestMgsm:
    def test_a_line_is_a_question_and_an_integer(self) -> None:
        content = "卵は何個ですか？\t18\nいくらですか？\t-1,500\n".encode()
        rows = mgsm.parse_items(content, "file", "ja")
        assert [row["answer_number"] for row in rows] == [18, -1500]
        assert rows[0]["question"] == "卵は何個ですか？"
        assert rows[1]["id"] == "mgsm_ja/1"
        assert rows[1]["source_id"] == "gsm8k/test/1"

    @pytest.mark.parametrize(
        "line", ["問題", "問題\t", "\t3", "問題\t三", "問題\t1.5", "問題\t1,50", "問\t題\t3", "", "問題\t3 "]
    )
    def test_another_line_is_refused_by_its_number(self, line: str) -> None:
        with pytest.raises(DataError) as caught:
            mgsm.parse_items(f"問題\t1\n{line}\n問題\t2\n".encode(), "mgsm_ja.tsv", "ja")
        assert (caught.value.file, caught.value.field) == ("mgsm_ja.tsv", "line 2")

    @given(
        st.lists(st.tuples(st.text(min_size=1).map(lambda s: s.replace("\t", " ").replace("\n", " ")), st.integers()))
    )
    def test_every_written_line_comes_back(self, items: list[tuple[str, int]]) -> None:
        content = "".join(f"問{text}\t{number:,}\n" for text, number in items).encode()
        rows = mgsm.parse_items(content, "file", "ja") if items else []
        assert [row["answer_number"] for row in rows] == [number for _, number in items]

    def test_exemplars_need_lists_of_one_length(self) -> None:
        content = {"ja": {"1": {"q": "問題：", "a": "答え"}}, "number_answers": [1, 2], "equation_solutions": ["1"]}
        with pytest.raises(DataError, match="as many"):
            mgsm.parse_exemplars(json.dumps(content).encode(), "file")

    def test_item_i_is_item_i_of_gsm8k(self, needs_data: Callable[..., None]) -> None:
        needs_data("mgsm", "gsm8k")
        lines = store.read("gsm8k", "grade_school_math/data/test.jsonl").decode().splitlines()
        originals = [json.loads(line) for line in lines]
        english, japanese = mgsm.items("en"), mgsm.items("ja")
        assert len(english) == len(japanese) == 250
        for i, (en, ja) in enumerate(zip(english, japanese, strict=True)):
            original = originals[int(ja["source_id"].removeprefix("gsm8k/test/"))]
            gold = int(original["answer"].rpartition("####")[2].strip().replace(",", ""))
            assert en["source_id"] == ja["source_id"] == f"gsm8k/test/{i}"
            assert en["answer_number"] == ja["answer_number"] == gold
            assert en["question"].split() == original["question"].split()


class TestExams:
    def test_rows_are_numbered_by_position(self) -> None:
        rows = exams.parse_exam(exam(question(id=5), question(id=5)), "file", "fp2")
        assert [row["id"] for row in rows] == ["fp2/0", "fp2/1"]
        assert rows[0]["choices"] == ["株式", "債券"]
        assert rows[0]["answer"] == 1

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (question(answer=2), "data.1.answer"),
            (question(answer=-1), "data.1.answer"),
            (question(answer="1"), "data.1.answer"),
            (question(choices=[{"id": 0, "text": "株式"}]), "data.1.choices"),
            (question(choices=[{"id": 1, "text": "株式"}, {"id": 0, "text": "債券"}]), "data.1.choices"),
            (question(choices=[{"id": 0}, {"id": 1, "text": "債券"}]), "data.1.choices.0.text"),
            (question(context=None), "data.1.context"),
        ],
    )
    def test_a_malformed_question_is_refused_by_its_place(self, bad: dict[str, Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            exams.parse_exam(exam(question(), bad), "data.json", "fp2")
        assert (caught.value.file, caught.value.field) == ("data.json", field)


class TestJCommonsenseQA:
    def test_choices_keep_their_order(self) -> None:
        (row,) = jcommonsenseqa.parse_questions(json.dumps(commonsense()).encode() + b"\n\n", "file")
        assert row["choices"][row["label"]] == "魚"
        assert row["id"] == row["source_id"] == "jcommonsenseqa/7"

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (json.dumps(commonsense(label=5)), "line 2.label"),
            (json.dumps(commonsense(choice4=None)), "line 2.choice4"),
            ('{"q_id": 1', "line 2"),
        ],
    )
    def test_a_malformed_line_is_refused_by_its_number(self, bad: str, field: str) -> None:
        with pytest.raises(DataError) as caught:
            jcommonsenseqa.parse_questions(f"{json.dumps(commonsense())}\n{bad}\n".encode(), "valid.json")
        assert (caught.value.file, caught.value.field) == ("valid.json", field)


class TestJfinqa:
    def test_one_subtask_is_taken(self) -> None:
        other = filing(id="nr_001", subtask="numerical_reasoning")
        content = json.dumps([other, filing()]).encode()
        (row,) = jfinqa.parse_items(content, "file", "temporal_reasoning")
        assert (row["id"], row["source_id"], row["answer"]) == ("tr_001", "jfinqa/tr_001", "増収")
        assert row["table_rows"] == [["売上高", "1,234"]]

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            (filing(subtask="spatial"), "1.subtask"),
            (filing(qa={"question": "？", "answer": ""}), "1.qa.answer"),
            (filing(table={"headers": ["a"], "rows": [[1]]}), "1.table.rows.0.0"),
        ],
    )
    def test_a_malformed_item_is_refused_by_its_place(self, bad: dict[str, Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            jfinqa.parse_items(json.dumps([filing(), bad]).encode(), "jfinqa.json", "temporal_reasoning")
        assert (caught.value.file, caught.value.field) == ("jfinqa.json", field)

    def test_another_subtask_is_refused(self) -> None:
        with pytest.raises(DataError, match="spatial"):
            jfinqa.load(subtask="spatial")


@pytest.mark.parametrize("name", PARSERS)
@given(
    content=st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda s: st.lists(s) | st.dictionaries(st.sampled_from(["data", "ja", "id", "question", "qa"]), s),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_bytes_are_rows_or_a_data_error(name: str, content: bytes) -> None:
    with contextlib.suppress(DataError):
        assert all(row["id"] and row["source_id"] for row in PARSERS[name](content))


@pytest.mark.parametrize(
    ("name", "load", "sizes"),
    [
        ("mgsm", mgsm.load, {"train": 8, "test": 250}),
        ("cma_basics", lambda: exams.load(exam="cma_basics", version=1.0), {"test": 38}),
        ("security_sales_1", lambda: exams.load(exam="security_sales_1"), {"test": 57}),
        ("fp2", lambda: exams.load(exam="fp2"), {"test": 475}),
        ("jcommonsenseqa", jcommonsenseqa.load, {"train": 8939, "validation": 1119}),
        ("jfinqa", lambda: jfinqa.load(subtask="numerical_reasoning"), {"test": 550}),
        ("jfinqa", lambda: jfinqa.load(subtask="consistency_checking"), {"test": 200}),
        ("jfinqa", lambda: jfinqa.load(subtask="temporal_reasoning"), {"test": 250}),
    ],
)
def test_the_real_splits_have_their_sizes_and_unique_ids(
    name: str, load: Callable[[], dict[str, Any]], sizes: dict[str, int], needs_data: Callable[..., None]
) -> None:
    needs_data(name)
    splits = load()
    assert {key: len(rows) for key, rows in splits.items()} == sizes
    ids = [row_id for rows in splits.values() for row_id in rows["id"]]
    assert len(set(ids)) == len(ids)
    assert all(source for rows in splits.values() for source in rows["source_id"])
