"""A run that was interrupted and taken up again is the run that was never interrupted."""

from __future__ import annotations

import dataclasses
import itertools
import multiprocessing
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from killed_run import BEGUN, answer_by_length, on_disk, run_slowly

from jaeval.engines import FailedResponse, ScriptedEngine
from jaeval.engines.protocol import Request, Response
from jaeval.errors import EngineError, RunError
from jaeval.evaluation.run import evaluate
from jaeval.results.run import Run

TASKS = ["sums", "letters", "texts", "rolling", "sums_sampled"]


class Interruptible(ScriptedEngine):
    """Stops after so many answers, as by Ctrl-C or a crash; answers some prompts with a failure."""

    def __init__(
        self,
        stop_after: int | None = None,
        how: type[BaseException] = KeyboardInterrupt,
        fails: Callable[[Request], bool] = lambda _: False,
        **settings: Any,
    ) -> None:
        super().__init__(answer_by_length, **settings)
        self._stop_after, self._how, self._fails = stop_after, how, fails

    def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
        for index, response in super().respond(requests):
            if self._stop_after is not None and self.answered > self._stop_after:
                raise self._how("stopped")
            yield index, FailedResponse("out of memory") if self._fails(requests[index]) else response


def rows(run: Run) -> list[dict[str, Any]]:
    """All of every item; nothing in an item is a time."""
    return [dataclasses.asdict(row) for row in run.items()]


def scores(run: Run) -> list[dict[str, Any]]:
    return [score.model_dump(exclude={"seconds"}) for score in run.scores]


@pytest.fixture
def go(small_tasks: Path, tmp_path: Path) -> Callable[..., Run]:
    """Evaluate the small tasks, into `tmp_path / "run"` and without the shared cache unless told otherwise."""

    def call(engine: ScriptedEngine, tasks: Sequence[str] = TASKS, **settings: Any) -> Run:
        settings = {"out": tmp_path / "run", "cache": False, **settings}
        return evaluate("name", tasks, engine=engine, tasks_dirs=[small_tasks], trust_task_code=True, **settings)

    return call


class TestInterruption:
    @pytest.fixture
    def undisturbed(self, go: Callable[..., Run], tmp_path: Path) -> tuple[Run, int]:
        engine = Interruptible()
        return go(engine, out=tmp_path / "undisturbed"), engine.answered

    @pytest.mark.parametrize(
        ("stop_after", "how"), [(0, EngineError), (1, KeyboardInterrupt), (17, EngineError), (60, KeyboardInterrupt)]
    )
    def test_an_interrupted_run_goes_on(
        self, stop_after: int, how: type[BaseException], go: Callable[..., Run], undisturbed: tuple[Run, int]
    ) -> None:
        expected, requests = undisturbed
        assert requests > 60
        first, second = Interruptible(stop_after, how), Interruptible()
        with pytest.raises(how):
            go(first)
        run = go(second, resume=True)
        assert rows(run) == rows(expected)
        assert scores(run) == scores(expected)
        assert second.answered == requests - stop_after
        assert (run.manifest.resumed, run.manifest.cached) == (1, stop_after)

    def test_it_may_be_interrupted_again_and_again(self, go: Callable[..., Run], undisturbed: tuple[Run, int]) -> None:
        expected, requests = undisturbed
        asked = 0
        while asked < requests:
            engine = Interruptible(19)
            try:
                run = go(engine, resume=True)
            except KeyboardInterrupt:
                asked += 19
            else:
                asked += engine.answered
        assert asked == requests
        assert rows(run) == rows(expected)
        assert run.manifest.resumed == requests // 19

    def test_a_finished_run_is_left_as_it_is(self, go: Callable[..., Run], undisturbed: tuple[Run, int]) -> None:
        run = go(Interruptible())
        files = {file.name: file.read_bytes() for file in run.path.iterdir()}
        for _ in range(2):
            engine = Interruptible()
            again = go(engine, resume=True)
            assert engine.answered == 0
            assert again.manifest == run.manifest
            assert again.manifest.finished is not None
            assert {file.name: file.read_bytes() for file in run.path.iterdir()} == files

    def test_an_unfinished_run_is_told_as_such(self, go: Callable[..., Run], tmp_path: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            go(Interruptible(5))
        with pytest.raises(RunError, match=r"not finished\. Finish it: .*--resume"):
            Run.open(tmp_path / "run")

    def test_the_journal_goes_when_all_is_answered(self, go: Callable[..., Run], tmp_path: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            go(Interruptible(5))
        assert (tmp_path / "run" / "journal.sqlite").is_file()
        go(Interruptible(), resume=True)
        held = sorted(file.name for file in (tmp_path / "run").iterdir())
        assert held == ["items.parquet", "manifest.json", "results.json"]


class TestAnotherRun:
    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"engine": Interruptible(name="other weights")}, "weight_hash (scripted, now other weights)"),
            ({"engine": ScriptedEngine()}, "engine (Interruptible, now ScriptedEngine)"),
            ({"limit": 3}, "limit (None, now 3)"),
            ({"split": "search"}, "split (None, now 'search')"),
            ({"num_fewshot": 1}, "num_fewshot (None, now 1)"),
            ({"apply_chat_template": True}, "apply_chat_template (False, now True)"),
            ({"system_instruction": "簡潔に。"}, "system_instruction (None, now '簡潔に。')"),
            ({"seed": 5}, "seed (1234, now 5)"),
            ({"tasks": ["sums"]}, "tasks (sums, letters, now sums)"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_it_is_not_resumed_and_what_differs_is_named(
        self, changes: dict[str, Any], named: str, go: Callable[..., Run], tmp_path: Path
    ) -> None:
        with pytest.raises(KeyboardInterrupt):
            go(Interruptible(5), ["sums", "letters"])
        before = (tmp_path / "run" / "manifest.json").read_bytes()
        with pytest.raises(RunError, match="--resume: the run in it differs in") as caught:
            go(**{"engine": Interruptible(), "tasks": ["sums", "letters"], "resume": True, **changes})
        assert named in str(caught.value)
        assert (tmp_path / "run" / "manifest.json").read_bytes() == before
        assert go(Interruptible(), ["sums", "letters"], resume=True).failed == 0


class TestOut:
    def test_a_folder_with_a_run_is_refused(self, go: Callable[..., Run]) -> None:
        go(Interruptible(), ["sums"])
        with pytest.raises(RunError, match=r"--out: holds a run already\. Add --resume"):
            go(Interruptible(), ["sums"])

    def test_a_folder_with_other_files_is_refused(self, go: Callable[..., Run], tmp_path: Path) -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "thesis.tex").write_text("years of work")
        for resume in (False, True):
            with pytest.raises(RunError, match=r"holds other files \(thesis.tex\)"):
                go(Interruptible(), ["sums"], resume=resume)

    def test_a_file_is_refused(self, go: Callable[..., Run], tmp_path: Path) -> None:
        (tmp_path / "run").write_text("no folder")
        with pytest.raises(RunError, match="--out"):
            go(Interruptible(), ["sums"])

    def test_resuming_needs_a_folder(self, go: Callable[..., Run]) -> None:
        with pytest.raises(RunError, match="--resume: names no folder"):
            go(Interruptible(), ["sums"], resume=True, out=None)

    def test_resuming_what_was_never_begun_begins_it(self, go: Callable[..., Run]) -> None:
        run = go(Interruptible(), ["sums"], resume=True)
        assert run.manifest.resumed == 0


class TestFailures:
    @staticmethod
    def odd(request: Request) -> bool:
        return hash(getattr(request, "prompt", None)) % 2 == 1

    def test_they_are_counted_not_scored_and_asked_again(self, go: Callable[..., Run]) -> None:
        whole = list(go(Interruptible(), ["sums"], out=None).items())
        failing = Interruptible(fails=self.odd)
        run = go(failing, ["sums"])
        failed = [row.doc_id for row in run.items() if row.finish == "failed"]
        assert 0 < len(failed) < 12
        assert run.failed == len(failed)
        assert all((score.failed, score.n) == (len(failed), 12 - len(failed)) for score in run.scores)
        for row in run.items():
            if row.doc_id in failed:
                assert (row.scores, row.responses, row.error) == ({}, [], "out of memory")
        for row in whole:
            if row.doc_id not in failed:
                assert row in list(run.items())
        again = Interruptible()
        mended = go(again, ["sums"], resume=True)
        assert again.answered == len(failed)
        assert list(mended.items()) == whole
        assert (mended.failed, mended.manifest.cached) == (0, 12 - len(failed))

    def test_where_all_fail_no_score_is_shown_as_zero(self, go: Callable[..., Run]) -> None:
        run = go(Interruptible(fails=lambda _: True), ["sums", "letters"])
        assert {(score.value, score.n, score.failed) for score in run.scores} == {(None, 0, 12)}

    def test_an_engine_that_forgets_a_request_has_failed_it(self, go: Callable[..., Run]) -> None:
        class Forgetful(ScriptedEngine):
            def respond(self, requests: Sequence[Request]) -> Iterator[tuple[int, Response]]:
                yield from (pair for pair in super().respond(requests) if pair[0] != 3)

        run = go(Forgetful(), ["sums"])
        assert [row.error for row in run.items() if row.finish == "failed"] == ["the engine gave no answer"]

    def test_truncated_answers_are_counted_and_scored(self, go: Callable[..., Run]) -> None:
        run = go(ScriptedEngine(lambda prompt: "答えは3" * (20 if "1+" in prompt else 1)), ["sums"])
        truncated = [row.doc_id for row in run.items() if row.finish == "length"]
        assert truncated == [1, 11]
        assert all((score.truncated, score.n) == (2, 12) for score in run.scores)


