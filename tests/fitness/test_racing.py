"""Racing saves items, picks the winner that a full evaluation would, and does not switch without evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from race_simulation import REPEATS, invented, recorded, simulate
from scipy.special import betaln

from jaeval.errors import FitnessError
from jaeval.fitness.evidence import MIXTURE, Evidence, log_e_value
from jaeval.fitness.racing import Racer, race_values


def racer(values: Sequence[float]) -> Racer:
    return lambda places: list(values[places.start : places.stop])


class TestEvidence:
    @given(st.integers(0, 2000), st.integers(0, 2000))
    def test_the_e_value_is_the_beta_mixture(self, wins: int, losses: int) -> None:
        expected = (wins + losses) * math.log(2) + betaln(MIXTURE + wins, MIXTURE + losses) - betaln(MIXTURE, MIXTURE)
        assert log_e_value(wins, losses) == pytest.approx(expected, abs=1e-8)

    @given(st.integers(0, 60), st.integers(0, 60))
    def test_it_is_a_martingale_under_a_fair_coin(self, wins: int, losses: int) -> None:
        """What makes Ville's inequality hold: the next item leaves it as it is, on average."""
        after = (math.exp(log_e_value(wins + 1, losses)) + math.exp(log_e_value(wins, losses + 1))) / 2
        assert after == pytest.approx(math.exp(log_e_value(wins, losses)))

    @given(st.lists(st.sampled_from([-1.0, -0.2, 0.0, 0.5, 1.0]), max_size=80), st.integers(1, 30))
    def test_blocks_say_what_single_items_say(self, differences: list[float], block: int) -> None:
        whole, blocks = Evidence(), Evidence()
        whole.add(differences)
        for start in range(0, len(differences), block):
            blocks.add(differences[start : start + block])
        assert whole == blocks
        assert whole.wins == sum(value > 0 for value in differences)
        assert whole.losses == sum(value < 0 for value in differences)

    def test_one_sided_evidence(self) -> None:
        evidence = Evidence()
        evidence.add([1.0] * 12)
        assert evidence.is_better(0.01)
        assert not evidence.is_worse(0.5)
        evidence.add([-1.0] * 60)
        assert evidence.is_worse(0.01)
        assert evidence.is_better(0.01)  # it was, at its time: that is what may be looked at at any time
        assert not evidence.can_still_win(10, 0.01)
        assert evidence.can_still_win(500, 0.01)

    def test_a_fair_coin_is_seldom_called_unfair(self) -> None:
        random = np.random.default_rng(5)
        called = 0
        for _ in range(2000):
            evidence = Evidence()
            evidence.add(random.choice([-1.0, 1.0], 1000))
            called += evidence.is_better(0.05) or evidence.is_worse(0.05)
        assert 0 < called / 2000 <= 0.05


class TestRace:
    def test_the_best_wins_and_losers_cost_little(self) -> None:
        random = np.random.default_rng(1)
        values = [(random.random(1000) < p).astype(float) for p in (0.3, 0.2, 0.8, 0.1)]
        result = race_values([racer(row) for row in values], None, 1000)
        assert result.winner == 2
        assert [(duel.challenger, duel.decision) for duel in result.duels] == [(0, "worse"), (1, "worse"), (3, "worse")]
        assert result.full == 4000
        assert result.items < 2000
        assert result.complete

    def test_an_incumbent_stays_where_nothing_is_better(self) -> None:
        same = [1.0, 0.0] * 100
        result = race_values([racer(same), racer(same)], racer(same), 200)
        assert (result.winner, result.full) == (-1, 600)
        assert {duel.decision for duel in result.duels} == {"not better"}

    def test_higher_takes_the_higher_mean_at_the_end(self) -> None:
        base = [1.0, 0.0] * 50
        better = [1.0, *base[1:-1], 1.0]
        assert race_values([racer(better)], racer(base), 100).winner == -1
        result = race_values([racer(better)], racer(base), 100, undecided="higher")
        assert (result.winner, result.duels[0].decision, result.items) == (0, "higher", 200)

    def test_graded_scores_count_by_their_sign(self) -> None:
        a, b = [0.5] * 300, [0.51] * 300
        result = race_values([racer(b)], racer(a), 300)
        assert (result.winner, result.duels[0].wins) == (0, 32)

    def test_alpha_is_split_over_the_candidates(self) -> None:
        """One challenger with 10 wins is enough at alpha; one among fifty is not."""
        base, better = [0.0] * 100, [1.0] * 10 + [0.0] * 90
        assert race_values([racer(better)], racer(base), 100, first_block=8).winner == 0
        others = [racer(base)] * 49
        assert race_values([racer(better), *others], racer(base), 100, first_block=8).winner == -1

    @pytest.mark.parametrize("settings", [{"alpha": 0.0}, {"alpha": 1.0}, {"drop": 0.0}])
    def test_levels_are_checked(self, settings: dict[str, float]) -> None:
        with pytest.raises(FitnessError, match="must lie between 0 and 1"):
            race_values([racer([1.0])], racer([1.0]), 1, **settings)  # type: ignore[arg-type]

    def test_without_candidates(self) -> None:
        with pytest.raises(FitnessError, match="needs a candidate"):
            race_values([], racer([1.0]), 1)


def test_races_find_the_best_and_save_items() -> None:
    """The simulation in small; `race_simulation.py` run as a script gives the whole table."""
    outcome = simulate(invented(12, 400, 10), 300, seed=3)
    assert outcome.saved > 0.5
    assert outcome.same > 0.9
    assert outcome.regret < 0.2


def test_equal_candidates_seldom_replace_an_incumbent() -> None:
    assert simulate(invented(12, 400, 0), 300, seed=4, incumbent=True).false_switches <= 0.05


def test_recorded_results_are_raced() -> None:
    matrix, _ = invented(20, 300, 10)(np.random.default_rng(2))
    outcome = simulate(recorded(matrix, 8), 100, seed=5)
    assert outcome.saved > 0.4
    assert outcome.same > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("spread", "saved"), [(10, 0.7), (5, 0.5), (2, 0.25), (0, 0.1)])
def test_many_races(spread: float, saved: float) -> None:
    """2,000 races of 12 candidates over 1,069 items: the figures in the report."""
    best = simulate(invented(12, 1069, spread), REPEATS, seed=6)
    print(f"\nfor the best, spread {spread} points: {best}")
    assert best.saved >= saved
    assert best.same >= 0.93
    against = simulate(invented(12, 1069, spread), REPEATS, seed=6, incumbent=True)
    print(f"against an incumbent, spread {spread} points: {against}")
    assert against.saved >= saved
    assert against.false_switches <= 0.05
