"""Reasoning and answer are parted alike, however the text arrives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaeval.engines.answers import generation_response
from jaeval.engines.protocol import GenerationRequest
from jaeval.engines.reasoning import Parted, StopWatch, ThinkTags, cut_at_stop, part

TAGS = ThinkTags()
PIECES = ["<think>", "</think>", "<thi", "nk>", "</", " ", "\n", "\n\n", "問題：", "答え", "18", "。", "<", "a"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join).filter(lambda text: text.count(TAGS.close) <= 1)
STOPS = st.lists(st.sampled_from(["\n\n", "問題：", "</s>", "18。", "a", "\n", ""]), max_size=3)


@pytest.mark.parametrize(
    ("text", "thinking", "parted"),
    [
        ("答えは18です。", False, Parted(None, "答えは18です。")),
        ("<think>3+5=8</think>\n\n答えは8です。", False, Parted("3+5=8", "答えは8です。")),
        (" \n<think>\n考え中\n</think>8", False, Parted("考え中", "8")),
        ("<think>まだ考え中", False, Parted("まだ考え中", None)),
        ("考え中</think>8", True, Parted("考え中", "8")),
        ("考え中", True, Parted("考え中", None)),
        ("8</think>9", False, Parted(None, "8</think>9")),
        ("<think></think>", False, Parted("", "")),
        ("<think>a</think>b</think>c", False, Parted("a</think>b", "c")),
        ("", False, Parted(None, None)),
        ("\n <thi", False, Parted(None, None)),
        (" <them>", False, Parted(None, " <them>")),
    ],
)
def test_a_text_is_parted(text: str, thinking: bool, parted: Parted) -> None:
    assert part(text, TAGS, thinking=thinking) == parted


def test_the_first_stop_text_cuts() -> None:
    assert cut_at_stop("答えは8です。\n\n問題：次", ["問題：", "\n\n"]) == ("答えは8です。", True)
    assert cut_at_stop("答えは8です。", ["問題：", ""]) == ("答えは8です。", False)
    assert cut_at_stop("", ["問題："]) == ("", False)


@given(st.text(alphabet="ab。"), st.lists(st.text(alphabet="ab。", max_size=2), max_size=4))
def test_a_cut_text_holds_no_stop_text(text: str, stops: list[str]) -> None:
    kept, stopped = cut_at_stop(text, stops)
    assert text.startswith(kept)
    assert not any(stop in kept for stop in stops if stop)
    assert stopped == any(stop in text for stop in stops if stop)
    assert stopped == (kept != text)


@given(TEXTS, STOPS, st.booleans(), st.booleans(), st.data())
def test_the_watch_finds_what_the_whole_text_holds(
    text: str, stops: list[str], reasons: bool, thinking: bool, data: st.DataObject
) -> None:
    tags = TAGS if reasons else None
    watch = StopWatch(stops, tags, thinking=thinking)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    found = any(watch.feed(text[begin:end]) for begin, end in pairwise([0, *cuts, len(text)]))
    answer = part(text, TAGS, thinking=thinking).answer if reasons else text
    assert found == cut_at_stop(answer or "", stops)[1]


def test_white_space_that_follows_the_reasoning_is_no_stop() -> None:
    watch = StopWatch(["\n\n"], TAGS)
    assert [watch.feed(text) for text in ("<think>", "3+5", "\n\n", "</think>", "\n\n", "8", "です", "\n", "\n")] == [
        *[False] * 8,
        True,
    ]


def test_white_space_before_the_reasoning_is_no_answer() -> None:
    watch = StopWatch(["\n\n"], TAGS)
    assert not any(watch.feed(text) for text in ("", "\n", "\n", "<think>", "\n\n"))


def ask(**settings: object) -> GenerationRequest:
    return GenerationRequest((1,), 8, **{"stop": ("問題：", "\n\n"), **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "cut", "think", "answer", "finish", "reasoning"),
    [
        ("答えは8です。\n\n問題：次", False, None, "答えは8です。", "stop", None),
        ("答えは8です。\n\n問題：次", True, None, "答えは8です。", "stop", None),
        ("答えは8で", True, None, "答えは8で", "length", None),
        ("答えは8です。", False, None, "答えは8です。", "stop", None),
        ("<think>3\n\n5</think>\n\n8\n\n次", False, TAGS, "8", "stop", "3\n\n5"),
        ("<think>3\n\n5", True, TAGS, "", "length", "3\n\n5"),
        ("<think>3\n\n5", False, TAGS, "", "stop", "3\n\n5"),
        ("\n8", True, TAGS, "\n8", "length", None),
        (" <thi", True, TAGS, " <thi", "length", None),
        ("", False, TAGS, "", "stop", None),
    ],
)
def test_an_answer_is_truncated_only_where_no_stop_text_ended_it(
    text: str, cut: bool, think: ThinkTags | None, answer: str, finish: str, reasoning: str | None
) -> None:
    response = generation_response(ask(think=think), text, cut, generated=5, prefilled=3)
    assert (response.text, response.finish, response.reasoning) == (answer, finish, reasoning)
    assert (response.generated_tokens, response.prefilled_tokens) == (5, 3)
