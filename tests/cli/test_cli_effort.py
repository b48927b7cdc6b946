"""The line that tells how much of the engine's work was needed."""

from __future__ import annotations

import pytest

from jaeval.cli.scorecard import effort
from jaeval.results.schema import Efficiency


@pytest.mark.parametrize(
    ("work", "line"),
    [
        (
            Efficiency(prefilled=1200, least=1000, generated=500, seconds=10.0, busy=9.9),
            "Prefilled 1,200 tokens, 1.20 times the least possible"
            " · 50 new tokens/s, 99 % of what the engine alone gives",
        ),
        (
            Efficiency(prefilled=1000, least=1000, generated=0, seconds=4.0, busy=3.0),
            "Prefilled 1,000 tokens, 1.00 times the least possible · engine busy 75 % of the time",
        ),
        (
            Efficiency(prefilled=10, least=10, generated=0, seconds=4.0),
            "Prefilled 10 tokens, 1.00 times the least possible",
        ),
        (Efficiency(prefilled=0, least=0, generated=0, seconds=0.0, busy=0.0), ""),
    ],
)
def test_it_says_what_is_known(work: Efficiency, line: str) -> None:
    assert effort(work) == line
