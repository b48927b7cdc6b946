"""The search with made-up scores: log, resume after kills, failures, protocol, what it leaves behind."""

from __future__ import annotations

import json
import multiprocessing
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from scripted_search import KINDS, SAMPLERS, configuration, go, go_slowly, trials

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.errors import JaevalError, SearchError
from jaeval.fitness.search.log import Trial, read_lines


@pytest.mark.parametrize("sampler", SAMPLERS, ids=KINDS)
def test_a_resumed_search_is_the_undisturbed_one(
    sampler: dict[str, Any], parents: dict[str, Path], tmp_path: Path
) -> None:
    whole = go(configuration(parents, tmp_path / "whole", sampler=sampler))
    first = configuration(parents, tmp_path / "parts", sampler=sampler, trials=23)
    go(first)
    log = tmp_path / "parts" / "trials.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:9]) + lines[9][:40])  # as a kill leaves it
    (tmp_path / "parts" / "protocol.jsonl").unlink()
    asked = tmp_path / "asked.log"
    again = go(first, asked, resume=True)
    assert trials(again) == trials(whole)
    assert again.chosen == whole.chosen
    assert sum(line.startswith("search") for line in asked.read_text("utf-8").splitlines()) == 23 - 9


def test_a_search_killed_at_many_moments_repeats_no_trial(parents: dict[str, Path], tmp_path: Path) -> None:
    expected = go(configuration(parents, tmp_path / "whole"))
    config = configuration(parents, tmp_path / "killed")
    asked, begun, log = tmp_path / "asked.log", tmp_path / "begun", tmp_path / "killed" / "trials.jsonl"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scripted_search", "torch", "cmaes", "safetensors.torch"])
    moments = random.Random(3)
    logged = [0]
    for _ in range(5):
        begun.unlink(missing_ok=True)
        process = context.Process(target=go_slowly, args=(config, asked, begun))
        process.start()
        while process.is_alive() and (
            not begun.exists() or len(read_lines(log, Trial) if log.exists() else []) == logged[-1]
        ):
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.1))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        logged.append(len(read_lines(log, Trial)))
    process = context.Process(target=go_slowly, args=(config, asked, begun))
    process.start()
    process.join()
    assert process.exitcode == 0
    found = go(config, resume=True)
    assert trials(found) == trials(expected)
    assert found.chosen == expected.chosen
    searched = [line for line in asked.read_text("utf-8").splitlines() if line.startswith("search")]
    # A trial under way when the kill comes is asked again; one that was logged never is.
    assert len(searched) <= 23 + 5
    assert len(set(searched)) == len({json.dumps(trial.genotype, sort_keys=True) for trial in found.trials})
    assert logged == sorted(logged)
    assert 0 < logged[1] < 23


def test_a_finished_search_asks_nothing_again(parents: dict[str, Path], tmp_path: Path) -> None:
    config, asked = configuration(parents, tmp_path / "out"), tmp_path / "asked.log"
    first = go(config)
    again = go(config, asked, resume=True)
    assert not asked.exists()
    assert again.summary == first.summary


def test_the_end_is_taken_up_where_it_stopped(parents: dict[str, Path], tmp_path: Path) -> None:
    config, asked = configuration(parents, tmp_path / "out"), tmp_path / "asked.log"
    first = go(config)
    log = tmp_path / "out" / "protocol.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    steps = [json.loads(line)["step"] for line in lines]
    assert steps == ["frozen", *["selection"] * 3, "chosen", "report opened", *["report"] * 3]
    log.write_bytes(b"".join(lines[:-1]))
    assert go(config, asked, resume=True).summary == first.summary
    assert asked.read_text("utf-8").splitlines() == ["report ja"]
    opened = [line for line in log.read_text("utf-8").splitlines() if "report opened" in line]
    assert len(opened) == 2  # whoever looks twice is seen


class TestFailures:
    def test_they_have_the_penalty_and_the_search_goes_on(self, parents: dict[str, Path], tmp_path: Path) -> None:
        found = go(configuration(parents, tmp_path / "out"), fails=0.4)
        failed = [trial for trial in found.trials if trial.failure]
        assert 0 < len(failed) < 23
        assert all(trial.score == 0.0 and "cannot be merged" in (trial.failure or "") for trial in failed)
        assert all(trial.genotype["math.weight"] < 0.4 for trial in failed)
        assert found.summary["failed"] == len(failed)
        assert found.chosen not in [trial.number for trial in failed]

    def test_where_all_fail_there_is_no_winner(self, parents: dict[str, Path], tmp_path: Path) -> None:
        with pytest.raises(SearchError, match=r"no trial of 23 has a score of its own .*cannot be merged"):
            go(configuration(parents, tmp_path / "out"), fails=2.0)

    def test_a_damaged_line_is_named(self, parents: dict[str, Path], tmp_path: Path) -> None:
        config = configuration(parents, tmp_path / "out")
        go(config)
        log = tmp_path / "out" / "trials.jsonl"
        lines = log.read_bytes().splitlines(keepends=True)
        log.write_bytes(lines[0] + b'{"number": 1\n' + b"".join(lines[2:]))
        with pytest.raises(SearchError, match=r"trials.jsonl: line 2: is damaged"):
            go(config, resume=True)

    def test_a_log_of_other_proposals_is_refused(self, parents: dict[str, Path], tmp_path: Path) -> None:
        config = configuration(parents, tmp_path / "out")
        go(config)
        log = tmp_path / "out" / "trials.jsonl"
        lines = log.read_text("utf-8").splitlines()
        trial = json.loads(lines[4])
        trial["genotype"]["ja.weight"] += 1e-9
        lines[4] = json.dumps(trial)
        log.write_text("\n".join(lines) + "\n", "utf-8")
        with pytest.raises(SearchError, match=r"trial 4: genotype: is not what this configuration"):
            go(config, resume=True)


