"""Addresses of servers."""

from __future__ import annotations

import pytest

from jaeval.engines.server.endpoint import base_urls
from jaeval.errors import EngineError


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("http://127.0.0.1:8000", ["http://127.0.0.1:8000/v1"]),
        ("http://127.0.0.1:8000/", ["http://127.0.0.1:8000/v1"]),
        ("https://host/v1/,http://[::1]:80/api", ["https://host/v1", "http://[::1]:80/api"]),
    ],
)
def test_addresses(text: str, urls: list[str]) -> None:
    assert base_urls(text) == urls


@pytest.mark.parametrize("text", ["", "host:8000", "ftp://host", "http://", "http://host:x/", "http://a,,http://b"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(EngineError, match="is no address"):
        base_urls(text)


@pytest.mark.parametrize("text", ["http://me:sk-planted@host/v1", "http://host/v1?key=sk-planted"])
def test_an_address_holds_no_secret_and_the_error_does_not_repeat_it(text: str) -> None:
    with pytest.raises(EngineError, match="password") as caught:
        base_urls(text)
    assert "planted" not in str(caught.value)


def test_an_address_stands_once() -> None:
    with pytest.raises(EngineError, match="twice"):
        base_urls("http://host,http://host/v1")
