"""One server: its address, how much it is asked at once, and whether it is there."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from jaeval.engines.server.keys import Key
from jaeval.engines.server.trouble import NotAnsweredError, raise_for_status
from jaeval.engines.server.window import Window
from jaeval.errors import EngineError

if TYPE_CHECKING:
    import aiohttp

CONNECT_S = 10.0
"""How long a connection may take to be made, and a question about a server's health to be answered."""


class Endpoint:
    """A server's address. Everything here happens in the thread of one event loop.

    Args:
        url: its base, with `/v1`.
        key: see `read_key`.
        timeout: seconds for one request, from its first byte to the last of its answer.
        window: see `Window`.

    Attributes:
        url: as given.
        model: the served model's name; set by whoever asks the server.
        window: how many requests may be under way.
        under_way: how many are.
        failures: how often in a row it did not answer.
        out: it is taken out until it answers again.
        refusing: it answers nothing, and asks to be left alone again and again.
        paused_until: it asked to be left alone until then, by the event loop's clock.
        trouble: the last reason for which it did not answer.
    """

    def __init__(self, url: str, key: Key | None, *, timeout: float, window: Window) -> None:
        self.url, self.model, self.window = url, "", window
        self.under_way, self.failures, self.out, self.paused_until, self.trouble = 0, 0, False, 0.0, ""
        self.refusing = False
        self._key, self._timeout = key, timeout

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r})"

    def has_room(self, now: float) -> bool:
        """Whether it may be asked one more request now."""
        return not self.out and now >= self.paused_until and self.under_way < self.window.size

    async def get(self, session: aiohttp.ClientSession, path: str) -> Any:
        """The JSON at a path below the base; raises as `post`."""
        return await self._ask(session, "GET", path, None, CONNECT_S)

    async def post(
        self, session: aiohttp.ClientSession | None, path: str, body: dict[str, Any], content: bytes = b""
    ) -> Any:
        """The JSON that answers a body.

        Args:
            session: for HTTP.
            path: below the base.
            body: a JSON object; the model's name is put in.
            content: the same by `encoded`, where it was made ahead of time.

        Raises:
            NotAnsweredError, RefusedError, DeniedError: it was not answered. None of them holds the body, the answer
                or the key.
        """
        assert session is not None
        named = b'{"model":' + json.dumps(self.model).encode() + b"," + (content or encoded(body))[1:]
        return await self._ask(session, "POST", path, named, self._timeout)

    async def _ask(
        self, session: aiohttp.ClientSession, method: str, path: str, content: bytes | None, seconds: float
    ) -> Any:
        import aiohttp

        headers = {"Content-Type": "application/json"} if content is not None else {}
        if self._key is not None:
            headers |= self._key.headers()
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_S)
        try:
            # A redirection could carry the key elsewhere.
            async with session.request(
                method, f"{self.url}/{path}", data=content, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                given, status, told = await answer.read(), answer.status, answer.headers
        except TimeoutError:  # also of aiohttp: its timeouts derive from it
            raise NotAnsweredError(f"no answer within {seconds:g} s", busy=True) from None
        except aiohttp.ClientConnectorError as error:
            raise NotAnsweredError(f"no connection ({type(error.os_error).__name__})", unreachable=True) from None
        except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise NotAnsweredError(f"the connection broke ({type(error).__name__})") from None
        try:
            found = json.loads(given)
        except (ValueError, RecursionError):
            found = None
        raise_for_status(status, told, found)
        if found is None:
            raise NotAnsweredError("the answer is not JSON")
        return found


def encoded(body: dict[str, Any]) -> bytes:
    """A JSON object as it is sent. It must not be empty.

    Example:
        >>> encoded({"prompt": [1, 2]})
        b'{"prompt":[1,2]}'
    """
    return json.dumps(body, separators=(",", ":")).encode()


def base_urls(text: str | list[str]) -> list[str]:
    """The addresses of servers, separated by commas, each with its `/v1`.

    Raises:
        EngineError: one is no http address, holds a name or a password, or stands twice.

    Example:
        >>> base_urls("http://127.0.0.1:8000, https://host/inference/v1/")
        ['http://127.0.0.1:8000/v1', 'https://host/inference/v1']
    """
    given = text.split(",") if isinstance(text, str) else text
    urls = []
    for url in (str(url).strip() for url in given):
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise EngineError("is no address", field="--base-url") from None
        if parts.username or parts.password or parts.query or parts.fragment:
            raise EngineError(
                "an address must hold neither name, password nor query",
                field="--base-url",
                remedy="Give keys by --api-key-env or --api-key-file",
            )
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise EngineError(f"{url!a} is no address", field="--base-url", remedy="Give http://HOST:PORT/v1")
        path = parts.path.rstrip("/") or "/v1"
        urls.append(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
    if twice := sorted({url for url in urls if urls.count(url) > 1}):
        raise EngineError(f"{twice[0]} stands twice", field="--base-url")
    return urls
