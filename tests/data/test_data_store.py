from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jaeval.data import store
from jaeval.data.locations import Locations
from jaeval.data.lock import Lock
from jaeval.errors import DataError

if TYPE_CHECKING:
    from tests.data.conftest import Sample

TSV = "items/日本.tsv"


@pytest.fixture
def mirrored(sample: Sample, tmp_path: Path) -> Locations:
    """A full folder mirror and an empty cache."""
    return Locations(cache=tmp_path / "cache", folder=sample.write(tmp_path / "mirror"))


@pytest.mark.usefixtures("no_sockets")
class TestOnThisMachine:
    def test_a_folder_mirror_is_read_in_place(self, sample: Sample, mirrored: Locations) -> None:
        files = store.fetch("sample", lock=sample.lock, where=mirrored)
        assert mirrored.folder is not None
        assert files == {path: mirrored.folder / sample.folder / path for path in sample.files}
        assert not mirrored.cache.exists()

    def test_the_cache_is_used_without_a_mirror(self, sample: Sample, places: Locations) -> None:
        sample.write(places.cache)
        assert store.read("sample", TSV, lock=sample.lock, where=places) == sample.files[TSV]

    def test_the_cache_fills_the_holes_of_a_mirror(self, sample: Sample, mirrored: Locations) -> None:
        assert mirrored.folder is not None
        (mirrored.folder / sample.folder / TSV).unlink()
        sample.write(mirrored.cache)
        assert store.read("sample", TSV, lock=sample.lock, where=mirrored) == sample.files[TSV]

    @pytest.mark.parametrize("place", ["mirror", "cache"])
    def test_one_changed_byte_is_refused_with_both_hashes(self, sample: Sample, tmp_path: Path, place: str) -> None:
        root = sample.write(tmp_path / place)
        where = Locations(cache=tmp_path / "cache", folder=root if place == "mirror" else None)
        changed = root / sample.folder / TSV
        content = bytearray(changed.read_bytes())
        content[0] ^= 1
        changed.write_bytes(content)
        with pytest.raises(DataError) as caught:
            store.read("sample", TSV, lock=sample.lock, where=where)
        line = str(caught.value)
        assert caught.value.file == str(changed)
        assert hashlib.sha256(sample.files[TSV]).hexdigest() in line
        assert hashlib.sha256(content).hexdigest() in line
        assert caught.value.remedy

    def test_the_hash_is_checked_on_every_load(self, sample: Sample, mirrored: Locations) -> None:
        store.read("sample", TSV, lock=sample.lock, where=mirrored)
        assert mirrored.folder is not None
        (mirrored.folder / sample.folder / TSV).write_bytes(b"x" * len(sample.files[TSV]))
        with pytest.raises(DataError, match="changed"):
            store.read("sample", TSV, lock=sample.lock, where=mirrored)

    @pytest.mark.parametrize("address", [None, "https://example.org/mirror"])
    def test_offline_a_missing_file_is_refused_with_the_way_to_get_it(
        self, sample: Sample, tmp_path: Path, address: str | None
    ) -> None:
        where = Locations(cache=tmp_path, address=address, offline=True)
        with pytest.raises(DataError) as caught:
            store.read("sample", TSV, lock=sample.lock, where=where)
        line = str(caught.value)
        assert sample.lock.dataset("sample").url(sample.lock.dataset("sample").file(TSV)) in line
        assert "CC0-1.0" in line
        assert "JAEVAL_DATA_MIRROR" in line

    def test_unknown_names_and_paths_are_refused(self, sample: Sample, mirrored: Locations) -> None:
        with pytest.raises(DataError, match="no data set 'other'"):
            store.fetch("other", lock=sample.lock, where=mirrored)
        with pytest.raises(DataError, match="no file"):
            store.read("sample", "other", lock=sample.lock, where=mirrored)

    def test_presence_asks_for_every_file_at_its_size(self, sample: Sample, mirrored: Locations) -> None:
        assert mirrored.folder is not None
        assert store.is_present("sample", lock=sample.lock, where=mirrored)
        file = mirrored.folder / sample.folder / TSV
        file.write_bytes(b"short")
        assert not store.is_present("sample", lock=sample.lock, where=mirrored)
        file.unlink()
        assert not store.is_present("sample", lock=sample.lock, where=mirrored)

    def test_verify_tells_ok_missing_and_changed_apart(self, sample: Sample, mirrored: Locations) -> None:
        def states() -> dict[str, str]:
            return {s.path: s.state for s in store.verify(["sample"], lock=sample.lock, where=mirrored)}

        assert mirrored.folder is not None
        assert states() == {TSV: "ok", "more.json": "ok"}
        (mirrored.folder / sample.folder / TSV).write_bytes(b"x")
        (mirrored.folder / sample.folder / "more.json").unlink()
        assert states() == {TSV: "changed", "more.json": "missing"}

    def test_a_mirror_can_be_made_checked_and_used(self, sample: Sample, mirrored: Locations, tmp_path: Path) -> None:
        dest = tmp_path / "copy"
        dest.mkdir()
        (dest / store.SUMS_FILE).write_text(f"{'0' * 64}  ./other/file\n")
        copies = store.mirror(dest, ["sample"], lock=sample.lock, where=mirrored)
        assert {key: file.read_bytes() for key, file in copies.items()} == {
            f"{sample.folder}/{path}": content for path, content in sample.files.items()
        }
        sums = (dest / store.SUMS_FILE).read_text(encoding="utf-8").splitlines()
        assert f"{'0' * 64}  other/file" in sums
        assert f"{hashlib.sha256(sample.files[TSV]).hexdigest()}  {sample.folder}/{TSV}" in sums
        again = Locations(cache=tmp_path / "none", folder=dest, offline=True)
        assert store.read("sample", TSV, lock=sample.lock, where=again) == sample.files[TSV]

    def test_a_mirror_with_malformed_sums_is_left_alone(
        self, sample: Sample, mirrored: Locations, tmp_path: Path
    ) -> None:
        (tmp_path / store.SUMS_FILE).write_text("not sums\n")
        with pytest.raises(DataError, match="line 1"):
            store.mirror(tmp_path, ["sample"], lock=sample.lock, where=mirrored)
        assert (tmp_path / store.SUMS_FILE).read_text() == "not sums\n"

    def test_a_mirror_that_cannot_be_written_is_an_error(self, sample: Sample, mirrored: Locations) -> None:
        assert mirrored.folder is not None
        blocked = mirrored.folder / sample.folder / TSV
        with pytest.raises(DataError, match="cannot be written"):
            store.mirror(blocked, ["sample"], lock=sample.lock, where=mirrored)


