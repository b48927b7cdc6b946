from __future__ import annotations

import sys

import pytest

from jaeval.cli.progress import MOST_BARS, LiveProgress


@pytest.mark.parametrize(("tasks", "bars"), [(1, 1), (MOST_BARS, MOST_BARS), (MOST_BARS + 1, 1), (200, 1)])
def test_many_tasks_share_one_bar(tasks: int, bars: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    items = {f"task-{i}": 3 for i in range(tasks)}
    with LiveProgress() as progress:
        progress.planned(items)
        for name, count in items.items():
            for _ in range(count):
                progress.answered(name, 10, cached=False)
        shown = progress._bars.tasks
        assert len(shown) == bars
        assert all(bar.completed == bar.total for bar in shown)
        assert sum(bar.completed for bar in shown) == 3 * tasks


def test_elsewhere_a_line_tells_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jaeval.cli.progress.PLAIN_EVERY", 0.0)
    with LiveProgress() as progress:
        progress.planned({"a": 2, "b": 2})
        progress.answered("a", 10, cached=False)
    assert "1/4 items" in capsys.readouterr().err
