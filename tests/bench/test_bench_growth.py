"""The growth benchmark's own parts: its task, its plot, its table. Its times are `make bench`'s."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench_growth import PLOT, Measured, Size, plot, section
from child_growth import evaluate, resident_mib
from growth_plot import charts, decades
from growth_task import write_task
from hypothesis import given
from hypothesis import strategies as st
from test_bench_engine import SETTINGS

from jaeval.engines import ScriptedEngine

SVG = "{http://www.w3.org/2000/svg}"


def found(seconds: float, mib: float) -> dict[str, object]:
    phases = {"plan": seconds / 4, "engine": seconds / 2, "scoring": seconds / 4, "all": seconds}
    return {"seconds": phases, "grown_mib": mib, "requests": 300, "finished": "2026-11-24"}


def measured(mib: float = 900.0) -> Measured:
    real = {Size("vllm", n, k, 100): found(n * k / 1000, n / 50) for n in (100, 1000) for k in (1, 5)}
    return real | {Size("scripted", 100_000, 5, 100): found(60.0, mib)}


class TestTask:
    def test_it_has_the_size_asked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))
        run = evaluate(ScriptedEngine(), write_task(tmp_path / "tasks", 30, 20, 40), tmp_path / "run")
        items = list(run.items())
        assert run.failed == 0
        assert run.scores[0].n == len(items) == 30
        assert {len(set(row.doc["choices"])) for row in items} == {20}
        assert {len(row.doc["question"]) for row in items} == {40}
        assert len({row.doc["question"] for row in items}) == 30

    def test_more_choices_than_words_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="not 21"):
            write_task(tmp_path, 10, 21, 40)


class TestChild:
    @pytest.mark.slow  # imports everything a second time
    def test_a_process_measures_seconds_and_memory(self, tmp_path: Path) -> None:
        spec = {"engine": "scripted", "items": 40, "choices": 3, "characters": 50, "checkpoint": ""}
        (tmp_path / "spec.json").write_text(json.dumps(spec))
        child = Path(__file__).with_name("child_growth.py")
        subprocess.run([sys.executable, child, tmp_path / "spec.json", tmp_path / "found.json"], check=True)
        result = json.loads((tmp_path / "found.json").read_text())
        assert result["requests"] == 40
        assert result["seconds"]["all"] > 0
        assert 0 <= result["grown_mib"] < 500

    def test_the_peak_is_no_less_than_what_is_held(self) -> None:
        assert 10 < resident_mib("VmRSS") <= resident_mib("VmHWM")


class TestPlot:
    def test_it_is_svg_with_a_line_for_each_number_of_choices(self) -> None:
        root = ElementTree.fromstring(plot(measured()))
        lines = root.findall(f"{SVG}polyline")
        assert len(lines) == 4
        assert all(len(line.attrib["points"].split()) == 2 for line in lines)
        texts = [text.text for text in root.iter(f"{SVG}text")]
        assert {"1 choice", "5 choices", "items", "Memory added by the run"} <= set(texts)

    def test_larger_is_further_right_and_higher(self) -> None:
        root = ElementTree.fromstring(charts([("t", "s", {"a": [(100, 1), (1000, 50), (10_000, 700)]})], "items"))
        points = [tuple(map(float, p.split(","))) for p in root.findall(f"{SVG}polyline")[0].attrib["points"].split()]
        assert points == sorted(points)
        assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)

    @given(st.lists(st.floats(1e-3, 1e9), min_size=1))
    def test_decades_hold_every_value(self, values: list[float]) -> None:
        low, high = decades(values)
        assert low < high
        assert 10.0**low <= min(values) * (1 + 1e-9)
        assert max(values) <= 10.0**high * (1 + 1e-9)

    def test_names_are_escaped(self) -> None:
        assert "a &lt; b" in charts([("a < b", "s", {"x & y": [(1, 1)]})], "items")


class TestSection:
    def test_it_states_conditions_and_rows(self) -> None:
        text = section(measured(), SETTINGS)
        assert f"]({PLOT})" in text
        assert "A processor, 2 cores" in text
        assert "| vllm | 1,000 | 5 | 300 | 1.2 | 2.5 | 1.2 | 5.0 | 20 |" in text
        assert "100,000 items add 900 MiB beside the engine: below the 2,048 MiB wanted." in text

    def test_too_much_memory_is_said_plainly(self) -> None:
        assert "ABOVE the 2,048 MiB wanted" in section(measured(3000.0), SETTINGS)
