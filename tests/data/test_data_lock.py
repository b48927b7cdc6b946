from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from jaeval.data.derived import RULES
from jaeval.data.lock import Lock, packaged_lock, parse_lock
from jaeval.errors import DataError


def entry(**changes: Any) -> dict[str, Any]:
    good = {
        "name": "sample",
        "title": "Sample",
        "repository": "someone/data",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "licence": "MIT",
        "licence_url": "https://example.org/licence",
        "redistributable": True,
        "files": [{"path": "a/b.json", "bytes": 3, "sha256": "f" * 64}],
    }
    return {**good, **changes}


def text(*entries: dict[str, Any], **changes: Any) -> str:
    return yaml.safe_dump({"schema_version": 1, "datasets": list(entries), **changes})


def file(**changes: Any) -> list[dict[str, Any]]:
    return [{"path": "a/b.json", "bytes": 3, "sha256": "f" * 64, **changes}]


def test_a_good_entry_is_read_and_gives_its_folder_and_address() -> None:
    dataset = parse_lock(text(entry())).dataset("sample")
    assert dataset.folder == "someone/data/0123456789abcdef0123456789abcdef01234567"
    assert dataset.url(dataset.files[0]) == f"https://raw.githubusercontent.com/{dataset.folder}/a/b.json"
    assert dataset.size == 3


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (entry(commit="main"), "datasets.0.commit"),
        (entry(repository="no-owner"), "datasets.0.repository"),
        (entry(repository="../.."), "datasets.0.repository"),
        (entry(name="Has Spaces"), "datasets.0.name"),
        (entry(licence_url="ftp://example.org"), "datasets.0.licence_url"),
        (entry(surprise=1), "datasets.0.surprise"),
        (entry(kind="attic"), "datasets.0.kind"),
        (entry(files=[]), "datasets.0.files"),
        (entry(files=file(sha256="F" * 64)), "datasets.0.files.0.sha256"),
        (entry(files=file(sha256="f" * 63)), "datasets.0.files.0.sha256"),
        (entry(files=file(bytes=0)), "datasets.0.files.0.bytes"),
        (entry(files=file(path="../secret")), "datasets.0.files.0.path"),
        (entry(files=file(path="/etc/passwd")), "datasets.0.files.0.path"),
        (entry(files=file(path="a\\b")), "datasets.0.files.0.path"),
        (entry(files=file() * 2), "datasets.0"),
        (entry(files=file(sha256=None)), "datasets.0"),
        (entry(files=file(sha256=None, git_blob="f" * 64)), "datasets.0.files.0.git_blob"),
        (entry(files=file(address="http://example.org")), "datasets.0.files.0.address"),
    ],
)
def test_a_malformed_entry_is_refused_with_the_path_of_the_field(bad: dict[str, Any], field: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_lock(text(bad), file="my-lock.yaml")
    assert caught.value.file == "my-lock.yaml"
    assert caught.value.field == field


def test_a_missing_field_is_named() -> None:
    bad = entry()
    del bad["licence"]
    with pytest.raises(DataError, match=r"datasets\.0\.licence"):
        parse_lock(text(bad))


@pytest.mark.parametrize(
    "bad", ["- [", "just words", "", text(entry(), entry()), text(entry(), schema_version=2), "{datasets: []}"]
)
def test_a_malformed_lock_is_refused(bad: str) -> None:
    with pytest.raises(DataError):
        parse_lock(bad)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(DataError, match="sample"):
        parse_lock(text(entry())).dataset("mgsm")
    with pytest.raises(DataError, match=r"a/b\.json"):
        parse_lock(text(entry())).dataset("sample").file("c.json")


class TestPackagedLock:
    lock: Lock = packaged_lock()

    def test_holds_the_data_sets_of_the_tasks(self) -> None:
        assert set(self.lock.names) >= {"mgsm", "jfinqa", "cma_basics", "security_sales_1", "fp2", "jcommonsenseqa"}

    @pytest.mark.parametrize("name", ["cma_basics", "security_sales_1", "fp2"])
    def test_unlicensed_exams_are_not_redistributable_and_say_so(self, name: str) -> None:
        dataset = self.lock.dataset(name)
        assert not dataset.redistributable
        assert dataset.note is not None
        assert "licence" in dataset.note

    def test_every_derived_file_has_a_rule(self) -> None:
        derived = [file.derived for dataset in self.lock.datasets for file in dataset.files if file.derived]
        assert derived
        assert all(source.rule in RULES for source in derived)

    def test_every_file_on_this_machine_is_the_locked_one(self, needs_data: Callable[..., None]) -> None:
        from jaeval.data import store

        needs_data(*self.lock.names)
        states = store.verify(self.lock.names)
        assert [state for state in states if state.state != "ok"] == []
        assert len(states) == sum(len(dataset.files) for dataset in self.lock.datasets)
        for state in states:
            assert state.file is not None
            assert state.file.stat().st_size == self.lock.dataset(state.dataset).file(state.path).bytes
