"""Result files of strangers: nothing but a typed error that names file and field, and nothing half-read."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from foreign_files import (
    DATE,
    every_eval_ever,
    lm_eval_results,
    older_results,
    read_one,
    sample,
    write_json,
    write_lines,
    write_pfnet_result,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_run import item, manifest

from jaeval.errors import JaevalError
from jaeval.results.imports import ResultFileError, border, read_submissions
from jaeval.results.run import Run

MAKERS: dict[str, Callable[[], Any]] = {
    "lm-eval": lm_eval_results,
    "older lm-eval": older_results,
    "every-eval-ever": every_eval_ever,
}
HOSTILE_NAME = '</script><img src=x onerror=alert(1)>{{7*7}}=cmd|"/c calc"!A0'


def refusal(path: Path) -> ResultFileError:
    with pytest.raises(ResultFileError) as caught:
        read_submissions(path)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 600
    assert caught.value.file == str(path)
    return caught.value


def test_markup_in_names_is_kept_as_text(tmp_path: Path) -> None:
    """It is for the page to escape: a name is a name."""
    content = lm_eval_results(
        results={HOSTILE_NAME: {f"{HOSTILE_NAME.replace(',', '')},none": 0.5}},
        config={"model_args": {"pretrained": "ORG/<b>javascript:alert(1)</b"}},
    )
    found = read_one(write_json(tmp_path / "results.json", content))
    assert found.scores[0].task == HOSTILE_NAME


CONTROL = ["a\u2028b", "a\u2029b", "a\x00b", "a\x1b[2Jb", "a\nb", "a\ud800b", "a\x85b"]


@pytest.mark.parametrize("odd", [*CONTROL, "   ", ""])
def test_names_that_cannot_be_shown_are_refused(tmp_path: Path, odd: str) -> None:
    problem = "has a control character in it" if odd.strip() else "is empty"
    for number, results in enumerate(({odd: {"acc,none": 0.5}}, {"sums": {f"{odd},none": 0.5}})):
        error = refusal(write_json_escaped(tmp_path / f"{number}.json", lm_eval_results(results=results)))
        assert error.problem == problem


@pytest.mark.parametrize("odd", CONTROL)
def test_models_that_cannot_be_shown_are_refused(tmp_path: Path, odd: str) -> None:
    content = lm_eval_results(config={"model_args": {"pretrained": odd}})
    assert refusal(write_json_escaped(tmp_path / "x.json", content)).field == "model_name"


def write_json_escaped(file: Path, content: Any) -> Path:
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_ten_million_characters(tmp_path: Path) -> None:
    long = "長" * 10_000_000
    for number, content in enumerate(
        (
            lm_eval_results(results={long: {"acc,none": 0.5}}),
            lm_eval_results(config={"model_args": {"pretrained": long}}),
            lm_eval_results(system_instruction=long),
            every_eval_ever(model_info={"name": "x", "id": long}),
        )
    ):
        error = refusal(write_json(tmp_path / f"{number}.json", content))
        assert "has 10,000,000 characters" in str(error)


def test_ten_million_characters_where_nobody_looks(tmp_path: Path) -> None:
    content = lm_eval_results(pretty_env_info="x" * 10_000_000)
    assert len(read_one(write_json(tmp_path / "results.json", content)).scores) == 3


@pytest.mark.parametrize("opening", ["[", '{"results":', '{"results": {"sums": {"acc,none": 0.5}}, "config": {"a":'])
def test_deep_json(tmp_path: Path, opening: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(opening * 100_000)
    assert refusal(file).problem == "is nested too deeply"


@pytest.mark.parametrize("depth", [50, 500, 900])
def test_json_as_deep_as_the_parser_allows(tmp_path: Path, depth: int) -> None:
    """What is parsed must not overflow later, wherever it stands."""
    deep: Any = 1
    for _ in range(depth):
        deep = {"a": deep}
    for number, content in enumerate(
        (
            lm_eval_results(config={"model_args": {"pretrained": "a/b", "deep": deep}}),
            lm_eval_results(configs={"sums": {"metadata": deep}}),
            lm_eval_results(results={"sums": {"acc,none": deep}}),
        )
    ):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(content))
        with suppress(ResultFileError):
            read_submissions(file)
    write_lines(tmp_path / f"samples_sums_{DATE}.jsonl", [sample(doc=deep, target=deep, resps=deep)])
    with suppress(ResultFileError):
        read_submissions(write_json(tmp_path / f"results_{DATE}.json", lm_eval_results()))


@pytest.mark.parametrize(
    ("value", "note"),
    [("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf"), ("1e999", "inf"), ("1" + "0" * 400, "inf")],
)
def test_what_is_no_finite_number_is_missing_and_says_so(tmp_path: Path, value: str, note: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(lm_eval_results()).replace('"acc,none": 0.75', f'"acc,none": {value}'))
    score = next(score for score in read_one(file).scores if score.task == "sums")
    assert (score.value, score.note) == (None, f"{note} in the source")


@pytest.mark.parametrize("value", [True, "0.5", [], {}, "N/A"])
def test_a_score_of_another_type(tmp_path: Path, value: Any) -> None:
    content = lm_eval_results(results={"sums": {"acc,none": value}})
    error = refusal(write_json(tmp_path / "results.json", content))
    assert (error.field, error.problem.startswith("is no number but")) == ("results.sums.acc,none", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"n-samples": {"sums": {"effective": -4}}}, "n-samples.sums.effective"),
        ({"n-samples": {"sums": {"effective": 4.5}}}, "n-samples.sums.effective"),
        ({"n-samples": {"sums": {"effective": float("nan")}}}, "n-samples.sums.effective"),
        ({"n-samples": {"sums": 4}}, "n-samples.sums"),
        ({"n-shot": {"sums": -1}}, "n-shot.sums"),
        ({"results": {"sums": {"acc,none": 0.5, "acc_stderr,none": -0.1}}}, "results.sums.acc_stderr,none"),
        ({"results": {"sums": [0.5]}}, "results.sums"),
        ({"configs": []}, "configs"),
        ({"config": {"model_args": 7}}, "config.model_args"),
        ({"config": {}}, "config.model_args"),
        ({"date": "yesterday"}, "date"),
        ({"date": 1e30}, "date"),
        ({"group_subtasks": {"a": "b"}}, "group_subtasks.a"),
        ({"higher_is_better": {"sums": {"acc": "up"}}}, "higher_is_better.sums.acc"),
    ],
)
def test_the_field_is_named(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    content = lm_eval_results(**change)
    content["model_name"] = None
    assert refusal(write_json(tmp_path / "results.json", content)).field == field


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe{}", "is not UTF-8"),
        (b"9" * 10_000, "cannot be read"),
        (b"[]", "none of the formats"),
        (b'{"results": 1}', "none of the formats"),
        (b"null", "none of the formats"),
    ],
)
def test_what_is_no_results_file(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "results.json"
    file.write_bytes(content)
    assert words in str(refusal(file))


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    with file.open("wb") as handle:
        handle.truncate(65 * 1024**2)  # sparse
    assert "is larger than 64 MiB" in str(refusal(file))


def test_a_huge_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(border, "MAX_ROW_BYTES", 10_000)
    rows = write_lines(tmp_path / f"samples_sums_{DATE}.jsonl", [sample(0), sample(1, doc={"text": "x" * 20_000})])
    with pytest.raises(ResultFileError, match=r"line 2: is longer than"):
        read_submissions(write_json(tmp_path / f"results_{DATE}.json", lm_eval_results()))
    rows.write_bytes(b"x" * 50_000)
    with pytest.raises(ResultFileError, match=r"line 1: is longer than"):
        read_submissions(tmp_path)


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write_json(tmp_path / "outside" / "results.json", lm_eval_results()).parent
    inside = tmp_path / "inside"
    write_json(inside / "good.json", lm_eval_results())
    (inside / "link.json").symlink_to(outside / "results.json")
    (inside / "loop").symlink_to(inside)
    (inside / "dangling.json").symlink_to(tmp_path / "nowhere")
    problems: list[JaevalError] = []
    assert len(read_submissions(inside, bad=problems.append)) == 1
    assert {Path(problem.file or "").name for problem in problems} == {"link.json", "loop", "dangling.json"}
    with pytest.raises(ResultFileError, match="is a symbolic link"):
        read_submissions(inside)
    (tmp_path / "named").symlink_to(outside)
    assert len(read_submissions(tmp_path / "named")) == 1, "a link that the user gave is followed"


def test_links_beside_results_are_not_followed(tmp_path: Path) -> None:
    elsewhere = write_lines(tmp_path / "elsewhere.jsonl", [sample()])
    file = write_json(tmp_path / "x" / f"results_{DATE}.json", lm_eval_results())
    (file.parent / f"samples_sums_{DATE}.jsonl").symlink_to(elsewhere)
    with pytest.raises(ResultFileError, match="is a symbolic link"):
        read_submissions(file)
    script = write_pfnet_result(tmp_path / "models" / "O" / "N", "1.0-0.1").with_name("harness-1.0-0.1.sh")
    script.unlink()
    script.symlink_to("/etc/hostname")
    assert "harness_script" not in read_one(tmp_path / "models").settings


@pytest.mark.parametrize("name", ["manifest.json", "results.json", "items.parquet"])
def test_links_inside_a_run_are_not_followed(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path / "private", tmp_path / "given"):
        folder.mkdir()
        Run.write(folder, manifest(), [item()])
    (tmp_path / "given" / name).unlink()
    (tmp_path / "given" / name).symlink_to(tmp_path / "private" / name)
    with pytest.raises(ResultFileError, match=f"{name}: is a symbolic link"):
        read_submissions(tmp_path / "given")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "results.json")
    assert refusal(tmp_path / "results.json").problem == "is no file"


def test_a_name_in_a_file_leads_nowhere(tmp_path: Path) -> None:
    """The file of items is the one beside, whatever path is told."""
    secret = write_lines(tmp_path / "secret.jsonl", [sample()])
    content = every_eval_ever(
        detailed_evaluation_results={"format": "jsonl", "file_path": f"data/../../{secret.name}", "total_rows": 1}
    )
    found = read_one(write_json(tmp_path / "x" / "y.json", content))
    assert list(found.items()) == []


def test_bad_files_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", lm_eval_results())
    write_json(tmp_path / "b.json", lm_eval_results(results={"sums": {"acc,none": "?"}}))
    write_json(tmp_path / "c.json", {"name": "a-package"})
    write_json(tmp_path / ".hidden.json", [])
    write_json(tmp_path / ".git" / "x.json", [])
    problems: list[JaevalError] = []
    assert len(read_submissions(tmp_path, bad=problems.append)) == 1
    assert [Path(problem.file or "").name for problem in problems] == ["b.json", "c.json"]
    with pytest.raises(ResultFileError, match=r"b\.json: results\.sums\.acc,none"):
        read_submissions(tmp_path)


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(ResultFileError, match="no such file or folder"):
        read_submissions(tmp_path / "nowhere")
    with pytest.raises(ResultFileError, match="holds no results"):
        read_submissions(tmp_path)
    problems: list[JaevalError] = []
    assert read_submissions(tmp_path, bad=problems.append) == []
    assert len(problems) == 1


def test_a_file_that_changes_after_it_was_read(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / f"samples_sums_{DATE}.jsonl", [sample()])
    found = read_one(write_json(tmp_path / f"results_{DATE}.json", lm_eval_results()))
    rows.write_text("{")
    with pytest.raises(ResultFileError, match="line 1: is no JSON"):
        list(found.items())
    rows.unlink()
    with pytest.raises(ResultFileError, match="cannot be read"):
        list(found.items())


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.just([]),
    st.just({}),
    st.just({"a": [{"b": None}]}),
    st.just([[["x"]]]),
    st.just(-1),
    st.just(10**400),
)


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from places(value, (*path, key))


def with_junk(content: Any, path: tuple[Any, ...], junk: Any) -> Any:
    changed = copy.deepcopy(content)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    return changed


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(MAKERS)), junk=JUNK, data=st.data())
def test_any_value_in_any_field_is_read_or_refused(tmp_path: Path, name: str, junk: Any, data: st.DataObject) -> None:
    content = MAKERS[name]()
    path = data.draw(st.sampled_from(list(places(content))))
    file = tmp_path / "results.json"
    file.write_text(json.dumps(with_junk(content, path, junk)))
    with suppress(ResultFileError):
        for submission in read_submissions(file):
            assert all(score.value is None or abs(score.value) < float("inf") for score in submission.scores)
            assert all(score.n is None or score.n >= 0 for score in submission.scores)
            assert all(isinstance(v, bool | int | float | str) for v in submission.settings.values())
            json.dumps(submission.settings, ensure_ascii=False)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=JUNK, data=st.data())
def test_any_value_in_any_field_of_a_row_is_read_or_refused(tmp_path: Path, junk: Any, data: st.DataObject) -> None:
    row = sample()
    path = data.draw(st.sampled_from(list(places(row))))
    file = write_json(tmp_path / f"results_{DATE}.json", lm_eval_results())
    (tmp_path / f"samples_sums_{DATE}.jsonl").write_text(json.dumps(with_junk(row, path, junk)) + "\n")
    with suppress(ResultFileError):
        list(read_one(file).items())


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(MAKERS)), st.binary(min_size=1, max_size=20), st.floats(0, 1))
def test_any_bytes_overwritten_are_read_or_refused(tmp_path: Path, name: str, patch: bytes, place: float) -> None:
    content = json.dumps(MAKERS[name](), ensure_ascii=False).encode()
    start = int(place * len(content))
    file = tmp_path / "results.json"
    file.write_bytes(content[:start] + patch + content[start + len(patch) :])
    with suppress(ResultFileError):
        read_submissions(file)
