from __future__ import annotations

import hashlib
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from jaeval.data import store
from jaeval.data.download import download, replacing
from jaeval.data.locations import Locations
from jaeval.data.lock import Dataset, Lock, PinnedFile
from jaeval.errors import DataError

if TYPE_CHECKING:
    from tests.data.conftest import Sample

CONTENT = "一行目\n二行目\n".encode() * 20_000
CODES = {"/error": 500, "/private": 401, "/gated": 403, "/old": 410}
PINNED = PinnedFile(path="file", bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


@dataclass
class Server:
    """A web server on the loopback address: `pages` by path, and what was asked of it."""

    address: str
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            state.asked.append(path)
            state.tokens.append(self.headers["Authorization"])
            if path in CODES:
                self.send_error(CODES[path])
            elif path.startswith("/elsewhere/"):
                self.send_response(302)
                self.send_header("Location", f"{state.address}/{path.removeprefix('/elsewhere/')}")
                self.end_headers()
            elif path == "/stalls":
                self.send_response(200)
                self.end_headers()
                time.sleep(1.5)
            elif path not in state.pages:
                self.send_error(404)
            else:
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT) if path == "/cut" else len(state.pages[path])))
                self.end_headers()
                self.wfile.write(state.pages[path])

        def log_message(self, format: str, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_the_locked_bytes_arrive_and_nothing_else_stays(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = CONTENT
    target = tmp_path / "new" / "folder" / "file"
    assert download(f"{server.address}/file", target, PINNED) is None
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("path", "why"),
    [("/file", "was not found"), ("/private", "needs a login"), ("/gated", "is not open to you"), ("/old", "is gone")],
)
def test_a_refusal_is_told_apart_and_writes_nothing(server: Server, tmp_path: Path, path: str, why: str) -> None:
    assert (download(f"{server.address}{path}", tmp_path / "file", PINNED) or "").startswith(why)
    assert list(tmp_path.iterdir()) == []


class TestWeakerPins:
    def test_a_git_object_id_is_checked(self, server: Server, tmp_path: Path) -> None:
        server.pages["/file"] = CONTENT
        blob = subprocess.run(["git", "hash-object", "--stdin"], input=CONTENT, capture_output=True, check=True)
        pinned = PinnedFile(path="file", git_blob=blob.stdout.decode().strip())
        assert download(f"{server.address}/file", tmp_path / "file", pinned) is None
        server.pages["/file"] = CONTENT + b"!"
        with pytest.raises(DataError, match="not the locked file: expected git blob"):
            download(f"{server.address}/file", tmp_path / "other", pinned)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_an_unknown_size_has_a_bound(self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jaeval.data.download.LARGEST", 1000)
        server.pages["/file"] = CONTENT
        with pytest.raises(DataError, match="more than 1000 bytes"):
            download(f"{server.address}/file", tmp_path / "file", PinnedFile(path="file"))
        assert list(tmp_path.iterdir()) == []


class TestToken:
    def test_it_goes_to_the_server_asked_and_to_no_other(self, server: Server, tmp_path: Path) -> None:
        server.pages["/file"] = CONTENT
        assert download(f"{server.address}/elsewhere/file", tmp_path / "file", PINNED, token="secret") is None
        assert server.asked == ["/elsewhere/file", "/file"]
        assert server.tokens == ["Bearer secret", None]


@pytest.mark.parametrize(
    ("path", "page", "problem"),
    [
        ("/cut", CONTENT[: len(CONTENT) // 2], "cut short"),
        ("/file", CONTENT + b"!", "not the locked file"),
        ("/file", b"!" + CONTENT[1:], "not the locked file"),
        ("/error", b"", "500"),
        ("/stalls", b"", "timed out"),
    ],
)
def test_a_bad_transfer_leaves_nothing_behind(
    server: Server, tmp_path: Path, path: str, page: bytes, problem: str
) -> None:
    server.pages[path] = page
    with pytest.raises(DataError, match=problem) as caught:
        download(f"{server.address}{path}", tmp_path / "file", PINNED, timeout_s=0.3)
    assert caught.value.file == f"{server.address}{path}"
    assert list(tmp_path.iterdir()) == []


def test_a_bad_transfer_leaves_the_old_file_as_it_was(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = b"!" + CONTENT[1:]
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(DataError):
        download(f"{server.address}/file", target, PINNED)
    assert target.read_bytes() == b"old"


def test_a_server_that_is_not_there_is_a_data_error(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="could not be downloaded"):
        download("http://127.0.0.1:1/file", tmp_path / "file", PINNED, timeout_s=1)


def test_a_folder_that_cannot_be_made_is_a_data_error(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = CONTENT
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="cannot be written"):
        download(f"{server.address}/file", tmp_path / "file" / "below", PINNED)


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with replacing(tmp_path / "file") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


class TestThroughTheStore:
    def serve(self, server: Server, sample: Sample, prefix: str = "/mirror") -> None:
        server.pages.update({f"{prefix}/{sample.folder}/{path}": content for path, content in sample.files.items()})

    def test_a_web_mirror_fills_the_cache_once(self, server: Server, sample: Sample, tmp_path: Path) -> None:
        self.serve(server, sample)
        where = Locations(cache=tmp_path, address=f"{server.address}/mirror")
        first = store.fetch("sample", lock=sample.lock, where=where)
        assert {path: file.read_bytes() for path, file in first.items()} == sample.files
        assert store.fetch("sample", lock=sample.lock, where=where) == first
        assert len(server.asked) == len(sample.files)

    def test_what_a_web_mirror_lacks_comes_from_the_origin(
        self, server: Server, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.serve(server, sample, prefix="/origin")
        monkeypatch.setattr(Dataset, "url", lambda self, file: f"{server.address}/origin/{self.folder}/{file.path}")
        where = Locations(cache=tmp_path, address=f"{server.address}/mirror")
        assert store.read("sample", "more.json", lock=sample.lock, where=where) == sample.files["more.json"]
        assert [path.split("/")[1] for path in server.asked] == ["mirror", "origin"]

    def test_what_nobody_has_is_refused_with_the_way_to_get_it(
        self, server: Server, sample: Sample, places: Locations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Dataset, "url", lambda self, file: f"{server.address}/gone")
        with pytest.raises(DataError, match=r"it was not found at .*/gone \(404\)"):
            store.fetch("sample", lock=sample.lock, where=places)


class TestTheHub:
    """A data set of the hub, served here: its revision is pinned, its bytes are not."""

    @pytest.fixture
    def hub(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> Lock:
        monkeypatch.setattr("jaeval.data.lock.HUB", server.address)
        entry = {
            "kind": "hub",
            "name": "sample",
            "title": "Sample",
            "repository": "someone/some-data",
            "commit": "c" * 40,
            "licence": "Apache-2.0",
            "licence_url": "https://example.org",
            "redistributable": True,
            "note": "Ask its authors for access.",
            "files": [{"path": "data/test.jsonl"}],
        }
        return Lock.model_validate({"schema_version": 1, "datasets": [entry]})

    PAGE = f"/datasets/someone/some-data/resolve/{'c' * 40}/data/test.jsonl"

    def test_what_came_first_is_what_is_held(self, server: Server, hub: Lock, tmp_path: Path) -> None:
        server.pages[self.PAGE] = CONTENT
        where = Locations(cache=tmp_path / "cache", token="secret")
        assert not store.is_present("sample", lock=hub, where=where)
        assert store.read("sample", "data/test.jsonl", lock=hub, where=where) == CONTENT
        assert server.tokens == ["Bearer secret"]
        assert store.is_present("sample", lock=hub, where=where)
        assert [state.state for state in store.verify(["sample"], lock=hub, where=where)] == ["ok"]
        (file,) = store.fetch("sample", lock=hub, where=where).values()
        file.write_bytes(CONTENT + b"!")
        with pytest.raises(DataError, match="the file was changed"):
            store.read("sample", "data/test.jsonl", lock=hub, where=where)
        assert [state.state for state in store.verify(["sample"], lock=hub, where=where)] == ["changed"]

    def test_a_mirror_of_it_is_checked_by_the_mirrors_sums(self, server: Server, hub: Lock, tmp_path: Path) -> None:
        server.pages[self.PAGE] = CONTENT
        store.mirror(tmp_path / "mirror", ["sample"], lock=hub, where=Locations(cache=tmp_path / "cache"))
        offline = Locations(cache=tmp_path / "none", folder=tmp_path / "mirror", offline=True)
        assert store.read("sample", "data/test.jsonl", lock=hub, where=offline) == CONTENT
        (file,) = store.fetch("sample", lock=hub, where=offline).values()
        file.write_bytes(b"!" + CONTENT)
        with pytest.raises(DataError, match="the file was changed"):
            store.read("sample", "data/test.jsonl", lock=hub, where=offline)

    def test_what_changed_upstream_says_how_to_get_it_and_under_which_licence(
        self, server: Server, sample: Sample, places: Locations, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.pages["/changed"] = b"!" + sample.files["more.json"][1:]
        monkeypatch.setattr(Dataset, "url", lambda self, file: f"{server.address}/changed")
        with pytest.raises(DataError, match="not the locked file") as caught:
            store.read("sample", "more.json", lock=sample.lock, where=places)
        assert "CC0-1.0" in str(caught.value)
        assert "JAEVAL_DATA_MIRROR" in str(caught.value)

    @pytest.mark.parametrize(("code", "why"), [(401, "needs a login"), (403, "not open"), (404, "was not found")])
    def test_what_is_private_or_gone_says_how_to_get_it_and_under_which_licence(
        self, server: Server, hub: Lock, tmp_path: Path, code: int, why: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(CODES, self.PAGE, code)
        with pytest.raises(DataError, match=why) as caught:
            store.read("sample", "data/test.jsonl", lock=hub, where=Locations(cache=tmp_path, token="secret"))
        for word in ("HF_TOKEN", "Apache-2.0", "Ask its authors", "JAEVAL_DATA_MIRROR", self.PAGE):
            assert word in str(caught.value)
        assert "secret" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []
