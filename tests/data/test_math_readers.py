"""GSM8K in Japanese and MATH-100, on invented files of the hub's schemas."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from jaeval.data import gsm8k_ja, math100_ja, mgsm, store
from jaeval.errors import DataError


def lines(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def table(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


class TestGsm8kJa:
    @pytest.mark.parametrize(
        ("fields", "number", "answer"),
        [
            ({"answer_number": 18}, 18, None),
            ({"answer_number": 18.0}, 18, None),
            ({"answer_number": "18"}, 18, None),
            ({"answer_number": "1,800"}, 1800, None),
            ({"answer": 18}, 18, None),
            ({"answer": -3.0}, -3, None),
            ({"answer": "18"}, 18, "18"),
            ({"answer": "9*2=18です。\n#### 18"}, 18, "9*2=18です。\n#### 18"),
            ({"answer": "#### 2,880,000"}, 2880000, "#### 2,880,000"),
            ({"answer": "答えは18です。", "answer_number": 18}, 18, "答えは18です。"),
            ({"answer": None, "answer_number": 18}, 18, None),
        ],
    )
    def test_the_answer_may_be_a_number_or_text(self, fields: dict[str, Any], number: int, answer: str | None) -> None:
        (row,) = gsm8k_ja.parse_items(lines({"question": "何個？", **fields, "unknown": [1]}), "file")
        assert row == {
            "id": "gsm8k_ja/250",
            "source_id": "gsm8k/test/250",
            "question": "何個？",
            "answer": answer,
            "answer_number": number,
        }

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            ({"question": "？"}, "line 2"),
            ({"question": "？", "answer": "十八"}, "line 2"),
            ({"question": "？", "answer": "18です"}, "line 2"),
            ({"question": "？", "answer": 1.5}, "line 2"),
            ({"question": "？", "answer_number": "NaN"}, "line 2"),
            ({"question": "？", "answer_number": "1e99999999"}, "line 2"),
            ({"question": "？", "answer_number": "9" * 30}, "line 2"),
            ({"question": 1, "answer": 1}, "line 2.question"),
            ({"question": "？", "answer_number": True}, "line 2.answer_number.str"),
        ],
    )
    def test_a_malformed_line_is_refused_by_its_number(self, bad: dict[str, Any], field: str) -> None:
        with pytest.raises(DataError) as caught:
            gsm8k_ja.parse_items(lines({"question": "？", "answer": 1}, bad), "search.jsonl")
        assert (caught.value.file, caught.value.field) == ("search.jsonl", field)

    @given(st.lists(st.integers(-(10**17), 10**17), max_size=5))
    def test_every_written_number_comes_back_in_its_place(self, numbers: list[int]) -> None:
        rows = gsm8k_ja.parse_items(lines(*({"question": "？", "answer": f"#### {n:,}"} for n in numbers)), "file")
        assert [row["answer_number"] for row in rows] == numbers
        assert [row["source_id"] for row in rows] == [f"gsm8k/test/{250 + i}" for i in range(len(numbers))]

    def test_search_and_report_never_share_an_item(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On files of the true sizes: together they are GSM8K's test set, each item once."""
        files = {
            "gsm8k_ja": lines(*({"question": f"{i}？", "answer": i} for i in range(1069))),
            "mgsm": "".join(f"{i}？\t{i}\n" for i in range(250)).encode(),
        }
        monkeypatch.setattr(store, "read", lambda name, path: files[name])
        splits = gsm8k_ja.load()
        search, report = splits["search"]["source_id"], splits["report"]["source_id"]
        assert not set(search) & set(report)
        assert sorted([*search, *report]) == sorted(f"gsm8k/test/{i}" for i in range(1319))
        assert splits["search"].features == splits["report"].features

    def test_a_split_is_read_when_it_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(name: str, path: str) -> bytes:
            if name == "gsm8k_ja":
                raise DataError("not on this machine", file=path)
            return "何個？\t3\n".encode()

        monkeypatch.setattr(store, "read", read)
        splits = gsm8k_ja.load(version=1.0)
        assert set(splits) == {"search", "report"}
        assert len(splits["report"]) == 1
        with pytest.raises(DataError, match="not on this machine"):
            splits["search"]

    def test_row_i_of_the_hubs_file_is_item_250_plus_i(self, needs_data: Callable[..., None]) -> None:
        needs_data("gsm8k_ja", "gsm8k")
        text = store.read("gsm8k", "grade_school_math/data/test.jsonl").decode()
        golds = [json.loads(line)["answer"].rpartition("####")[2] for line in text.splitlines()]
        rows = gsm8k_ja.load()["search"]
        assert len(rows) == 1069
        differ = [i for i, row in enumerate(rows) if row["answer_number"] != int(golds[250 + i].replace(",", ""))]
        assert differ == []


