"""What a status means, and that no text repeats what was sent."""

from __future__ import annotations

import email.utils
import time
from typing import Any

import pytest

from jaeval.engines.server.trouble import (
    LONGEST_WAIT_S,
    DeniedError,
    NotAnsweredError,
    RefusedError,
    raise_for_status,
    retry_after,
)


@pytest.mark.parametrize("status", [200, 204])
def test_a_good_status_passes(status: int) -> None:
    raise_for_status(status, {}, None)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, NotAnsweredError),
        (500, NotAnsweredError),
        (502, NotAnsweredError),
        (503, NotAnsweredError),
        (504, NotAnsweredError),
        (529, NotAnsweredError),
        (408, NotAnsweredError),
        (400, RefusedError),
        (413, RefusedError),
        (422, RefusedError),
        (401, DeniedError),
        (403, DeniedError),
        (404, DeniedError),
        (307, DeniedError),
    ],
)
def test_what_a_status_means(status: int, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"HTTP {status}"):
        raise_for_status(status, {}, None)


@pytest.mark.parametrize(("status", "busy"), [(429, True), (503, True), (500, False), (502, False)])
def test_load_asks_for_less_and_so_does_whoever_says_when_to_return(status: int, busy: bool) -> None:
    for headers, expected in ({}, (busy, None)), ({"Retry-After": "3"}, (True, 3.0)):
        with pytest.raises(NotAnsweredError) as caught:
            raise_for_status(status, headers, None)
        assert (caught.value.busy, caught.value.wait) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "秘密の質問", "type": "秘密の質問", "param": ["秘密の質問"]}},
        {"detail": [{"input": "秘密の質問"}]},
        "秘密の質問",
        ["秘密の質問"],
    ],
)
def test_an_error_text_repeats_no_prompt(body: Any) -> None:
    with pytest.raises(RefusedError) as caught:
        raise_for_status(422, {}, body)
    assert "秘密" not in str(caught.value)


def test_the_kind_of_a_refusal_is_told() -> None:
    body = {"error": {"message": "…", "type": "BadRequestError", "param": "input_tokens"}}
    with pytest.raises(RefusedError, match=r"\(HTTP 400, BadRequestError, input_tokens\)"):
        raise_for_status(400, {}, body)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("1e9", LONGEST_WAIT_S),
        ("nan", None),
        ("", None),
        (None, None),
        ("x", None),
    ],
)
def test_seconds_to_wait(text: str | None, seconds: float | None) -> None:
    assert retry_after(text) == seconds


def test_a_date_to_wait_for() -> None:
    assert retry_after(email.utils.formatdate(time.time() + 30, usegmt=True)) == pytest.approx(30, abs=3)
