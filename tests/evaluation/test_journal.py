"""What was put into a journal is there after a kill, beside another process, and in every bit."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaeval.engines import ChoiceResponse, FailedResponse, GenerationResponse
from jaeval.errors import RunError
from jaeval.evaluation.journal import Journal, decode_response, encode_response

FLOATS = st.floats(allow_nan=False)
COUNTS = st.integers(0, 2**40)
CHOICES = st.builds(
    lambda pairs, tokens: ChoiceResponse(tuple(p[0] for p in pairs), tuple(p[1] for p in pairs), tokens),
    st.lists(st.tuples(FLOATS, st.booleans()), max_size=5),
    COUNTS,
)
ANY_TEXT = st.text(st.characters())
GENERATIONS = st.builds(
    GenerationResponse, ANY_TEXT, st.sampled_from(["stop", "length"]), st.none() | ANY_TEXT, COUNTS, COUNTS
)


def stored(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        return dict(connection.execute("SELECT key, response FROM responses").fetchall())


def run_python(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestRoundTrip:
    @given(CHOICES | GENERATIONS)
    def test_every_bit_survives_its_line(self, response: ChoiceResponse | GenerationResponse) -> None:
        line = encode_response(response)
        assert "\n" not in line
        assert decode_response(line, Path("journal")) == response

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(CHOICES | GENERATIONS, max_size=5))
    def test_every_bit_survives_the_file(
        self, tmp_path_factory: pytest.TempPathFactory, responses: list[ChoiceResponse | GenerationResponse]
    ) -> None:
        path = tmp_path_factory.mktemp("round") / "journal.sqlite"
        put = {f"key-{number}": response for number, response in enumerate(responses)}
        with Journal(path) as journal:
            journal.put_all(put.items())
        with Journal(path) as journal:
            assert dict(journal.get([*put, "unknown"])) == put

    def test_what_floats_there_are(self, tmp_path: Path) -> None:
        values = (-math.inf, -0.1, -5e-324, -1.7976931348623157e308, 0.0)
        with Journal(tmp_path / "journal.sqlite") as journal:
            journal.put("key", ChoiceResponse(values, (True,) * 5))
        with Journal(tmp_path / "journal.sqlite") as journal:
            ((_, found),) = journal.get(["key"])
        assert isinstance(found, ChoiceResponse)
        assert found.log_likelihoods == values

    def test_failures_are_not_kept(self, tmp_path: Path) -> None:
        with Journal(tmp_path / "journal.sqlite") as journal:
            journal.put("a", FailedResponse("out of memory"))
            journal.put("b", GenerationResponse("答え", "stop"))
        assert list(stored(tmp_path / "journal.sqlite")) == ["b"]

    def test_a_key_keeps_its_first_response(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.sqlite"
        for text in ("first", "second"):
            with Journal(path) as journal:
                journal.put("key", GenerationResponse(text, "stop"))
        assert "first" in stored(path)["key"]

    def test_many_keys_are_found(self, tmp_path: Path) -> None:
        with Journal(tmp_path / "journal.sqlite") as journal:
            journal.put_all((f"key-{number}", GenerationResponse(str(number), "stop")) for number in range(1_500))
        with Journal(tmp_path / "journal.sqlite") as journal:
            found = dict(journal.get([f"key-{number}" for number in range(0, 3_000, 2)]))
        assert len(found) == 750
        assert found["key-1498"] == GenerationResponse("1498", "stop")

    def test_closing_twice_is_safe(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "deep" / "folder" / "journal.sqlite")
        journal.close()
        journal.close()


class TestKill:
    def test_what_was_put_a_second_before_a_kill_is_there(self, tmp_path: Path) -> None:
        code = """
            import os, signal, sys, threading, time
            from pathlib import Path
            from jaeval.engines import GenerationResponse
            from jaeval.evaluation.journal import Journal

            journal = Journal(Path(sys.argv[1]))
            threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
            number = 0
            while True:
                journal.put(f"key-{number}", GenerationResponse("答え" * 50, "stop"))
                print(number, time.time(), flush=True)
                number += 1
                time.sleep(0.0005)
        """
        process = run_python(code, tmp_path / "journal.sqlite")
        out, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL
        put = [(int(number), float(when)) for number, when in (line.split() for line in out.splitlines())]
        killed = put[-1][1]
        due = {f"key-{number}" for number, when in put if when < killed - 1}
        assert len(due) > 50
        with Journal(tmp_path / "journal.sqlite") as journal:
            assert due <= {key for key, _ in journal.get([f"key-{number}" for number, _ in put])}


class TestTwoProcesses:
    CODE = """
        import sys
        from pathlib import Path
        from jaeval.engines import GenerationResponse
        from jaeval.evaluation.journal import Journal

        with Journal(Path(sys.argv[1])) as journal:
            for number in range(300):
                journal.put(f"{sys.argv[2]}-{number}", GenerationResponse("答え", "stop"))
                journal.put(f"shared-{number}", GenerationResponse("答え", "stop"))
    """

    def test_they_write_one_cache_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "cache" / "responses.sqlite"
        processes = [run_python(self.CODE, path, name) for name in "abcd"]
        ends = [(process.communicate()[1], process.returncode) for process in processes]
        assert ends == [("", 0)] * 4
        assert len(stored(path)) == 5 * 300


DAMAGED = [
    "",
    "{}",
    "[]",
    "5",
    "null",
    '{"kind": "choice"}',
    '{"kind": "generation", "text": "a"}',
    '{"kind": "generation", "text": "a", "finish": "stop", "more": 1}',
    '{"kind": "failed", "error": "a"}',
    '{"kind": [], "error": "a"}',
    '{"kind": "choice", "log_likelihoods": 5, "greedy": []}',
    "[" * 200_000,
]


class TestDamage:
    @pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
    def test_a_damaged_row_is_told_with_a_remedy(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "journal.sqlite"
        Journal(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO responses VALUES ('key', ?)", [text])
        with Journal(path) as journal, pytest.raises(RunError, match=r"is damaged .*Delete the file") as caught:
            list(journal.get(["key"]))
        assert str(path) in str(caught.value)

    @given(ANY_TEXT)
    def test_no_row_raises_anything_but_a_run_error(self, text: str) -> None:
        with pytest.raises(RunError):
            decode_response(text, Path("journal"))

    def test_a_file_that_is_no_journal_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.sqlite"
        path.write_bytes(b"no database at all" * 100)
        with pytest.raises(RunError, match="not a database"):
            Journal(path)

    def test_a_journal_with_a_broken_page_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "journal.sqlite"
        with Journal(path) as journal:
            journal.put_all((f"key-{number}", GenerationResponse("答え" * 100, "stop")) for number in range(200))
        content = bytearray(path.read_bytes())
        content[4096:] = b"\xa5" * (len(content) - 4096)
        path.write_bytes(content)
        with pytest.raises(RunError, match=str(path)), Journal(path) as journal:
            list(journal.get([f"key-{number}" for number in range(200)]))


class TestDisk:
    def test_a_folder_that_cannot_be_made_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(RunError, match=r"cannot be written .*choose another folder"):
            Journal(tmp_path / "file" / "journal.sqlite")

    def test_a_folder_that_may_not_be_written_is_told(self, tmp_path: Path) -> None:
        folder = tmp_path / "read-only"
        folder.mkdir()
        folder.chmod(0o500)
        if os.access(folder, os.W_OK):  # root may write anywhere but in the kernel's own folder
            folder = Path("/proc")
            if not folder.is_dir():
                pytest.skip("this user (root) may write anywhere, and there is no /proc")
        with pytest.raises(RunError, match=r"cannot be written .*choose another folder"):
            Journal(folder / "journal.sqlite")

    def test_a_full_disk_is_told_and_what_was_written_stays(self, tmp_path: Path) -> None:
        # A limit on the size of files stands for the disk: the same system call fails, without a disk to fill.
        code = """
            import resource, sys
            from pathlib import Path
            from jaeval.engines import GenerationResponse
            from jaeval.errors import RunError
            from jaeval.evaluation.journal import Journal

            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
            journal = Journal(Path(sys.argv[1]))
            number = 0
            try:
                while number < 100_000:
                    journal.put(f"key-{number}", GenerationResponse("答え" * 500, "stop"))
                    number += 1
            except RunError as error:
                print(error)
            try:
                journal.close()
            except RunError:
                print("told again")
        """
        path = tmp_path / "journal.sqlite"
        out, err = run_python(code, path).communicate()
        assert err == ""
        told, again = out.splitlines()
        assert told.startswith(f"{path}: cannot be written (")
        assert "Free disk space or choose another folder, then run again with --resume" in told
        assert again == "told again"
        kept = stored(path)
        with Journal(path) as journal:
            assert len(dict(journal.get(list(kept)))) == len(kept)
            journal.put("after", GenerationResponse("more room", "stop"))
        assert "after" in stored(path)

    def test_a_response_that_cannot_be_stored_is_told(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "journal.sqlite")
        journal.put("\ud800", GenerationResponse("the key is no text", "stop"))
        with pytest.raises(RunError, match="cannot be written"):
            journal.close()
