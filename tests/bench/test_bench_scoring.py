"""The benchmark itself: its texts are as announced, and every metric scores them. The times are `make bench`'s."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jaeval.errors import TaskError

FILE = Path(__file__).parent / "bench_scoring.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_scoring", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_scoring"] = module
    spec.loader.exec_module(module)
    return module


def test_the_answers_are_some_200_characters_long_and_all_different(bench: ModuleType) -> None:
    made = bench.pairs(500)
    assert made == bench.pairs(500)
    assert len({answer for answer, _ in made}) == 500
    assert 180 < sum(len(answer) for answer, _ in made) / 500 < 240


def test_answers_and_golds_share_about_half(bench: ModuleType) -> None:
    scores = [bench.token_f1.jpstable(answer, golds) for answer, golds in bench.pairs(50)]
    assert 0.5 < sum(scores) / 50 < 0.95


def test_every_metric_scores_them(bench: ModuleType) -> None:
    (item,) = bench.pairs(1)
    missing = set()
    for name, metric in bench.METRICS.items():
        try:
            assert metric(*item) is not None
        except TaskError:  # the IPA dictionary is optional
            missing.add(name.partition(" ")[0].partition(".")[0])
    assert missing <= {"bleu_ja_mecab", "rouge_flexeval"}