class TestCache:
    def test_runs_share_it(self, go: Callable[..., Run], tmp_path: Path, own_cache: Path) -> None:
        first, second = Interruptible(), Interruptible()
        expected = go(first, cache=True)
        run = go(second, cache=True, out=tmp_path / "second")
        assert (second.answered, run.manifest.cached) == (0, first.answered)
        assert rows(run) == rows(expected)
        assert (own_cache / "responses.sqlite").is_file()

    def test_tasks_that_ask_the_same_share_it(self, go: Callable[..., Run], tmp_path: Path) -> None:
        go(Interruptible(), ["sums"], cache=True)
        engine = Interruptible()
        go(engine, ["sums_repeated", "letters"], cache=True, out=tmp_path / "second")
        assert engine.answered == 12

    def test_other_weights_under_the_same_name_are_asked(self, go: Callable[..., Run], tmp_path: Path) -> None:
        first = Interruptible()
        go(first, cache=True)
        other = Interruptible(name="retrained")
        run = go(other, cache=True, out=tmp_path / "second")
        assert (other.answered, run.manifest.cached) == (first.answered, 0)

    def test_it_may_be_left_out(self, go: Callable[..., Run], tmp_path: Path, own_cache: Path) -> None:
        go(Interruptible(), ["sums"])
        engine = Interruptible()
        go(engine, ["sums"], out=tmp_path / "second")
        assert engine.answered == 12
        assert not own_cache.exists()

    def test_failures_do_not_enter_it(self, go: Callable[..., Run], tmp_path: Path) -> None:
        go(Interruptible(fails=lambda _: True), ["sums"], cache=True)
        engine = Interruptible()
        assert go(engine, ["sums"], cache=True, out=tmp_path / "second").failed == 0
        assert engine.answered == 12


class TestKill:
    def test_a_run_killed_at_ten_moments_repeats_nothing(
        self, go: Callable[..., Run], small_tasks: Path, tmp_path: Path
    ) -> None:
        expected = go(Interruptible(), out=tmp_path / "undisturbed")
        out, log = tmp_path / "killed", tmp_path / "asked.log"
        context = multiprocessing.get_context("forkserver")  # each process begins with its modules loaded
        context.set_forkserver_preload(["killed_run", "lm_eval.api.task", "pyarrow.parquet", "datasets"])
        moments = random.Random(5)
        kept = [0]  # answers on the disk at the begin of each life
        for _ in range(10):
            process = context.Process(target=run_slowly, args=(small_tasks, out, log, TASKS, 5))
            process.start()
            while process.is_alive() and on_disk(out) == kept[-1]:
                time.sleep(0.005)
            time.sleep(moments.uniform(0.0, 0.15))
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            kept.append(on_disk(out))
        process = context.Process(target=run_slowly, args=(small_tasks, out, log, TASKS, None))
        process.start()
        process.join()
        assert process.exitcode == 0
        run = Run.open(out)
        assert rows(run) == rows(expected)
        assert run.manifest.resumed == 10
        lives = [life.splitlines() for life in log.read_text(encoding="utf-8").split(BEGUN)[1:]]
        requests = run.manifest.requests
        assert len(set(lives[0])) == requests
        assert [len(life) for life in lives] == [requests - known for known in kept]
        assert all(set(later) < set(life) for life, later in itertools.pairwise(lives))