def test_sha256sum_reads_the_sums_of_a_mirror(sample: Sample, mirrored: Locations, tmp_path: Path) -> None:
    dest = tmp_path / "copy"
    store.mirror(dest, ["sample"], lock=sample.lock, where=mirrored)
    try:
        done = subprocess.run(["sha256sum", "--check", store.SUMS_FILE], cwd=dest, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no sha256sum on this machine")
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("no_sockets")
class TestDerivedFiles:
    source = (
        b"EXEMPLAR_NUMBER_ANSWERS = [11]\nEXEMPLAR_EQUATION_SOLUTIONS = ['5 + 6 = 11.']\n"
        b"MGSM_EXEMPLARS = {'ja': {'1': {'q': 'Q', 'a': 'A'}}, 'en': {}}\nraise SystemExit('upstream code was run')\n"
    )

    def lock(self, made: bytes) -> Lock:
        def pin(path: str, content: bytes) -> dict[str, object]:
            return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

        derived = {**pin("exemplars.py", self.source), "rule": "mgsm_exemplars_ja"}
        entry = {
            "name": "sample",
            "title": "Sample",
            "repository": "someone/data",
            "commit": "b" * 40,
            "licence": "MIT",
            "licence_url": "https://example.org",
            "redistributable": True,
            "files": [{**pin("exemplars.json", made), "derived": derived}],
        }
        return Lock.model_validate({"schema_version": 1, "datasets": [entry]})

    def places(self, root: Path) -> Locations:
        folder = root / "mirror"
        source = folder / "someone/data" / ("b" * 40) / "exemplars.py"
        source.parent.mkdir(parents=True)
        source.write_bytes(self.source)
        return Locations(cache=root / "cache", folder=folder, offline=True)

    def test_a_derived_file_is_made_from_the_literals_of_its_source_without_running_it(self, tmp_path: Path) -> None:
        made = (
            b'{\n "ja": {\n  "1": {\n   "q": "Q",\n   "a": "A"\n  }\n },\n'
            b' "number_answers": [\n  11\n ],\n "equation_solutions": [\n  "5 + 6 = 11."\n ]\n}'
        )
        where = self.places(tmp_path)
        assert store.read("sample", "exemplars.json", lock=self.lock(made), where=where) == made
        assert store.is_present("sample", lock=self.lock(made), where=where)

    def test_a_derived_file_of_another_hash_is_refused_and_not_kept(self, tmp_path: Path) -> None:
        where = self.places(tmp_path)
        with pytest.raises(DataError, match="derived wrongly"):
            store.read("sample", "exemplars.json", lock=self.lock(b"something else"), where=where)
        assert not where.cache.exists()
