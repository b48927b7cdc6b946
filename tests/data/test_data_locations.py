from __future__ import annotations

from pathlib import Path

import pytest

from jaeval.data.locations import locations
from jaeval.errors import DataError


def test_without_settings_there_is_a_cache_in_the_home_folder_and_the_network() -> None:
    where = locations({})
    assert where.cache == Path.home() / ".cache" / "jaeval" / "data"
    assert (where.folder, where.address, where.offline) == (None, None, False)


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_mirror_may_be_a_folder_or_its_file_address(tmp_path: Path, prefix: str) -> None:
    folder = tmp_path / "日本 語"
    folder.mkdir()
    mirror = folder.as_uri() if prefix else str(folder)
    assert locations({"JAEVAL_DATA_MIRROR": mirror}).folder == folder


@pytest.mark.parametrize("address", ["https://example.org/data", "http://example.org/data/"])
def test_a_mirror_may_be_a_web_address(address: str) -> None:
    where = locations({"JAEVAL_DATA_MIRROR": address})
    assert where.address == address.rstrip("/")
    assert where.folder is None


@pytest.mark.parametrize("mirror", ["/no/such/folder", "ftp://example.org/data", "s3://bucket/data"])
def test_another_mirror_is_refused_by_name(mirror: str) -> None:
    with pytest.raises(DataError, match="JAEVAL_DATA_MIRROR"):
        locations({"JAEVAL_DATA_MIRROR": mirror})


@pytest.mark.parametrize("name", ["JAEVAL_OFFLINE", "HF_HUB_OFFLINE"])
def test_offline_is_set_by_either_variable(name: str) -> None:
    assert locations({name: "1"}).offline
    assert locations({name: "True"}).offline
    assert not locations({name: "0"}).offline
    assert not locations({name: ""}).offline


def test_the_cache_folder_can_be_set(tmp_path: Path) -> None:
    assert locations({"JAEVAL_DATA_DIR": str(tmp_path)}).cache == tmp_path
