"""The benchmark's own arithmetic: ratios, agreement, what is measured again, the page. Its times are `make bench`'s."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from bench_engine import is_slower, measure_all, turns
from child_lm_eval import answers
from engine_ratios import agreement, ratios, score_differences, spread
from engine_records import Measurement, Records
from engine_settings import Settings
from engine_systems import AGAIN, GENERATE, JAEVAL, LM_EVAL, LM_EVAL_APART, SYSTEMS, Bench, ChildError
from engine_table import Measured, section
from engine_workloads import WORKLOADS, Workload
from hypothesis import given
from hypothesis import strategies as st
from speed_page import replace_section, table

SETTINGS = Settings(
    checkpoint="/somewhere/tiny",
    weight_hash="0123456789abcdef",
    engine_args={"dtype": "float32", "block_size": 32},
    environment={"VLLM_LOGGING_LEVEL": "ERROR"},
    dtype=None,
    seed=1234,
    versions={"python": "3.11.7", "vllm": "0.32.0+cpu"},
    processor="A processor",
    cores=2,
    threads="not set",
)
EXAMS, MGSM = WORKLOADS["exams"], WORKLOADS["mgsm"]


def measurement(
    system: str = JAEVAL,
    round_: int = 1,
    *,
    workload: str = "exams",
    start: float = 4.0,
    answering: float = 10.0,
    after: float = 11.0,
    whole: float = 20.0,
    **more: Any,
) -> Measurement:
    seconds = {"start": start, "answering": answering, "after_start": after, "whole": whole}
    made = Measurement("settings", workload, system, round_, seconds, 1000.0, {"task": []}, finished="2026-11-24")
    return replace(made, **more)


class TestRatios:
    def test_they_are_taken_round_by_round(self) -> None:
        ours = {1: measurement(after=10.0), 2: measurement(after=11.0)}
        theirs = {1: measurement(LM_EVAL, after=30.0), 2: measurement(LM_EVAL, after=44.0)}
        found = ratios([theirs], ours, "after_start", "after_start")
        assert found is not None
        assert (found.low, found.middle, found.high, found.rounds) == (3.0, 3.5, 4.0, 2)

    def test_the_quicker_setting_of_each_round_counts(self) -> None:
        ours = {1: measurement(after=10.0), 2: measurement(after=10.0)}
        inside = {1: measurement(LM_EVAL, after=30.0), 2: measurement(LM_EVAL, after=50.0)}
        apart = {1: measurement(LM_EVAL_APART, after=60.0), 2: measurement(LM_EVAL_APART, after=40.0)}
        found = ratios([inside, apart], ours, "after_start", "after_start")
        assert found is not None
        assert (found.low, found.high) == (3.0, 4.0)

    def test_a_round_that_the_other_lacks_is_left_out(self) -> None:
        found = ratios([{2: measurement(whole=60.0)}], {1: measurement(), 2: measurement()}, "whole", "whole")
        assert found is not None
        assert (found.middle, found.rounds) == (3.0, 1)
        assert ratios([{}], {1: measurement()}, "whole", "whole") is None

    @given(st.lists(st.floats(0.001, 1e6), min_size=1))
    def test_a_spread_holds_every_value(self, values: list[float]) -> None:
        found = spread(values)
        assert found is not None
        assert found.low == min(values) <= found.middle <= max(values) == found.high
        assert found.rounds == len(values)

    def test_there_is_no_spread_of_nothing(self) -> None:
        assert spread([]) is None


class TestAgreement:
    def test_choices(self) -> None:
        ours = {"a": [{"doc_id": 0, "log_likelihoods": [-1.0, -2.0]}, {"doc_id": 1, "log_likelihoods": [-3.0, -2.0]}]}
        theirs = {
            "a": [{"doc_id": 1, "log_likelihoods": [-1.5, -2.0]}, {"doc_id": 0, "log_likelihoods": [-1.0, -2.25]}]
        }
        found = agreement(ours, theirs)
        assert (found.items, found.same_choice, found.largest_difference, found.missing) == (2, 1, 1.5, 0)
        assert found.same_text is None

    def test_texts_and_items_that_one_lacks(self) -> None:
        ours = {"a": [{"doc_id": 0, "text": "８個"}, {"doc_id": 1, "text": "9"}], "b": [{"doc_id": 0, "text": "x"}]}
        theirs = {"a": [{"doc_id": 0, "text": "８個"}, {"doc_id": 1, "text": "10"}]}
        found = agreement(ours, theirs)
        assert (found.items, found.same_text, found.missing) == (2, 1, 1)
        assert found.largest_difference is None

    def test_another_number_of_choices_is_no_agreement(self) -> None:
        ours = {"a": [{"doc_id": 0, "log_likelihoods": [-1.0, -2.0]}]}
        theirs = {"a": [{"doc_id": 0, "log_likelihoods": [-1.0]}]}
        with pytest.raises(ValueError):
            agreement(ours, theirs)

    def test_scores(self) -> None:
        assert score_differences({"a acc,none": 0.5, "b": 1.0}, {"a acc,none": 0.25, "c": 0.0}) == (1, 0.25)
        assert score_differences({}, {"c": 0.0}) == (0, 0)

    def test_an_item_that_lm_eval_repeats_for_each_filter_counts_once(self) -> None:
        samples = [{"doc_id": 0, "resps": [["a"]]}, {"doc_id": 0, "resps": [["a"]]}]
        assert answers(samples) == [{"doc_id": 0, "text": "a"}]
        choices = [{"doc_id": 3, "resps": [[("-1.5", "False")], [(-2.0, True)]]}]
        assert answers(choices) == [{"doc_id": 3, "log_likelihoods": [-1.5, -2.0]}]


class TestRecords:
    def test_what_was_measured_is_found_again(self, tmp_path: Path) -> None:
        file = tmp_path / "measured.jsonl"
        Records(file).add(measurement(answers={"a": [{"doc_id": 0, "text": "答え"}]}))
        found = Records(file)
        assert found.get("settings", "exams", JAEVAL, 1) == measurement(answers={"a": [{"doc_id": 0, "text": "答え"}]})
        assert found.get("settings", "exams", JAEVAL, 2) is None
        assert found.get("other settings", "exams", JAEVAL, 1) is None

    def test_a_line_cut_by_a_kill_is_left_out_and_the_next_is_whole(self, tmp_path: Path) -> None:
        file = tmp_path / "measured.jsonl"
        records = Records(file)
        records.add(measurement(round_=1))
        records.add(measurement(round_=2))
        file.write_bytes(file.read_bytes()[:-20])
        cut = Records(file)
        assert cut.get("settings", "exams", JAEVAL, 2) is None
        cut.add(measurement(round_=3))
        again = Records(file)
        assert [again.get("settings", "exams", JAEVAL, round_) is not None for round_ in (1, 2, 3)] == [
            True,
            False,
            True,
        ]


class Counting(Bench):
    """Measures nothing: every system takes as long as `SECONDS` says."""

    SECONDS: ClassVar = {LM_EVAL: 30.0, LM_EVAL_APART: 60.0}
    asked: ClassVar[list[tuple[int, str, str]]] = []

    def measure(self, workload: Workload, system: str, round_: int) -> Measurement:
        self.asked.append((round_, workload.name, system))
        seconds = self.SECONDS.get(system, 10.0)
        made = measurement(
            system, round_, workload=workload.name, start=seconds, answering=seconds, after=seconds, whole=seconds
        )
        return replace(made, settings=self.digest(workload, system))


class TestOrder:
    def test_another_system_begins_each_round_and_a_run_precedes_its_repetition(self) -> None:
        assert turns([JAEVAL, AGAIN, LM_EVAL, GENERATE], 1) == [JAEVAL, AGAIN, LM_EVAL, GENERATE]
        assert turns([JAEVAL, AGAIN, LM_EVAL, GENERATE], 2) == [LM_EVAL, GENERATE, JAEVAL, AGAIN]
        assert turns([JAEVAL, AGAIN, LM_EVAL, GENERATE], 4) == turns([JAEVAL, AGAIN, LM_EVAL, GENERATE], 1)
        assert turns([LM_EVAL, JAEVAL], 2) == [JAEVAL, LM_EVAL]

    def test_slower_means_in_every_phase(self) -> None:
        quick = measurement()
        assert is_slower(measurement(start=5.0, answering=11.0, after=12.0, whole=21.0), quick)
        assert not is_slower(measurement(start=3.0, answering=11.0, after=12.0, whole=21.0), quick)
        assert not is_slower(quick, quick)
        assert not is_slower(None, quick)
        assert not is_slower(quick, None)

    def test_the_slower_setting_is_measured_once_and_what_is_known_not_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Counting, "asked", [])
        bench, file = Counting(SETTINGS, tmp_path), tmp_path / "measured.jsonl"
        first = list(measure_all(bench, Records(file), [EXAMS], [LM_EVAL, LM_EVAL_APART, GENERATE], 2))
        assert bench.asked == [(1, "exams", LM_EVAL), (1, "exams", LM_EVAL_APART), (2, "exams", LM_EVAL)]
        again = list(measure_all(bench, Records(file), [EXAMS], [LM_EVAL, LM_EVAL_APART, GENERATE], 2))
        assert len(bench.asked) == 3
        assert [one for _, one in again] == [one for _, one in first]

    def test_another_limit_or_dtype_is_another_measurement(self, tmp_path: Path) -> None:
        bench = Bench(SETTINGS, tmp_path)
        other = Bench(replace(SETTINGS, engine_args={"dtype": "bfloat16"}), tmp_path)
        names = {
            bench.digest(EXAMS, LM_EVAL),
            bench.digest(EXAMS.sized(full=False, limit=2), LM_EVAL),
            other.digest(EXAMS, LM_EVAL),
            bench.digest(EXAMS, JAEVAL),
        }
        assert len(names) == 4
        assert bench.digest(EXAMS, JAEVAL) == bench.digest(EXAMS, AGAIN)

    def test_sizes(self) -> None:
        assert EXAMS.sized(full=False, limit=None) == EXAMS
        assert EXAMS.sized(full=True, limit=None).limit is None
        assert EXAMS.sized(full=True, limit=5).limit == 5
        assert MGSM.sized(full=False, limit=1000).limit == MGSM.limit
        assert MGSM.gen_kwargs == {"max_gen_toks": 64}
        assert MGSM.sized(full=True, limit=None).gen_kwargs == {}


def launch(tmp_path: Path, code: str) -> tuple[int, dict[str, Any]]:
    """What `child_launch.py` says of a Python process that runs `code`."""
    script, timed = Path(__file__).with_name("child_launch.py"), tmp_path / "timed.json"
    ended = subprocess.run([sys.executable, script, timed, sys.executable, "-c", code], check=False)
    return ended.returncode, json.loads(timed.read_text())


class TestLaunch:
    def test_a_process_is_timed_as_a_whole(self, tmp_path: Path) -> None:
        code, found = launch(tmp_path, "import time; b = bytearray(60 << 20); time.sleep(0.3)")
        assert code == found["exit_code"] == 0
        assert 0.3 < found["whole"] < 30
        assert 60 < found["rss_mib"] < 600
        assert found["others"] is None or 0 <= found["others"] <= (os.cpu_count() or 1)

    def test_the_memory_of_a_process_that_is_left_behind_counts(self, tmp_path: Path) -> None:
        left = "import time; b = bytearray(90 << 20); time.sleep(0.5)"
        _, found = launch(tmp_path, f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {left!r}])")
        assert found["rss_mib"] > 90

    def test_a_failing_process_says_so(self, tmp_path: Path) -> None:
        code, found = launch(tmp_path, "raise SystemExit(3)")
        assert (code, found["exit_code"]) == (1, 3)

    def test_its_last_words_are_in_the_error(self, tmp_path: Path) -> None:
        bench = Bench(SETTINGS, tmp_path, wrap=["env"])
        with pytest.raises(ChildError, match=r"exit code 1: ValueError: no weights"):
            bench._launch([sys.executable, "-c", "raise ValueError('no weights')"], {}, tmp_path)


class TestPage:
    def measured(self) -> Measured:
        likelihoods = {"fin_cma_basics": [{"doc_id": 0, "log_likelihoods": [-1.0, -2.0]}]}
        work = {"requests": 30, "cached": 0, "prefilled": 4200, "least": 4000, "generated": 0}
        return {
            ("exams", JAEVAL): {1: measurement(answers=likelihoods, work=work, scores={"a acc,none": 0.5})},
            ("exams", AGAIN): {1: measurement(AGAIN, whole=3.25)},
            ("exams", LM_EVAL): {
                1: measurement(LM_EVAL, after=220.0, whole=260.0, answers=likelihoods, scores={"a acc,none": 0.5})
            },
        }

    def test_the_section_states_conditions_ratios_and_agreement(self) -> None:
        text = section(SETTINGS, [EXAMS], self.measured())
        assert "A processor, 2 cores, OMP_NUM_THREADS not set" in text
        assert "2026-11-24" in text
        assert "dtype float32 (what jaeval chooses on this processor)" in text
        assert "| letter exams: after start-up, lm-eval / jaeval | ≥ 20 | 20.00 | 20.00 | 20.00 | 1 |" in text
        assert "| letter exams: whole process, lm-eval / jaeval | ≥ 4 | 13.00 | 13.00 | 13.00 | 1 |" in text
        assert "seconds of the whole process | < 5 | 3.25 | 3.25 | 3.25 | 1 |" in text
        assert "| letter exams | lm-eval, engine in its process | 1 | 1 | 0 |  | 1 | 0 |" in text
        assert "| letter exams | 30 | 4,200 | 4,000 | 0 |" in text

    def test_generation_is_held_against_the_raw_engine(self) -> None:
        answers_ = {"mgsm": [{"doc_id": 0, "text": "８"}]}
        measured: Measured = {
            ("mgsm", JAEVAL): {1: measurement(workload="mgsm", answering=10.0, answers=answers_)},
            ("mgsm", GENERATE): {1: measurement(GENERATE, workload="mgsm", answering=9.8, answers=answers_)},
        }
        text = section(SETTINGS, [MGSM], measured)
        assert "answering, raw `LLM.generate` / jaeval | ≥ 0.97 | 0.98 | 0.98 | 0.98 | 1 |" in text
        assert "lm-eval / jaeval |" not in text  # not measured, so not claimed
        assert f"| {MGSM.title} | {SYSTEMS[GENERATE]} | 1 |  |  | 1 | 0 |  |" in text

    def test_a_script_replaces_its_own_section_only(self, tmp_path: Path) -> None:
        page = tmp_path / "docs" / "speed.md"
        replace_section(page, "one", "first")
        replace_section(page, "two", "second")
        before = page.read_text()
        replace_section(page, "one", "third")
        assert page.read_text() == before.replace("first", "third")
        replace_section(page, "one", "first")
        assert page.read_text() == before

    def test_a_section_that_is_never_closed_is_not_touched(self, tmp_path: Path) -> None:
        page = tmp_path / "speed.md"
        page.write_text("<!-- one -->\ntext")
        with pytest.raises(ValueError, match="never closed"):
            replace_section(page, "one", "first")
        assert page.read_text() == "<!-- one -->\ntext"

    def test_a_table_aligns_texts_left_and_numbers_right(self) -> None:
        assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
