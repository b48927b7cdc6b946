"""Texts of strangers: bounded, on one line where they are names, unable to act."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.leaderboard.page.plain_text import BODY, LABEL, both, file_stem, flat, label, link, prose, slug, slugs

ANY = st.text(st.characters(), max_size=400)


@given(ANY)
def test_a_label_is_one_bounded_line_without_controls(text: str) -> None:
    shown = label(text)
    assert len(shown) <= LABEL
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("org/モデル 7B", "org/モデル 7B"),
        ("  two\n lines\t here ", "two lines here"),
        ("a\u202egpj.exe", "a\ufffdgpj.exe"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("half \ud83d", "half \ufffd"),
        ("x" * 10_000_000, "x" * (LABEL - 1) + "…"),
    ],
)
def test_labels(text: str, shown: str) -> None:
    assert label(text) == shown


@given(ANY)
def test_prose_keeps_lines_and_can_be_written(text: str) -> None:
    shown = prose(text, 100)
    assert len(shown) <= 101
    assert "\r" not in shown
    shown.encode("utf-8")


def test_long_prose_is_cut() -> None:
    assert prose("長" * 10_000_000, BODY) == "長" * BODY + "…"


@given(st.lists(ANY, unique=True, max_size=30))
def test_slugs_are_file_names_and_each_is_its_own(names: list[str]) -> None:
    found = slugs(names)
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,64}", name) for name in found)


def test_a_plain_word_is_its_own_slug_and_no_other_name_takes_it() -> None:
    assert slug("mgsm_ja") == "mgsm_ja"
    assert slug("mgsm-ja").startswith("mgsm-ja-")
    assert slug("MGSM_ja") != slug("mgsm_JA")
    assert slug("../../etc/passwd").startswith("etc-passwd-")
    assert slug("モデル").startswith("x-")


@pytest.mark.parametrize(("name", "stem"), [("ja-core", "ja-core"), ("jp-stable", "jp-stable"), ("v1.2", "v1.2")])
def test_a_board_keeps_its_name_as_file_name(name: str, stem: str) -> None:
    assert file_stem(name) == stem


@pytest.mark.parametrize("name", ["index", "Index", "../x", ".hidden", "", "a/b", "a" * 65])
def test_other_names_of_boards_become_safe_file_names(name: str) -> None:
    assert re.fullmatch(r"board-[a-z0-9_-]+", file_stem(name))


@pytest.mark.parametrize("url", ["https://example.com/モデル?a=1#b", "http://localhost:8000/x"])
def test_links_to_web_pages_stay(url: str) -> None:
    assert link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://x/%0aalert(1)",
        " https://example.com",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "//example.com",
        "https://",
        "https://[",
        "file:///etc/passwd",
        "https://example.com/a b",
        "https://example.com/" + "x" * 600,
        "",
    ],
)
def test_other_links_are_dropped(url: str) -> None:
    assert link(url) == ""


def test_settings_are_short_pairs_by_name() -> None:
    settings = {"b": 1.5, "a": "x" * 1000, "none": None, "deep": {"x": [1]}, **{f"k{i:03}": i for i in range(100)}}
    found = flat(settings)
    assert found[0] == ("a", "x" * (LABEL - 1) + "…")
    assert ("none", "None") not in found
    assert len(found) == 40


def test_a_text_in_one_language_stands_for_the_other() -> None:
    assert both({"en": "Only English"}) == {"ja": "Only English", "en": "Only English"}
    assert both({}) == {"ja": "", "en": ""}
    assert both({"ja": "日本語", "en": "English"}) == {"ja": "日本語", "en": "English"}
