from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jaeval.catalogue import Catalogue, open_task
from jaeval.data.table import load, parse_rows
from jaeval.errors import DataError

ROWS = [{"question": "１＋２は？", "answer": "3"}, {"question": "改\n行, と\tタブ", "answer": ""}]


def parquet(rows: list[dict[str, str]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


FILES = {
    "a.jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode(),
    "a.csv": 'question,answer\n１＋２は？,3\n"改\n行, と\tタブ",\n'.encode(),
    "a.tsv": '\ufeffquestion\tanswer\n１＋２は？\t3\n"改\n行, と\tタブ"\t\n'.encode(),
    "a.parquet": parquet(ROWS),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_rows(name: str) -> None:
    assert parse_rows(FILES[name], name) == [{**row, "id": str(n), "source_id": str(n)} for n, row in enumerate(ROWS)]


def test_ids_of_the_rows_stay() -> None:
    assert parse_rows(b'{"id": 7}\n{"id": "x", "source_id": "y"}', "a.jsonl") == [
        {"id": "7", "source_id": "7"},
        {"id": "x", "source_id": "y"},
    ]


@pytest.mark.parametrize(
    ("name", "content", "problem", "field"),
    [
        ("a.jsonl", b'{"a": 1}\n{"a"', "is not JSON", "line 2"),
        ("a.jsonl", b"[1]", "is not a JSON object", "line 1"),
        ("a.jsonl", b"\n\n", "holds no rows", None),
        ("a.jsonl", b"\xff", "not UTF-8", None),
        ("a.csv", b"q,a\n1,2,3\n", "another number of cells", "line 2"),
        ("a.csv", b"q,a\n1\n", "another number of cells", "line 2"),
        ("a.csv", b'q,a\n"1"2,3\n', "is malformed", "line 2"),
        ("a.parquet", b"PAR1", "is not Parquet", None),
        ("a.xlsx", b"", "unknown kind of table '.xlsx'", None),
    ],
)
def test_a_malformed_table_is_told_with_its_line(name: str, content: bytes, problem: str, field: str | None) -> None:
    with pytest.raises(DataError, match=problem) as caught:
        parse_rows(content, name)
    assert (caught.value.file, caught.value.field) == (name, field)


@given(st.binary(max_size=200), st.sampled_from(["a.jsonl", "a.csv", "a.tsv", "a.parquet"]))
def test_no_content_raises_anything_but_a_data_error(content: bytes, name: str) -> None:
    try:
        rows = parse_rows(content, name)
    except DataError:
        return
    assert all({"id", "source_id"} <= row.keys() for row in rows)


def test_splits_are_checked_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(FILES["a.jsonl"])
    good = hashlib.sha256(FILES["a.jsonl"]).hexdigest()
    splits = load({"report": "a.jsonl", "search": "none.csv"}, {"report": good}, folder=str(tmp_path))
    assert splits["report"]["answer"] == ["3", ""]
    with pytest.raises(DataError, match="cannot be read"):
        splits["search"]
    with pytest.raises(DataError, match="was changed") as caught:
        load({"report": "a.jsonl"}, {"report": "0" * 64}, folder=str(tmp_path))["report"]
    assert good in str(caught.value)


def test_a_private_task_reads_the_file_beside_it_without_trust(tmp_path: Path) -> None:
    (tmp_path / "exam.csv").write_bytes(FILES["a.csv"])
    config = {
        "task": "our_exam",
        "dataset_kwargs": {"files": {"report": "exam.csv"}},
        "output_type": "generate_until",
        "test_split": "report",
        "doc_to_text": "{{question}}",
        "doc_to_target": "answer",
        "generation_kwargs": {"until": ["\n"]},
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }
    text = yaml.safe_dump(config) + "custom_dataset: !function jaeval.data.table.load\n"
    (tmp_path / "our_exam.yaml").write_text(text)
    task = open_task(Catalogue([tmp_path])["our_exam"])
    assert [doc["question"] for doc in task.eval_docs] == [row["question"] for row in ROWS]
