from __future__ import annotations

import json

from command_line import Command

from jaeval.suites import SUITES


def test_all_are_listed_with_their_size(command: Command) -> None:
    found = command("suites")
    assert (found.code, found.err) == (0, "")
    assert all(name in found.out for name in SUITES)
    assert "(default)" in found.out
    assert "`jaeval suites NAME` shows its tasks" in found.out


def test_one_is_shown_with_weights_that_sum_to_one_in_each_part(command: Command) -> None:
    suite = json.loads(command("suites", "ja-core", "--json").out)
    assert suite["split"] == "report"
    for part in suite["parts"]:
        rows = [row for row in suite["tasks"] if row["part"] == part]
        assert abs(sum(row["weight"] for row in rows) - 1) < 1e-9
        assert all(row["chance"] is not None and row["items"] > 0 for row in rows)
    assert "jcommonsenseqa" in command("suites", "ja-core").out


def test_an_unknown_one_is_refused(command: Command) -> None:
    found = command("suites", "none")
    assert found.code == 2
    assert "no suite 'none'" in found.err
    assert "ja-core" in found.err


def test_a_run_of_a_suite_shows_its_numbers(command: Command) -> None:
    found = command("run", "x", "--suite", "procedural", "-n", 2, "--engine", "scripted_engines:make", "--out", "r")
    assert found.code == 0, found.err
    for part in ("procedural: math", "procedural: finance", "procedural: reasoning"):
        assert part in found.out


def test_a_groups_name_lists_its_tasks(command: Command) -> None:
    rows = json.loads(command("tasks", "jnli_jpstable_1_3", "--json").out)
    assert [row["task"] for row in rows] == [f"jnli_jpstable_1_3_0_{version}" for version in range(2, 7)]
    assert "jmmlu_anatomy" in command("tasks", "jmmlu_stem").out
