"""Long tables, the hub's evaluation results, and lm-eval's files without texts."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import huggingface_hub
import pyarrow.parquet as pq
import pytest
import yaml
from foreign_files import read_one, submissions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_run import failed, item, manifest, task_record

from jaeval.errors import RunError
from jaeval.results.clusters import cluster_of
from jaeval.results.csv_cells import STARTS, neutral
from jaeval.results.exports.hugging_face import (
    Benchmark,
    export_hugging_face,
    known_benchmarks,
    parse_benchmark,
)
from jaeval.results.exports.lm_eval import export_lm_eval
from jaeval.results.exports.long_table import ITEMS, SCORES, export_long_table
from jaeval.results.redistribution import may_be_passed_on
from jaeval.results.run import Run
from jaeval.results.submission import Submission

FORMULA = '=HYPERLINK("http://example.com","x")'


def written(folder: Path, *rows: Any, **changes: Any) -> Run:
    folder.mkdir(parents=True)
    return Run.write(folder, manifest(**changes), rows or [item(doc_id=0), failed(doc_id=1)])


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


class TestLongTable:
    def test_numbers_and_items(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item(doc_id=0, doc={"company": "甲"}), failed(doc_id=1))
        files = export_long_table([read_one(tmp_path / "run")], tmp_path / "out")
        assert [file.name for file in files] == ["scores.parquet", "items.parquet", "scores.csv", "items.csv"]
        scores, items = pq.read_table(files[0]), pq.read_table(files[1])
        assert (tuple(scores.column_names), tuple(items.column_names)) == (SCORES, ITEMS)
        (score,) = scores.to_pylist()
        assert (score["model"], score["value"], score["n"], score["failed"]) == ("モデル/merge-7", 1.0, 1, 1)
        good, bad = items.to_pylist()
        assert (good["task"], good["metric"], good["filter"], good["item"], good["score"]) == (
            "sums",
            "acc",
            "none",
            "h" * 64,
            1.0,
        )
        assert (bad["score"], bad["finish"]) == (None, "failed")
        assert good["run"] == bad["run"] == score["run"]
        assert [row["score"] for row in read_csv(files[3])] == ["1.0", ""]

    def test_two_runs_of_one_model_stay_apart(self, tmp_path: Path) -> None:
        written(tmp_path / "a", item())
        written(tmp_path / "b", item(scores={"none": {"acc": 0.0}}))
        (file, *_) = export_long_table([read_one(tmp_path / name) for name in "ab"], tmp_path / "out")
        runs = pq.read_table(file).column("run").to_pylist()
        assert len(set(runs)) == 2

    def test_formulas_in_responses_do_nothing(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item(responses=[[FORMULA]]), checkpoint="@SUM(1)")
        files = export_long_table([read_one(tmp_path / "run")], tmp_path / "out")
        (row,) = read_csv(files[3])
        assert (row["response"], row["model"]) == (f"'{FORMULA}", "'@SUM(1)")
        assert pq.read_table(files[1]).to_pylist()[0]["response"] == FORMULA, "only CSV is opened by a spreadsheet"

    def test_without_items_there_is_no_table_of_them(self, tmp_path: Path) -> None:
        submission = Submission("m", (), tmp_path, "pfnet", "h")
        assert [file.name for file in export_long_table([submission], tmp_path / "out", kinds=["csv"])] == [
            "scores.csv"
        ]

    def test_without_texts(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item())
        files = export_long_table([read_one(tmp_path / "run")], tmp_path / "out", texts="none")
        (row,) = pq.read_table(files[1]).to_pylist()
        assert (row["prompt"], row["response"], row["target"], row["item"]) == ("", "", "", "h" * 64)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(submission=submissions())
    def test_anything_can_be_written(self, tmp_path_factory: pytest.TempPathFactory, submission: Submission) -> None:
        files = export_long_table([submission], tmp_path_factory.mktemp("any"))
        rows = read_csv(next(file for file in files if file.name == "scores.csv"))
        assert [row["value"] for row in rows] == ["" if s.value is None else repr(s.value) for s in submission.scores]
        assert not any(
            value.startswith(STARTS) for row in rows for key, value in row.items() if key in ("task", "note")
        )


@given(st.text())
def test_no_text_starts_a_formula(text: str) -> None:
    found = neutral(text)
    assert not found.startswith(STARTS)
    assert found.removeprefix("'") == text or found == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_each_start_is_caught(start: str) -> None:
    assert neutral(f"{start}1") == f"'{start}1"


class TestHuggingFace:
    def read(self, file: Path) -> list[Any]:
        return huggingface_hub.parse_eval_result_entries(yaml.safe_load(file.read_text(encoding="utf-8")))

    def test_a_task_whose_data_come_from_the_hub(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item("edinet_fraud"), tasks={"edinet_fraud": task_record(), "sums": task_record()})
        found = export_hugging_face(read_one(tmp_path / "run"), tmp_path / "out")
        (file,) = found.files
        assert file == tmp_path / "out" / ".eval_results" / "SakanaAI_EDINET-Bench.yaml"
        (entry,) = self.read(file)
        assert (entry.dataset_id, entry.task_id, entry.value) == ("SakanaAI/EDINET-Bench", "edinet_fraud", 1.0)
        assert len(entry.dataset_revision) == 40
        assert entry.notes == "jaeval, 0.1.0, acc, 0-shot, n=1"
        assert entry.date.startswith("2026-11-24T12:00:00")
        assert found.left_out == ["sums"]

    def test_a_benchmark_that_the_user_names(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item())
        task, benchmark = parse_benchmark("sums=ORG/sums-ja:default")
        found = export_hugging_face(
            read_one(tmp_path / "run"), tmp_path / "out", benchmarks={task: benchmark}, percent=True
        )
        (entry,) = self.read(found.files[0])
        assert (entry.dataset_id, entry.task_id, entry.value) == ("ORG/sums-ja", "default", 100.0)

    def test_nothing_to_write_is_told(self, tmp_path: Path) -> None:
        written(tmp_path / "run", item())
        with pytest.raises(RunError, match="no task of it has a benchmark"):
            export_hugging_face(read_one(tmp_path / "run"), tmp_path / "out")
        with pytest.raises(RunError, match="has no task 'other'"):
            export_hugging_face(
                read_one(tmp_path / "run"), tmp_path / "out", benchmarks={"other": Benchmark("a/b", "c")}
            )

    @pytest.mark.parametrize("text", ["sums", "=a/b", "sums=a", "sums=a/b/c", "sums=../x/y", "sums=a/b:"])
    def test_a_benchmark_that_is_none(self, text: str) -> None:
        with pytest.raises(RunError, match="--dataset"):
            parse_benchmark(text)

    def test_what_is_known(self) -> None:
        found = known_benchmarks(["gsm8k_ja", "mgsm_ja", "no_such_task"])
        assert {task: benchmark.dataset for task, benchmark in found.items()} == {
            "gsm8k_ja": "SakanaAI/gsm8k-ja-test_250-1319"
        }


class TestLmEvalWithoutTexts:
    def samples(self, folder: Path, task: str, texts: Any) -> list[dict[str, Any]]:
        row = item(task, responses=[["秘密の回答"]], target="秘密の正解", doc={"question": "秘密の問題"})
        run = written(folder / "run", row, tasks={task: task_record()})
        _, file = export_lm_eval(run, folder / "out", texts=texts)
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]

    @pytest.mark.parametrize(
        ("task", "texts", "kept"),
        [
            ("fin_fp2", "all", True),
            ("fin_fp2", "open", False),
            ("mgsm_ja", "open", True),
            ("of_my_own", "open", False),
            ("mgsm_ja", "none", False),
        ],
    )
    def test_only_hash_and_score_are_left(self, tmp_path: Path, task: str, texts: str, kept: bool) -> None:
        (row,) = self.samples(tmp_path, task, texts)
        assert ("秘密" in json.dumps(row, ensure_ascii=False)) == kept
        assert (row["doc_hash"], row["acc"]) == ("h" * 64, 1.0)
        (back,) = read_one(tmp_path / "out").items()
        assert (back.item, back.score) == ("h" * 64, 1.0)


@pytest.mark.parametrize(
    ("task", "verdict"),
    [
        ("fin_fp2_0_3", False),
        ("fp2-1.0-0.3", False),
        ("chabsa-1.0-0.1", True),
        ("jfinqa_numerical", True),
        ("procedural_math", True),
        ("of_my_own", None),
    ],
)
def test_what_may_be_passed_on(task: str, verdict: bool | None) -> None:
    assert may_be_passed_on(task) is verdict


@pytest.mark.parametrize(
    ("task", "doc", "cluster"),
    [
        ("jfinqa_numerical", {"company_name": "日本製鉄"}, "日本製鉄"),
        ("edinet_fraud", {"edinet_code": "E00015"}, "E00015"),
        ("fin_chabsa_0_1", {"id": "chabsa/e00008_2016/3/0"}, "e00008_2016"),
        ("chabsa-1.0-0.1", {"sentence": "増収"}, ""),
        ("fin_fp2", {"context": ""}, ""),
        ("fin_fp2", {"context": None}, ""),
        ("mgsm_ja", {"question": "問"}, ""),
        ("jsquad", "text", ""),
    ],
)
def test_clusters(task: str, doc: Any, cluster: str) -> None:
    assert cluster_of(task, doc) == cluster


def test_passages_are_told_by_a_hash() -> None:
    one, same, other = (cluster_of("jsquad_jpstable_1_1", {"context": text * 30}) for text in ("甲乙", "甲乙", "丙丁"))
    assert (one == same, one == other, len(one)) == (True, False, 16)


def test_a_task_may_name_its_cluster() -> None:
    assert cluster_of("mine", {"shop": "甲"}, {"cluster": "shop"}) == "甲"
    assert cluster_of("mine", {"shop": "甲"}, {"cluster": 5}) == ""
