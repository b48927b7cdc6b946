"""lm-eval's files as submissions: both styles of keys, groups, arguments of any shape, samples."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from foreign_files import DATE, by_key, lm_eval_results, older_results, read_one, sample, write_json, write_lines

from jaeval.results.imports import ResultFileError, read_submissions

TASK_FOLDER = Path(__file__).parents[2] / "tasks"


def written(folder: Path, content: Any = None, **samples: list[dict[str, Any]]) -> Path:
    for task, rows in samples.items():
        write_lines(folder / f"samples_{task}_{DATE}.jsonl", rows)
    return write_json(folder / f"results_{DATE}.json", content or lm_eval_results())


def test_scores_with_what_is_known_of_them(tmp_path: Path) -> None:
    found = read_one(written(tmp_path))
    assert (found.model, found.format, found.harness, found.harness_version) == (
        "rinna/japanese-gpt-1b",
        "lm-eval",
        "lm-eval",
        "0.4.13",
    )
    assert found.date is not None
    assert found.date.isoformat() == "2026-11-24T12:00:00.250000+00:00"
    scores = by_key(found)
    acc = scores["sums", "acc", "none"]
    assert (acc.value, acc.stderr, acc.n, acc.num_fewshot, acc.version) == (0.75, 0.25, 4, 3, "2.0")
    assert (acc.chance, acc.higher_is_better, acc.primary) == (0.25, True, True)
    strict, loose = scores["texts", "exact_match", "strict"], scores["texts", "exact_match", "loose"]
    assert (strict.stderr, loose.stderr) == (None, 0.0)
    assert (strict.primary, loose.primary) == (True, False)
    assert found.settings["dtype"] == "auto"
    assert found.settings["limit"] == 4.0
    assert (found.settings["model_sha"], found.weight_hash) == ("abc", ""), "a revision tells nothing of the weights"


def test_groups_are_named_and_left_out(tmp_path: Path) -> None:
    found = read_one(written(tmp_path))
    assert {score.task for score in found.scores} == {"sums", "texts"}
    assert found.notes == ("groups of tasks left out: all_sums",)


@pytest.mark.parametrize("key", ["groups", "group_subtasks"])
def test_either_list_of_groups_is_enough(tmp_path: Path, key: str) -> None:
    content = lm_eval_results()
    del content[key]
    assert {score.task for score in read_one(written(tmp_path, content)).scores} == {"sums", "texts"}


def test_the_older_keys_without_a_filter(tmp_path: Path) -> None:
    found = read_one(write_json(tmp_path / "result.json", older_results()))
    assert (found.model, found.format) == ("EleutherAI/pythia-70m", "lm-eval")
    assert [(s.metric, s.filter, s.value, s.stderr, s.primary, s.num_fewshot, s.version) for s in found.scores] == [
        ("acc", "none", 0.5, 0.01, True, 5, "0"),
        ("acc_norm", "none", 0.6, 0.02, False, 5, "0"),
    ]


@pytest.mark.parametrize(
    ("arguments", "model"),
    [
        ("pretrained=a/b,dtype=auto", "a/b"),
        ("dtype=auto,pretrained=a/b,peft=c/d", "c/d"),
        ({"pretrained": "/home/me/merges/merge-7/", "max_length": 4096}, "merge-7"),
        ("model=gpt-4o-mini", "gpt-4o-mini"),
        ("pretrained=./out/model", "model"),
        (None, "hf"),
        ("", "hf"),
        ({}, "hf"),
    ],
)
def test_arguments_may_be_a_text_an_object_or_null(tmp_path: Path, arguments: Any, model: str) -> None:
    content = lm_eval_results(config={"model": "hf", "model_args": arguments}, model_name="drawn-at-random")
    found = read_one(written(tmp_path, content))
    assert found.model == model
    assert "/home/me" not in json.dumps(found.settings)


def test_a_comma_inside_an_argument(tmp_path: Path) -> None:
    content = lm_eval_results(config={"model_args": "pretrained=a/b,stop=x,y,dtype=auto"})
    assert read_one(written(tmp_path, content)).settings["stop"] == "x,y"


def test_the_primary_metric_is_the_settings_first(tmp_path: Path) -> None:
    content = lm_eval_results(
        results={"sums": {"f1,none": 0.1, "acc,none": 0.2}},
        configs={"sums": {"metric_list": [{"metric": "acc"}, {"metric": "f1"}]}},
    )
    assert [score.metric for score in read_one(written(tmp_path, content)).scores if score.primary] == ["acc"]


class TestSamples:
    def items(self, folder: Path, rows: list[dict[str, Any]], task: str = "sums") -> list[Any]:
        return list(read_one(written(folder, **{task: rows})).items())

    def test_a_choice_is_told_in_words(self, tmp_path: Path) -> None:
        first, second = self.items(tmp_path, [sample(0), sample(1)])
        assert (first.prompt, first.response, first.target, first.finish) == ("問：", "いいえ", "1", "choice")
        assert (first.item, first.score, second.score, second.doc_id) == ("0" * 64, 0.0, 1.0, 1)

    def test_arguments_of_older_files_are_lists(self, tmp_path: Path) -> None:
        (found,) = self.items(tmp_path, [sample(arguments=[["問：", " はい"], ["問：", " いいえ"]])])
        assert (found.prompt, found.response) == ("問：", "いいえ")

    def test_generated_text(self, tmp_path: Path) -> None:
        row = sample(
            arguments={"gen_args_0": {"arg_0": "問：", "arg_1": {"until": ["\n"]}}},
            resps=[["答えは8です。"]],
            filtered_resps=["8"],
        )
        (found,) = self.items(tmp_path, [row])
        texts = (found.prompt, found.response, found.extracted, found.finish)
        assert texts == ("問：", "答えは8です。", "8", "")

    def test_one_row_for_each_filter(self, tmp_path: Path) -> None:
        rows = [sample(0, filter=name, exact_match=value, acc=0.0) for name, value in (("strict", 0.0), ("loose", 1.0))]
        found = self.items(tmp_path, rows, task="texts")
        assert [(item.filter, item.metric, item.score) for item in found] == [
            ("strict", "exact_match", 0.0),
            ("loose", "exact_match", 1.0),
        ]

    def test_rows_before_filters_were_named(self, tmp_path: Path) -> None:
        rows = [sample(doc, exact_match=float(value)) for value in (0, 1) for doc in (0, 1)]
        for row in rows:
            del row["filter"]
        found = self.items(tmp_path, rows, task="texts")
        assert [(item.filter, item.doc_id, item.score) for item in found] == [
            ("strict", 0, 0.0),
            ("strict", 1, 0.0),
            ("loose", 0, 1.0),
            ("loose", 1, 1.0),
        ]

    def test_a_missing_hash_is_made_as_lm_eval_makes_it(self, tmp_path: Path) -> None:
        row = sample(doc={"問": "1 + 1"})
        del row["doc_hash"]
        (found,) = self.items(tmp_path, [row])
        assert found.item == hashlib.sha256(json.dumps(row["doc"], indent=2, ensure_ascii=False).encode()).hexdigest()

    def test_parts_of_a_corpus_metric_are_no_score(self, tmp_path: Path) -> None:
        assert [item.score for item in self.items(tmp_path, [sample(acc=[1, 0])])] == [None]

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ([sample(0), sample(0)], "stands twice"),
            ([sample(-1)], r"line 1\.doc_id: is negative"),
            ([sample(acc="1.0")], "acc: is no number but text"),
            ([sample() | {"doc_id": "first"}], "doc_id: is no number"),
            ([sample(doc_hash=5)], "doc_hash"),
            ([sample(filter="")], "filter: is empty"),
            ([sample(target="x" * 2_000_001)], "target: has 2,000,001 characters"),
            ([[]], "line 1"),  # type: ignore[list-item]
        ],
    )
    def test_a_bad_row_is_told_when_the_results_are_read(
        self, tmp_path: Path, rows: list[dict[str, Any]], words: str
    ) -> None:
        with pytest.raises(ResultFileError, match=words) as caught:
            read_submissions(written(tmp_path, sums=rows))
        assert f"samples_sums_{DATE}.jsonl" in str(caught.value)

    def test_half_a_row(self, tmp_path: Path) -> None:
        file = written(tmp_path, sums=[sample(0), sample(1)])
        rows = tmp_path / f"samples_sums_{DATE}.jsonl"
        rows.write_bytes(rows.read_bytes()[:-20])
        with pytest.raises(ResultFileError, match=r"line 2: is no JSON"):
            read_submissions(file)

    def test_samples_of_a_task_that_has_no_result(self, tmp_path: Path) -> None:
        with pytest.raises(ResultFileError, match="belongs to no task"):
            read_submissions(written(tmp_path, other=[sample()]))

    def test_samples_of_another_date_are_not_taken(self, tmp_path: Path) -> None:
        file = written(tmp_path)
        write_lines(tmp_path / "samples_sums_2020-01-01T00-00-00.000000.jsonl", [sample()])
        assert list(read_one(file).items()) == []

    def test_a_cluster_that_the_task_names(self, tmp_path: Path) -> None:
        content = lm_eval_results()
        content["configs"]["sums"]["metadata"]["cluster"] = "company_name"
        (found,) = read_one(written(tmp_path, content, sums=[sample()])).items()
        assert found.cluster == "日本製鉄"


MADE_HERE = ["procedural_math", "procedural_reasoning_mc"]


@pytest.fixture(scope="module")
def written_by_lm_eval(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """What lm-eval itself writes of its `dummy` model, into a folder and under a stem; and the results it gives."""
    from lm_eval import evaluator
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluator, "add_env_info", lambda results: results.update(pretty_env_info="a machine"))
        patch.setattr(evaluator, "add_tokenizer_info", lambda results, lm: None)  # it would ask the hub for one
        results: dict[str, Any] = evaluator.simple_evaluate(
            model="dummy",
            tasks=MADE_HERE,
            task_manager=TaskManager(include_path=str(TASK_FOLDER), include_defaults=False),
            limit=5,
            bootstrap_iters=10,
        )
    folder = tmp_path_factory.mktemp("lm-eval")
    samples = results.pop("samples")
    for output in ("a_folder", "a_stem/stem.json"):
        tracker = EvaluationTracker(output_path=str(folder / output))
        tracker.save_results_aggregated(results=dict(results), samples=samples)
        for task in samples:
            tracker.save_results_samples(task_name=task, samples=copy.deepcopy(samples[task]))
    return folder, results


@pytest.mark.parametrize(("output", "name"), [("a_folder", "results_20"), ("a_stem", "stem_20")])
def test_what_lm_eval_itself_writes(written_by_lm_eval: tuple[Path, dict[str, Any]], output: str, name: str) -> None:
    folder, told = written_by_lm_eval
    found = read_one(folder / output)
    assert found.source.name.startswith(name)
    assert (found.model, found.harness_version) == ("dummy", "")
    scores = by_key(found)
    wanted = {
        (task, *key.split(",")): value
        for task in MADE_HERE
        for key, value in told["results"][task].items()
        if "," in key and "_stderr" not in key
    }
    assert {key: score.value for key, score in scores.items()} == wanted
    assert all(score.n == 5 for score in scores.values())
    items = list(found.items())
    for key, score in scores.items():
        values = [item.score for item in items if (item.task, item.metric, item.filter) == key]
        assert len(values) == 5
        assert sum(value or 0.0 for value in values) / 5 == pytest.approx(score.value)
    assert {item.finish for item in items if item.task == "procedural_reasoning_mc"} == {"choice"}
    assert all(item.prompt and item.item for item in items)
