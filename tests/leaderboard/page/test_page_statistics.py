"""The paired tests that the page computes, against scipy and statsmodels."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import numpy as np
import pytest
from scipy import stats

SOURCE = (resources.files("jaeval.leaderboard.page") / "assets" / "15-statistics.js").read_text(encoding="utf-8")
Run = Callable[[str], Any]


@pytest.fixture(scope="session")
def compute(node: Callable[[str], str]) -> Run:
    """The value of an expression over the page's statistics."""
    return lambda expression: json.loads(node(f"{SOURCE}\nconsole.log(JSON.stringify({expression}))"))


def close(found: Any, wanted: Any) -> bool:
    return bool(np.allclose(np.array(found, float), np.array(wanted, float), rtol=1e-9, atol=1e-12))


def test_student_p_values(compute: Run) -> None:
    cases = [(t, freedom) for t in (0.0, 0.1, 1.0, 1.96, 2.5, 5.0, 12.0) for freedom in (1, 2, 7, 30, 249, 5000)]
    found = compute(f"{json.dumps(cases)}.map(([t, freedom]) => studentP(t, freedom))")
    assert close(found, [2 * stats.t.sf(t, freedom) for t, freedom in cases])


def test_student_quantiles(compute: Run) -> None:
    freedoms = [1, 2, 3, 10, 119, 1000, 100_000]
    found = compute(f"{json.dumps(freedoms)}.map((freedom) => studentQuantile(0.05, freedom))")
    assert close(found, [stats.t.ppf(0.975, freedom) for freedom in freedoms])


def test_mcnemar_is_the_exact_binomial_test(compute: Run) -> None:
    cases = [(b, c) for b in (0, 1, 2, 5, 17, 120, 900) for c in (0, 1, 3, 5, 40, 1000)]
    found = compute(f"{json.dumps(cases)}.map(([b, c]) => mcnemar(b, c))")
    assert close(found, [stats.binomtest(b, b + c, 0.5).pvalue if b + c else 1.0 for b, c in cases])


def test_mcnemar_agrees_with_statsmodels(compute: Run) -> None:
    contingency = pytest.importorskip("statsmodels.stats.contingency_tables")
    found = compute("mcnemar(23, 11)")
    assert close(found, contingency.mcnemar([[50, 23], [11, 40]], exact=True).pvalue)


def test_rights_and_wrongs(compute: Run) -> None:
    random = np.random.default_rng(1)
    one, other = (random.random(120) < 0.7).astype(int), (random.random(120) < 0.6).astype(int)
    found = compute(f"paired({one.tolist()}, {other.tolist()}, {[0] * 120})")
    b, c = int(((one - other) == 1).sum()), int(((one - other) == -1).sum())
    assert (found["test"], found["n"], found["onlyFirst"], found["onlySecond"]) == ("mcnemar", 120, b, c)
    assert close(found["mean"], (one - other).mean())
    assert close(found["stderr"], stats.sem(one - other))
    assert close(found["p"], stats.binomtest(b, b + c, 0.5).pvalue)


def test_other_scores_get_the_paired_t_test(compute: Run) -> None:
    random = np.random.default_rng(2)
    one, other = random.random(57), random.random(57)
    found = compute(f"paired({one.tolist()}, {other.tolist()}, null)")
    wanted = stats.ttest_rel(one, other)
    interval = wanted.confidence_interval(0.95)
    assert found["test"] == "t"
    assert close([found["p"], found["low"], found["high"]], [wanted.pvalue, interval.low, interval.high])


def test_items_of_one_passage_are_clustered(compute: Run) -> None:
    api = pytest.importorskip("statsmodels.api")
    random = np.random.default_rng(3)
    clusters = np.repeat(np.arange(1, 31), 4)
    luck = np.repeat(random.normal(0, 0.3, 30), 4)
    one, other = random.random(120) + luck, random.random(120)
    found = compute(f"paired({one.tolist()}, {other.tolist()}, {clusters.tolist()})")
    fitted = api.OLS(one - other, np.ones(120)).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    # statsmodels scales by (n − 1)/(n − k) too, which is 1 here.
    assert found["test"] == "clustered"
    assert close([found["stderr"], found["p"]], [fitted.bse[0], fitted.pvalues[0]])


def test_clustered_rights_and_wrongs_get_no_mcnemar(compute: Run) -> None:
    found = compute("paired([1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 2, 2])")
    assert found["test"] == "clustered"


@pytest.mark.parametrize(
    ("one", "other", "clusters", "p"),
    [("[]", "[]", "[]", None), ("[1]", "[0]", "[0]", None), ("[1, 1]", "[0, 0]", "[5, 5]", None)],
)
def test_too_little_to_test(compute: Run, one: str, other: str, clusters: str, p: float | None) -> None:
    assert compute(f"paired({one}, {other}, {clusters}).p") is p


def test_equal_models(compute: Run) -> None:
    assert compute("paired([0.5, 0.25, 1], [0.5, 0.25, 1], null).p") == 1
    assert compute("paired([1, 0, 1], [1, 0, 1], null).p") == 1
    assert compute("paired([0.5, 0.5, 0.5], [0.25, 0.25, 0.25], null).p") == 0


def test_holm(compute: Run) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.2]
    assert close(compute(f"holm({values})"), multitest.multipletests(values, method="holm")[1])
    found = compute("holm([0.02, null, 0.03])")
    assert found[1] is None
    assert close([found[0], found[2]], [0.04, 0.04])


def test_items_are_joined_by_hash_and_repeats_in_order(compute: Run) -> None:
    found = compute('joinItems(["a", "b", "a", "c", "a"], ["a", "c", "a", "d"])')
    assert found == [[0, 0], [2, 2], [3, 1]]