class TestMgsmOrder:
    def test_the_jpstable_order_is_a_fixed_shuffle(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "read", lambda name, path: "".join(f"{i}？\t{i}\n" for i in range(250)).encode())
        published, shuffled = mgsm.load()["test"], mgsm.load(order="jpstable")["test"]
        assert published["id"] == [f"mgsm_ja/{i}" for i in range(250)]
        assert sorted(shuffled["id"]) == sorted(published["id"])
        assert shuffled["id"][:5] == [f"mgsm_ja/{i}" for i in (44, 98, 184, 123, 121)]
        assert all(row["question"] == f"{row['answer_number']}？" for row in shuffled)


class TestMath100Ja:
    def test_a_row_is_a_question_and_latex(self) -> None:
        rows = [
            {"ja": "$x$ は？", "en": "$x$?", "answer": "\\frac{1}{2}"},
            {"ja": None, "en": "No Japanese.", "answer": "1"},
            {"ja": " ", "en": "Nor here.", "answer": "1"},
            {"ja": "$y$ は？", "en": "$y$?", "answer": "18"},
        ]
        assert math100_ja.parse_problems(table(rows), "file") == [
            {"id": "math100_ja/0", "source_id": "mclm/math100/0", "question": "$x$ は？", "answer": "\\frac{1}{2}"},
            {"id": "math100_ja/3", "source_id": "mclm/math100/3", "question": "$y$ は？", "answer": "18"},
        ]
        (row,) = math100_ja.parse_problems(table([{"ja": "？", "answer": 18}]), "file")
        assert row["answer"] == "18"

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ([{"en": "?", "answer": "1"}], "no column 'ja'"),
            ([{"ja": "？"}], "no column 'answer'"),
            ([{"ja": "？", "answer": None}], "row 0.answer"),
            ([{"ja": 3, "answer": "1"}], "row 0.ja"),
            ([{"ja": "？", "answer": 0.5}], "row 0.answer"),
        ],
    )
    def test_a_malformed_table_is_refused_by_its_place(self, rows: list[dict[str, Any]], message: str) -> None:
        with pytest.raises(DataError, match=message) as caught:
            math100_ja.parse_problems(table(rows), "math.parquet")
        assert caught.value.file == "math.parquet"

    @given(st.binary())
    def test_any_bytes_are_rows_or_a_data_error(self, content: bytes) -> None:
        for damaged in (content, table([{"ja": "？", "answer": "1"}])[: len(content)], b"PAR1" + content + b"PAR1"):
            with contextlib.suppress(DataError):
                math100_ja.parse_problems(damaged, "file")


@given(
    st.one_of(
        st.binary(),
        st.dictionaries(
            st.sampled_from(["question", "answer", "answer_number"]),
            st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
        ).map(lambda row: lines(row)),
    )
)
def test_any_bytes_are_items_or_a_data_error(content: bytes) -> None:
    with contextlib.suppress(DataError):
        assert all(isinstance(row["answer_number"], int) for row in gsm8k_ja.parse_items(content, "file"))
