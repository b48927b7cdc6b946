"""Several candidates at a time: whoever is done first, the search is that of one after another."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from scripted_search import KINDS, SAMPLERS, configuration, go, trials

from jaeval.errors import MergeError, SearchError
from jaeval.fitness.search import run as run_module
from jaeval.fitness.search.config import SamplerSettings, SearchConfig
from jaeval.fitness.search.pool import LocalPool
from jaeval.fitness.search.run import Searched
from jaeval.fitness.search.samplers import make_sampler
from jaeval.fitness.search.space import Genotype, Parameter


class Shuffled(LocalPool):
    """Completes what was submitted in any order, and notes how much was under way."""

    size = 4
    draw = random.Random(0)
    most = 0
    dies_after: int | None = None

    def completed(self) -> tuple[Any, dict[str, Any]]:
        Shuffled.most = max(Shuffled.most, len(self._waiting))
        assert len(self._waiting) <= self.size
        if Shuffled.dies_after is not None:
            Shuffled.dies_after -= 1
            if Shuffled.dies_after < 0:
                raise KeyboardInterrupt
        self._waiting.rotate(-self.draw.randrange(len(self._waiting)))
        return super().completed()


@pytest.fixture
def shuffled(monkeypatch: pytest.MonkeyPatch) -> type[Shuffled]:
    monkeypatch.setattr(run_module, "LocalPool", Shuffled)
    monkeypatch.setattr(Shuffled, "draw", random.Random(5))
    monkeypatch.setattr(Shuffled, "most", 0)
    monkeypatch.setattr(Shuffled, "dies_after", None)
    return Shuffled


@pytest.mark.parametrize("sampler", SAMPLERS, ids=KINDS)
class TestTheSameSearch:
    @pytest.fixture
    def whole(self, sampler: dict[str, Any], parents: dict[str, Path], tmp_path: Path) -> Searched:
        return go(configuration(parents, tmp_path / "whole", sampler=sampler), fails=0.1)

    @pytest.fixture
    def config(self, sampler: dict[str, Any], parents: dict[str, Path], tmp_path: Path) -> SearchConfig:
        return configuration(parents, tmp_path / "four", sampler=sampler)

    def test_in_whatever_order_they_are_completed(
        self, whole: Searched, config: SearchConfig, tmp_path: Path, shuffled: type[Shuffled]
    ) -> None:
        found = go(config, fails=0.1)
        assert shuffled.most == 4
        assert trials(found) == trials(whole)
        assert found.summary | {"seconds": 0} == whole.summary | {"seconds": 0}
        lines = (tmp_path / "four" / "trials.jsonl").read_text("utf-8").splitlines()
        assert sorted(json.loads(line)["number"] for line in lines) == list(range(23))

    @pytest.mark.parametrize("after", [1, 3, 8, 14, 22])
    def test_after_a_kill_what_was_completed_is_not_repeated(
        self, after: int, whole: Searched, config: SearchConfig, tmp_path: Path, shuffled: type[Shuffled]
    ) -> None:
        log = tmp_path / "asked.log"
        shuffled.dies_after = after
        with pytest.raises(KeyboardInterrupt):
            go(config, log, fails=0.1)
        shuffled.dies_after = None
        found = go(config, log, fails=0.1, resume=True)
        assert trials(found) == trials(whole)
        assert found.chosen == whole.chosen
        asked = [line for line in log.read_text("utf-8").splitlines() if line.startswith("search")]
        assert len(asked) == 23


@pytest.mark.parametrize("sampler", SAMPLERS, ids=KINDS)
@pytest.mark.parametrize("ahead", [2, 3, 7, 100])
def test_what_is_asked_ahead_is_what_is_asked_in_turn(sampler: dict[str, Any], ahead: int) -> None:
    space = [Parameter(f"p{number}", 0.0, 1.0, 0.5) for number in range(4)]

    def proposed(most: int) -> list[Genotype]:
        made, found, waiting = make_sampler(SamplerSettings(**sampler), space, 3), list[Genotype](), list[Genotype]()
        while len(found) < 60:
            while made.ready and len(waiting) < most:
                genotype = made.ask()
                assert genotype is not None
                waiting.append(genotype)
            genotype = waiting.pop(0)
            made.tell(genotype, -sum((value - 0.7) ** 2 for value in genotype.values()))
            found.append(genotype)
        return found

    assert proposed(ahead) == proposed(1)


def test_a_budget_allows_the_trials_that_it_allows_one_after_another(
    parents: dict[str, Path], tmp_path: Path, shuffled: type[Shuffled]
) -> None:
    found = go(configuration(parents, tmp_path / "out", budget={"items": 80 * 6 + 79}))
    assert len(found.trials) == 6


def test_a_trial_that_stands_twice_is_refused(parents: dict[str, Path], tmp_path: Path) -> None:
    config = configuration(parents, tmp_path / "out")
    go(config)
    log = tmp_path / "out" / "trials.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:6], lines[3], *lines[6:]]))
    with pytest.raises(SearchError, match=r"trials.jsonl: line 7: trial 3 stands there twice"):
        go(config, resume=True)


def test_the_end_is_spread_too(parents: dict[str, Path], tmp_path: Path, shuffled: type[Shuffled]) -> None:
    found = go(configuration(parents, tmp_path / "out"))
    steps = [json.loads(line) for line in (tmp_path / "out" / "protocol.jsonl").read_text("utf-8").splitlines()]
    assert [step["step"] for step in steps] == [
        "frozen",
        *["selection"] * 3,
        "chosen",
        "report opened",
        *["report"] * 3,
    ]
    assert sorted(step["who"] for step in steps[-3:]) == ["ja", "math", "merged"]
    assert list(found.summary["report"]["scores"]) == ["merged", "math", "ja"]


def test_a_selection_that_fails_ends_the_search(
    parents: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(configuration(parents, tmp_path / "out"))
    (tmp_path / "out" / "protocol.jsonl").unlink()
    with pytest.raises(MergeError, match="cannot be merged"):  # no penalty stands for a frozen one
        go(configuration(parents, tmp_path / "out"), fails=2.0, resume=True)
