"""From submissions to a board: merging, missing, flags, ranks and where numbers came from."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from invented_run import item, manifest, task_record
from invented_submissions import DATE, ROOT, answered, items, score, spec, submission

from jaeval.errors import BoardError
from jaeval.leaderboard.board import Board, Row
from jaeval.leaderboard.build import Built, build_board
from jaeval.leaderboard.columns import slots_of
from jaeval.leaderboard.intervals import estimate_by_bca
from jaeval.leaderboard.spec import Spec
from jaeval.results.submission import Submission

TWO = spec("a", "b")


def built(definition: Spec, *submissions: Submission) -> Built:
    return build_board(definition, slots_of(definition), [(ROOT, submissions)])


def board_of(definition: Spec, *submissions: Submission) -> Board:
    return built(definition, *submissions).board


def row_of(board: Board, model: str) -> Row:
    return next(row for row in board.rows if row.model == model)


def kinds(row: Row) -> list[tuple[str, str]]:
    return [(flag.kind, flag.column) for flag in row.flags]


def test_a_board_is_sorted_and_says_where_numbers_came_from() -> None:
    given = (
        submission("low", score("a", 0.2, n=50), score("b", 0.4, n=50), file="x/low.json"),
        submission("high", score("a", 0.9, n=50, version="2", num_fewshot=3), score("b", 0.8, n=50), weight_hash="w"),
    )
    board = board_of(TWO, *given)
    assert [row.model for row in board.rows] == ["high", "low"]
    assert [row.overall.value for row in board.rows] == pytest.approx([0.85, 0.3])
    cell = board.rows[0].cells["a"]
    assert (cell.n, cell.method) == (50, "wilson")
    assert cell.provenance is not None
    assert (cell.provenance.source, cell.provenance.task_version, cell.provenance.num_fewshot) == ("high.json", "2", 3)
    assert row_of(board, "low").provenance[0].source == "x/low.json"
    assert board.date == DATE.isoformat()
    assert [(row.rank.low, row.rank.high) for row in board.rows if row.rank] == [(1, 1), (2, 2)]


def test_missing_is_missing_and_has_no_place() -> None:
    board = board_of(
        TWO,
        submission("whole", score("a", 0.2, n=50), score("b", 0.4, n=50)),
        submission("part", score("a", 0.9, n=50)),
        submission("none", score("a", 0.9, n=50), score("b", None, note="NaN in the source")),
    )
    assert [row.model for row in board.rows] == ["whole", "none", "part"]
    part, none = row_of(board, "part"), row_of(board, "none")
    assert (part.overall.value, part.rank, part.overall.missing) == (None, None, ("b",))
    assert (part.cells["b"].value, part.cells["b"].reason) == (None, "no submission has it")
    assert none.cells["b"].reason == "NaN in the source"
    assert kinds(part) == [("missing", "")]


def test_the_newest_submission_counts_task_by_task_and_conflicts_are_told() -> None:
    old = submission("m", score("a", 0.2, n=50), score("b", 0.4, n=50), file="old.json", date=DATE - timedelta(1))
    new = submission("m", score("a", 0.3, n=50), file="new.json")
    undated = submission("m", score("b", 0.4, n=50), file="again.json", date=None)
    row = board_of(TWO, undated, old, new).rows[0]
    assert (row.cells["a"].value, row.cells["b"].value) == (0.3, 0.4)
    told = {flag.column: flag.text["en"] for flag in row.flags if flag.kind == "conflict"}
    assert told == {"a": "the older old.json gives 20.00", "b": "again.json gives the same number again"}
    assert [origin.source for origin in row.provenance] == ["new.json", "old.json", "again.json"]


def test_a_newer_submission_without_a_number_does_not_hide_an_older_one() -> None:
    old = submission("m", score("a", 0.2, n=50), score("b", 0.4, n=50), date=DATE - timedelta(1), file="old.json")
    new = submission("m", score("a", None), file="new.json")
    assert board_of(TWO, old, new).rows[0].cells["a"].value == 0.2


def test_scores_of_other_weights_are_not_mixed_in() -> None:
    old = submission("m", score("b", 0.4), weight_hash="v1", date=DATE - timedelta(1), file="old.json")
    new = submission("m", score("a", 0.3), weight_hash="v2", file="new.json")
    board = board_of(TWO, old, new)
    assert board.rows[0].overall.missing == ("b",)
    assert [(entry.what, entry.why["en"]) for entry in board.left_out] == [
        ("m (old.json)", "there is a newer result of this name with other weights")
    ]


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_results_are_given_changes_nothing(shuffler: random.Random) -> None:
    given = [
        answered("x", {"a": [1.0, 0.0, 1.0], "b": [1.0, 1.0, 0.0]}),
        answered("y", {"a": [1.0, 1.0, 1.0], "b": [0.0, 1.0, 0.0]}),
        submission("x", score("a", 0.1), file="older.json", date=None),
        submission("z", score("b", 0.5, n=10)),
    ]
    before = board_of(TWO, *given)
    shuffler.shuffle(given)
    assert board_of(TWO, *given) == before


def test_filters_name_what_they_leave_out() -> None:
    filters = {"formats": ["lm-eval"], "harnesses": ["lm-*"], "models": ["org/*"], "files": ["result*.json"]}
    definition = spec("a", filters=filters | {"not_in": ["community"], "tasks": 1})
    board = board_of(
        definition,
        submission("org/kept", score("a", 0.5), file="org/result.json"),
        submission("org/format", score("a", 0.5), file="1/result.json", format="jp-stable"),
        submission("org/harness", score("a", 0.5), file="2/result.json", harness="other"),
        submission("model", score("a", 0.5), file="3/result.json"),
        submission("org/apart", score("a", 0.5), file="community/x/result.json"),
        submission("org/file", score("a", 0.5), file="4/other.json"),
        submission("org/tasks", score("a", 0.5), score("b", 0.5), file="5/result.json"),
    )
    assert [row.model for row in board.rows] == ["org/kept"]
    assert {entry.what.split()[0]: entry.why["en"] for entry in board.left_out} == {
        "org/format": "is of the format jp-stable",
        "org/harness": "was measured by other",
        "model": "is not among the board's models",
        "org/apart": "lies in community",
        "org/file": "its file is called other.json",
        "org/tasks": "has 2 tasks, and 1 are asked",
    }


def test_a_board_without_any_result_is_refused() -> None:
    with pytest.raises(BoardError, match=r"test: no result given is on it \(m: has no score of any task"):
        board_of(TWO, submission("m", score("other", 0.5)))


def test_uncertainty_comes_from_the_items_and_their_clusters() -> None:
    values = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    rows = items("a", values, cluster=["p", "p", "q", "q", "r", "r", "s", "s"])
    clustered = submission("clustered", score("a", 0.625, n=8, stderr=0.18), items=lambda: iter(rows))
    graded = [0.5, 0.25, 1.0, 0.75]
    board = board_of(spec("a"), clustered, answered("single", {"a": values}), answered("graded", {"a": graded}))
    cells = {row.model: row.cells["a"] for row in board.rows}
    assert {model: cell.method for model, cell in cells.items()} == {
        "clustered": "clustered",
        "single": "wilson",
        "graded": "t",
    }
    sums = np.array([0.75, -1.25, 0.75, -0.25])
    assert cells["clustered"].stderr == pytest.approx(float(np.sqrt(4 / 3 * (sums @ sums)) / 8))
    assert cells["graded"].stderr == pytest.approx(float(np.std(graded, ddof=1) / 2))


@pytest.mark.parametrize(
    ("told", "method", "n"),
    [
        ({"n": 250, "stderr": 0.031}, "wilson", 250),
        ({"n": 250, "stderr": 0.05}, "t", 250),
        ({"stderr": 0.05}, "normal", None),
        ({"n": 250, "metric": "f1"}, "", 250),
        ({"n": 250, "stderr": 0.02, "low": 0.5, "high": 0.7, "metric": "f1"}, "source", 250),
        ({}, "", None),
    ],
)
def test_uncertainty_without_items_is_what_the_source_allows(told: dict[str, Any], method: str, n: int | None) -> None:
    if method == "wilson":
        told["stderr"] = float(np.sqrt(0.6 * 0.4 / 249))
    cell = board_of(spec("a"), submission("m", score("a", 0.6, **told))).rows[0].cells["a"]
    assert (cell.value, cell.method, cell.n) == (0.6, method, n)
    assert (cell.low is None) == (method == "")


def test_the_number_of_items_follows_from_a_proportion_and_its_standard_error() -> None:
    told = score("a", 0.016, stderr=0.007951661188874339)
    cell = board_of(spec("a"), submission("m", told)).rows[0].cells["a"]
    assert (cell.n, cell.method) == (250, "wilson")


def test_items_that_contradict_their_score_are_told_and_not_used() -> None:
    rows = items("a", [1.0, 0.0, 0.0, 0.0])
    row = board_of(spec("a"), submission("m", score("a", 0.9), items=lambda: iter(rows))).rows[0]
    assert (row.cells["a"].value, row.cells["a"].stderr) == (0.9, None)
    assert [(flag.kind, flag.text["en"]) for flag in row.flags] == [("contradiction", "the mean of its items is 25.00")]


def test_runs_no_better_than_a_constant_answer_or_guessing_are_flagged() -> None:
    targets = ["yes"] * 70 + ["no"] * 30
    always = [float(target == "yes") for target in targets]
    better = [1.0] * 95 + [0.0] * 5

    def with_targets(model: str, values: list[float]) -> Submission:
        rows = items("a", values, target=targets)
        return submission(model, score("a", float(np.mean(values)), n=100), items=lambda: iter(rows))

    board = board_of(spec({"task": "a", "chance": 0.5}), with_targets("always", always), with_targets("better", better))
    assert board.rows[1].cells["a"].constant_level == pytest.approx(0.7)
    assert [row.cells["a"].constant for row in board.rows] == [False, True]
    assert kinds(row_of(board, "always")) == [("constant", "a")]
    guessing = board_of(spec({"task": "a", "chance": 0.5}), submission("m", score("a", 0.55, n=100))).rows[0]
    assert (guessing.cells["a"].constant, guessing.cells["a"].normalised) == (True, pytest.approx(0.1))


def test_rows_measured_otherwise_than_most_are_flagged() -> None:
    usual = [submission(f"m{number}", score("a", 0.5, n=20, version="1", num_fewshot=5)) for number in range(3)]
    odd = submission("odd", score("a", 0.5, n=30, version="2", num_fewshot=0, metric="acc_norm"))
    row = row_of(board_of(spec("a"), *usual, odd), "odd")
    assert {flag.text["en"] for flag in row.flags if flag.kind == "mixed"} == {
        "its metric is acc_norm, of most acc",
        "version 2 of the task, where most have 1",
        "30 items, where most have 20",
        "0 few-shot examples, where most have 5",
    }
    assert row.cells["a"].metric == "acc_norm"


def test_fewer_items_than_the_board_asks_for_and_failed_ones_are_told() -> None:
    definition = spec({"task": "a", "items": 20})
    row = board_of(definition, submission("m", score("a", 0.5, n=10, failed=2, truncated=3))).rows[0]
    assert [(flag.kind, flag.text["en"]) for flag in row.flags] == [
        ("failed", "2 items have no answer"),
        ("truncated", "3 answers were cut at the limit"),
        ("mixed", "10 of 20 items"),
    ]


def test_a_score_without_a_scale_is_not_taken_for_a_fraction() -> None:
    given = submission("m", score("a", 23.4, metric="bleu"))
    cell = board_of(spec("a"), given).rows[0].cells["a"]
    assert (cell.value, cell.reason) == (None, "23.4 is no fraction; the definition gives no scale for it")
    board = board_of(spec({"task": "a", "metrics": {"bleu": 1}}), given)
    assert (board.rows[0].cells["a"].value, board.columns[0].scale) == (23.4, 1.0)
    assert board.rows[0].overall.value == pytest.approx(0.234)


def test_a_column_takes_the_first_metric_that_it_prefers_and_the_filter_it_names() -> None:
    scores = (
        score("a", 0.1, metric="acc", filter="flexible", primary=False),
        score("a", 0.2, metric="acc", filter="strict"),
        score("a", 0.3, metric="exact_match", primary=False),
    )
    given = submission("m", *scores)

    def value(**fields: Any) -> float | None:
        return board_of(spec({"task": "a"} | fields), given).rows[0].cells["a"].value

    assert value() == 0.2
    assert value(filter="flexible") == 0.1
    assert value(metrics={"f1": 100, "exact_match": 100}) == 0.3
    assert value(names=["nothing", "a*"]) == 0.2


def test_models_on_shared_items_are_ranked_together() -> None:
    base = [1.0, 0.0] * 40
    one_better = [1.0] * 18 + base[18:]
    board = board_of(spec("a"), answered("base", {"a": base}), answered("better", {"a": one_better}))
    assert "resampled together" in board.rank_method["en"]
    assert [(row.rank.low, row.rank.high) for row in board.rows if row.rank] == [(1, 1), (2, 2)]


def test_without_standard_errors_there_are_places_but_no_rank_intervals() -> None:
    given = [submission(f"m{number}", score("a", number / 10, metric="f1")) for number in (2, 5, 5)[:2]]
    board = board_of(spec("a"), *given, submission("m9", score("a", 0.5, metric="f1")))
    assert [(row.rank.place, row.rank.low) for row in board.rows if row.rank] == [(1, None), (1, None), (3, None)]
    assert board.rank_method["en"].startswith("No rank intervals")


def test_details_come_from_the_definition_first_and_links_are_links() -> None:
    definition = spec("a", models={"m": {"licence": "MIT"}})
    told = {"parameters": 7_000_000_000, "licence": "x" * 500, "kind": "base", "url": "javascript:alert(1)"}
    board = board_of(
        definition,
        submission("m", score("a", 0.5), details=told),
        submission("n", score("a", 0.4), details=told | {"url": "https://example.com/n"}),
    )
    details = board.rows[0].details
    assert (details.parameters, details.licence, details.kind, details.url) == (7_000_000_000, "MIT", "base", "")
    assert (len(board.rows[1].details.licence), board.rows[1].details.url) == (100, "https://example.com/n")


def test_the_items_behind_a_row_are_called_as_its_columns_are() -> None:
    definition = spec({"task": "quiz", "names": ["quiz-*"]})
    old = answered("m", {"quiz-1.0": [1.0, 0.0]}, date=DATE - timedelta(1), file="old.json")
    made = built(definition, old, submission("m", score("other", 0.5), file="new.json"))
    behind = list(made.submissions["m"].items())
    assert [(item.task, item.item) for item in behind] == [("quiz", "quiz-1.0-0"), ("quiz", "quiz-1.0-1")]
    assert made.board.rows[0].cells["quiz"].value == 0.5


def test_the_same_document_twice_in_a_task_is_two_items() -> None:
    rows = [replace(item, item="same") for item in items("a", [1.0, 0.0, 1.0])]
    board = board_of(spec("a"), submission("m", score("a", 2 / 3, n=3), items=lambda: iter(rows)))
    assert (board.rows[0].cells["a"].n, board.rows[0].cells["a"].method) == (3, "wilson")


def test_every_file_read_is_named_with_its_hash(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"{}")
    given = submission("m", score("a", 0.5))
    definition = spec("a")
    board = build_board(
        definition, slots_of(definition), [(tmp_path, [replace(given, source=tmp_path / "b.json")])]
    ).board
    assert [(entry.path, entry.sha256) for entry in board.built_from] == [("b.json", hashlib.sha256(b"{}").hexdigest())]


def test_domains_have_numbers_of_their_own() -> None:
    definition = spec(*({"task": task, "domain": domain} for task, domain in (("a", "x"), ("b", "x"), ("c", "y"))))
    board = board_of(definition, submission("m", score("a", 0.2), score("b", 0.4), score("c", 0.9)))
    row = board.rows[0]
    assert board.domains == ("x", "y")
    assert (row.domains["x"].value, row.domains["y"].value) == (pytest.approx(0.3), pytest.approx(0.9))
    assert row.overall.value == pytest.approx(0.6)
    assert "the mean of 2 domains (x, y)" in board.rule["en"]


def test_chance_normalised_boards_rank_by_what_is_above_chance() -> None:
    definition = spec({"task": "a", "chance": 0.5}, {"task": "b", "chance": 0.0}, normalisation="chance")
    easy = submission("easy", score("a", 0.9, n=200), score("b", 0.2, n=200))
    hard = submission("hard", score("a", 0.6, n=200), score("b", 0.6, n=200))
    board = board_of(definition, easy, hard)
    totals = {row.model: row.overall for row in board.rows}
    assert totals["easy"].value == totals["easy"].normalised == pytest.approx(0.5)
    assert totals["hard"].value == pytest.approx(0.4)
    assert totals["hard"].raw == pytest.approx(0.6)
    assert [row.model for row in board.rows] == ["easy", "hard"]
    assert totals["hard"].low is not None
    assert totals["hard"].low < 0.4 < (totals["hard"].high or 0)
    assert "(score − chance) / (1 − chance)" in board.rule["en"]


NUMBERS = st.none() | st.floats() | st.sampled_from([0.0, 1.0, 0.5])


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.none() | st.integers(-2, 9)),
        min_size=1,
        max_size=5,
    ),
    st.lists(NUMBERS, max_size=6),
)
@example([("a", 0.0, 1.8e-166, None, None, None)], [])
@example([("a", 0.5, 5e-324, None, None, None)], [])
def test_whatever_numbers_a_submission_has_the_board_is_finite(rows: list[tuple[Any, ...]], values: list[Any]) -> None:
    own = items("a", [None if value is None or not np.isfinite(value) else value for value in values])
    scores = [
        score(task, value, stderr=stderr, low=low, high=high, n=n, chance=0.5)
        for task, value, stderr, low, high, n in rows
    ]
    given = (
        submission("m", *scores, items=lambda: iter(own)),
        submission("n", score("a", 0.5, n=4), score("b", 0.5, n=4)),
    )
    for row in board_of(TWO, *given).rows:
        for number in (*row.cells.values(), row.overall):
            found = (number.value, number.stderr, number.low, number.high, number.normalised)
            assert all(value is None or np.isfinite(value) for value in found)
            if number.low is not None and number.high is not None and number.value is not None:
                assert number.low <= number.value <= number.high


def test_a_corpus_metric_of_a_run_gets_its_interval_from_the_runs_items(tmp_path: Path) -> None:
    from jaeval.metrics.classification import macro_f1
    from jaeval.results.imports import read_submissions
    from jaeval.results.run import Run

    random = np.random.default_rng(10)
    pairs = [(int(gold), int(gold if random.random() < 0.7 else 1 - gold)) for gold in random.integers(0, 2, 60)]
    rows = [
        item(doc_id=place, doc={"report": f"r{place // 3}"}, doc_hash=str(place), scores={"none": {"f1": list(pair)}})
        for place, pair in enumerate(pairs)
    ]
    record = task_record(
        {"f1": "jaeval.metrics.classification.macro_f1"}, n=60, config={"metadata": {"cluster": "report"}}
    )
    (tmp_path / "run").mkdir()
    Run.write(tmp_path / "run", manifest({"sums": record}), rows)
    definition = spec("sums")
    board = build_board(definition, slots_of(definition), [(tmp_path, read_submissions(tmp_path))]).board
    cell = board.rows[0].cells["sums"]
    expected = estimate_by_bca(pairs, macro_f1, [f"r{place // 3}" for place in range(60)])
    assert cell.method == "bca"
    assert (cell.low, cell.high, cell.stderr) == pytest.approx((expected.low, expected.high, expected.stderr))
    assert cell.value == pytest.approx(macro_f1(pairs))
    assert board.rows[0].overall.low == pytest.approx(cell.low)
