"""What was spent outlives the process, up to the last whole line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.server.spending import Spending
from jaeval.errors import RunError

answers = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 100)), max_size=8)


def sums(spending: Spending) -> tuple[int, int, float, int]:
    return spending.prompt_tokens, spending.generated_tokens, spending.cost, spending.answers


@given(answers, answers, st.binary(max_size=20).filter(lambda part: b"\n" not in part))
def test_a_file_is_taken_up(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[int, int, float]],
    more: list[tuple[int, int, float]],
    cut: bytes,
) -> None:
    file = tmp_path_factory.mktemp("spending") / "spending.jsonl"
    whole, before, after = Spending(), Spending(), Spending()
    before.keep_in(file)
    for answer in first:
        before.add(*answer)
    with file.open("ab") as handle:  # as a kill leaves it
        handle.write(cut)
    after.keep_in(file)
    assert sums(after) == sums(before)
    for answer in more:
        after.add(*answer)
    for answer in [*first, *more]:
        whole.add(*answer)
    again = Spending()
    again.keep_in(file)
    assert sums(again) == sums(after) == sums(whole)


@pytest.mark.parametrize("line", ["1", "{}", '{"prompt": "x", "generated": 1, "cost": 0}', "[", "\x00"])
def test_a_damaged_file_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "spending.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"spending.jsonl: cannot be read .*Delete it"):
        Spending().keep_in(file)
