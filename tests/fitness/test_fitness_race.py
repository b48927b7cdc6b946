"""`Fitness.race` on a scripted engine: what it asks, what it costs, and what fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch and safetensors")

from scripted_candidates import SkilledEngine, weights

from jaeval.errors import FitnessError
from jaeval.fitness import Budget, Fitness

pytestmark = pytest.mark.extras
Make = Callable[..., Fitness]


def test_it_races_candidates_and_asks_less(make: Make) -> None:
    engine = SkilledEngine()
    with make("adding", engine=engine) as fitness:
        result = fitness.race([weights(5), weights(58), weights(20)], incumbent=weights(30))
    assert result.winner == 1
    assert result.items == len(engine.prompts) < 240
    assert [duel.decision for duel in result.duels] == ["not better", "better", "worse"]


def test_candidates_that_fail_are_out(make: Make) -> None:
    bad = weights(99) | {"model.norm.weight": np.ones(4)}
    nan = {name: tensor * float("nan") for name, tensor in weights(99).items()}
    for penalty in (None, -1.0):
        with make("adding", penalty=penalty) as fitness:
            result = fitness.race([nan, bad, weights(58)], incumbent=weights(10))
        assert result.winner == 2
        assert [duel.decision for duel in result.duels] == ["failed", "failed", "better"]
        assert "not finite" in str(result.duels[0].failure)


def test_a_failing_incumbent_is_an_error(make: Make) -> None:
    nan = {name: tensor * float("nan") for name, tensor in weights(99).items()}
    with make("adding", penalty=0.0) as fitness, pytest.raises(FitnessError, match="not finite"):
        fitness.race([weights(1)], incumbent=nan)


def test_the_budget_ends_it_and_what_was_shown_stands(make: Make) -> None:
    with make("adding", budget=Budget(items=200)) as fitness:
        result = fitness.race([weights(58), weights(59), weights(60)], incumbent=weights(10))
    assert not result.complete
    assert sorted(duel.decision for duel in result.duels) == ["better", "out of budget", "out of budget"]
    assert result.duels[result.winner].decision == "better"


def test_a_budget_for_nothing_keeps_the_incumbent(make: Make) -> None:
    with make("adding", budget=Budget(items=100)) as fitness:
        result = fitness.race([weights(58), weights(59), weights(60)], incumbent=weights(10))
    assert (result.complete, result.winner) == (False, -1)
    assert {duel.decision for duel in result.duels} == {"out of budget"}


def test_merges_are_made_anew_and_not_kept(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def merge(configuration: Any) -> Any:
        made.append(configuration["skill"])
        return iter(weights(configuration["skill"]).items())

    monkeypatch.setattr("jaeval.fitness.search.merge.merge", merge)
    with make("adding") as fitness:
        result = fitness.race([{"skill": 55}, {"skill": 58}], incumbent={"skill": 54})
    assert result.items == 180
    assert sorted(made) == [54, 54, 55, 55, 58, 58]


def test_where_all_fail_there_is_no_best(make: Make) -> None:
    nan = {name: tensor * float("nan") for name, tensor in weights(99).items()}
    with make("adding", penalty=0.0) as fitness, pytest.raises(FitnessError, match="every candidate failed"):
        fitness.race([nan, nan])
