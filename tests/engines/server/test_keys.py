"""Keys are read from where they are named, and shown nowhere."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from jaeval.engines.server.keys import Key, read_key
from jaeval.errors import EngineError

SECRET = "sk-planted-7f3a"


def test_a_key_leaves_by_its_header_alone() -> None:
    key = Key(SECRET)
    assert key.headers() == {"Authorization": f"Bearer {SECRET}"}
    assert SECRET not in f"{key} {key!r}"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_where_a_key_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THE_KEY", SECRET)
    (tmp_path / "key").write_text(f"{SECRET}\nnotes\n", encoding="utf-8")
    for key in (read_key("THE_KEY", None), read_key(None, tmp_path / "key")):
        assert key is not None
        assert SECRET in key.headers()["Authorization"]
    assert read_key(None, None) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [("", "empty"), ("  \n", "empty"), ("sk planted", "characters"), ("sk-\u0007", "characters"), ("鍵", "characters")],
)
def test_a_file_without_a_key(content: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(content, encoding="utf-8")
    with pytest.raises(EngineError, match=problem) as caught:
        read_key(None, tmp_path / "key")
    assert "planted" not in str(caught.value)


def test_what_else_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("THE_KEY", raising=False)
    for variable, file, problem in [
        ("THE_KEY", None, "not set"),
        (None, tmp_path / "none", "cannot be read"),
        ("A", "b", "not both"),
    ]:
        with pytest.raises(EngineError, match=problem):
            read_key(variable, file)