class TestFolder:
    def test_a_search_is_not_overwritten(self, parents: dict[str, Path], tmp_path: Path) -> None:
        go(configuration(parents, tmp_path / "out", trials=5))
        with pytest.raises(SearchError, match=r"out: holds a search already\. Add --resume"):
            go(configuration(parents, tmp_path / "out", trials=5))

    def test_other_files_are_left_alone(self, parents: dict[str, Path], tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.tex").write_text("years of work")
        with pytest.raises(SearchError, match=r"holds other files \(thesis.tex\)"):
            go(configuration(parents, tmp_path / "out"), resume=True)

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"seed": 8}, "seed"),
            ({"merge": {"method": "ties"}}, "merge"),
            ({"sampler": {"name": "random"}}, "sampler"),
            ({"fitness": {"tasks": ["sums"], "items": 3}}, "fitness"),
        ],
        ids=["seed", "merge", "sampler", "fitness"],
    )
    def test_another_search_is_not_resumed(
        self, changes: dict[str, Any], named: str, parents: dict[str, Path], tmp_path: Path
    ) -> None:
        go(configuration(parents, tmp_path / "out", trials=5))
        with pytest.raises(SearchError, match=f"--resume: the search in it differs in {named}"):
            go(configuration(parents, tmp_path / "out", trials=5, **changes), resume=True)

    def test_other_parents_under_the_same_names_are_noticed(self, family: dict[str, Path], tmp_path: Path) -> None:
        go(configuration({"math": family["math"], "ja": family["ja"]}, tmp_path / "out", trials=5))
        with pytest.raises(SearchError, match="differs in hashes"):
            go(configuration({"math": family["math"], "ja": family["base"]}, tmp_path / "out", trials=5), resume=True)

    def test_the_report_closes_a_search(self, parents: dict[str, Path], tmp_path: Path) -> None:
        go(configuration(parents, tmp_path / "out", trials=5))
        more = go(configuration(parents, tmp_path / "out", trials=20), resume=True)
        assert len(more.trials) == 5


def test_a_budget_of_items_ends_the_trials(parents: dict[str, Path], tmp_path: Path) -> None:
    found = go(configuration(parents, tmp_path / "out", budget={"items": 80 * 6 + 79}))
    assert len(found.trials) == 6


def test_without_selection_and_report(parents: dict[str, Path], tmp_path: Path) -> None:
    found = go(configuration(parents, tmp_path / "out", selection=None, report=None))
    assert found.chosen == found.best.number
    assert "Nothing was reported" in (tmp_path / "out" / "merged" / "README.md").read_text("utf-8")


def test_what_a_search_leaves_behind(parents: dict[str, Path], tmp_path: Path) -> None:
    found = go(configuration(parents, tmp_path / "out"))
    merged = tmp_path / "out" / "merged"
    assert open_checkpoint(merged).config["architectures"] == ["LlamaForCausalLM"]
    held = {file.name for file in merged.iterdir()}
    assert {"model.safetensors", "tokenizer.json", "genotype.json", "mergekit_config.yml", "README.md"} <= held
    assert json.loads((merged / "genotype.json").read_text("utf-8"))["genotype"] == found.summary["genotype"]
    card = (merged / "README.md").read_text("utf-8")
    for text in ("among 23 trials", "| math | `", "Points, with 95 %", "allowing for that choice"):
        assert text in card
    assert {file.name for file in (tmp_path / "out" / "plots").iterdir()} == {"search.svg", "numbers.svg", "report.svg"}
    report = found.summary["report"]
    assert set(report["scores"]) == {"merged", "math", "ja"}
    assert report["differences"]["ja"]["low"] > 0
    wide = found.summary["search"]["interval"]
    assert wide["low"] < found.summary["search"]["score"] - 1.96 * found.summary["search"]["se"]


def test_a_parent_of_another_architecture_is_refused(family: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(JaevalError, match=r"hidden_size: 64 does not fit 32 of ja"):
        go(configuration({"ja": family["ja"], "wider": family["wider"]}, tmp_path / "out"))
