"""A checkpoint's tokenizer, with the conventions of lm-eval 0.4.13 for BOS and chat templates."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from jaeval.engines.reasoning import ThinkTags
from jaeval.errors import CheckpointError

TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "tekken.json")
"""A checkpoint has at least one of these."""
SETTING_FILES = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja")


class TextStream(Protocol):
    """Turns token ids into text as they arrive."""

    def feed(self, tokens: Sequence[int]) -> str:
        """The text that is complete with these tokens; a character's last byte may still be missing."""
        ...


@runtime_checkable
class Tokenizer(Protocol):
    """Text to token ids and back. An engine of your own may bring its own (see `jaeval.engines.logits`).

    Attributes:
        end_text: the text of the end token; it is a stop text of every generation.
        end_tokens: ids that end an answer.
        prefix_token: the id that stands for an empty context: BOS, else the end token.
        think: the tags of a reasoning model, or None.
    """

    @property
    def end_text(self) -> str: ...  # noqa: D102

    @property
    def end_tokens(self) -> tuple[int, ...]: ...  # noqa: D102

    @property
    def prefix_token(self) -> int: ...  # noqa: D102

    @property
    def think(self) -> ThinkTags | None: ...  # noqa: D102

    def encode(self, texts: Sequence[str], *, special_tokens: bool | None = None) -> list[list[int]]:
        """Token ids of each text. `special_tokens` None: the tokenizer's habit, but never a second BOS."""
        ...

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of some token ids, special tokens included."""
        ...

    def stream(self) -> TextStream:
        """The text of token ids that arrive one after another."""
        ...

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """Render a conversation. Raises `CheckpointError` where there is no chat template."""
        ...


class CheckpointTokenizer:
    """The tokenizer in a checkpoint folder, by transformers. Code in the folder is never run.

    It is read when it is first used: a run whose prompts and answers are all known never waits for transformers.

    Args:
        path: the checkpoint folder.
        chat_template_args: further arguments of the chat template, such as `{"enable_thinking": False}`.

    Raises:
        CheckpointError: no tokenizer there; or, at the first use, transformers cannot read it.
    """

    def __init__(self, path: Path, *, chat_template_args: dict[str, Any] | None = None) -> None:
        if not any((path / name).is_file() for name in TOKENIZER_FILES):
            raise CheckpointError(
                "no tokenizer in the checkpoint folder",
                file=path,
                remedy=f"Copy the tokenizer of its base model here ({', '.join(TOKENIZER_FILES[:2])} …)",
            )
        self._chat_template_args = chat_template_args or {}
        self._path = path
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read the tokenizer now. The first of several threads imports transformers, the others wait for it."""
        with self._lock:
            _ = self._read

    @property
    def _tokenizer(self) -> Any:
        self.load()
        return self._read

    @cached_property
    def _read(self) -> Any:
        from transformers import AutoTokenizer

        try:
            found = AutoTokenizer.from_pretrained(self._path, trust_remote_code=False, local_files_only=True)
        except Exception as error:  # transformers raises whatever its parts raise
            raise CheckpointError(f"the tokenizer cannot be read ({_first_line(error)})", file=self._path) from error
        if found.bos_token_id is None and found.eos_token_id is None:
            raise CheckpointError("the tokenizer has neither a BOS nor an EOS token", file=self._path)
        return found

    @property
    def identity(self) -> str:
        """Names everything that decides which tokens a text becomes."""
        versions = [version(package) for package in ("transformers", "tokenizers")]
        return json.dumps([tokenizer_hash(self._path), *versions])

    @cached_property
    def prefix_token(self) -> int:
        """See `Tokenizer.prefix_token`."""
        bos = self._tokenizer.bos_token_id
        return int(self._tokenizer.eos_token_id if bos is None else bos)

    @cached_property
    def end_text(self) -> str:
        """See `Tokenizer.end_text`."""
        eos = self._tokenizer.eos_token_id
        return "" if eos is None else (self._tokenizer.decode(eos) or self._tokenizer.eos_token)

    @cached_property
    def end_tokens(self) -> tuple[int, ...]:
        """See `Tokenizer.end_tokens`."""
        eos = self._tokenizer.eos_token_id
        return tuple(sorted({*_configured_ends(self._path), *([] if eos is None else [eos])}))

    @cached_property
    def _bos_text(self) -> str:
        return str(self._tokenizer.decode(self.prefix_token))

    @cached_property
    def think(self) -> ThinkTags | None:
        """See `Tokenizer.think`."""
        tags = ThinkTags()
        template = self._tokenizer.chat_template or ""
        known = tags.close in self._tokenizer.get_vocab() or tags.close in str(template)
        return tags if known else None

    def encode(self, texts: Sequence[str], *, special_tokens: bool | None = None) -> list[list[int]]:
        """See `Tokenizer.encode`. A text that begins with the BOS text (chat templates do that) gets no second one."""
        encoded: list[list[int]] = [[] for _ in texts]
        for begins_with_bos in (False, True):
            places = [i for i, text in enumerate(texts) if text and text.startswith(self._bos_text) is begins_with_bos]
            if not places:
                continue
            settings: dict[str, Any] = {} if special_tokens is None else {"add_special_tokens": special_tokens}
            if begins_with_bos:
                settings["add_special_tokens"] = False
            batch = self._tokenizer([texts[i] for i in places], return_attention_mask=False, **settings).input_ids
            for place, tokens in zip(places, batch, strict=True):
                encoded[place] = tokens
        return encoded

    def decode(self, tokens: Sequence[int]) -> str:
        """See `Tokenizer.decode`."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False))

    def stream(self) -> TextStream:
        """See `Tokenizer.stream`."""
        backend = getattr(self._tokenizer, "backend_tokenizer", None)
        return Redecoded(self.decode) if backend is None else _Streamed(backend)

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """See `Tokenizer.apply_chat_template`. As in lm-eval, a template that refuses a system turn is given none."""
        from jinja2.exceptions import TemplateError

        if not self._tokenizer.chat_template:
            raise CheckpointError(
                "the tokenizer has no chat template", file=self._path, remedy="Leave --apply-chat-template out"
            )

        def render(turns: list[dict[str, str]]) -> str:
            return str(
                self._tokenizer.apply_chat_template(
                    turns,
                    tokenize=False,
                    add_generation_prompt=add_generation_prompt,
                    continue_final_message=not add_generation_prompt,
                    **self._chat_template_args,
                )
            )

        try:
            return render(messages)
        except TemplateError:
            return render([turn for turn in messages if turn["role"] != "system"])


class Redecoded:
    """A `TextStream` for any tokenizer: decodes all tokens each time, and gives what is new."""

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        self._given = 0

    def feed(self, tokens: Sequence[int]) -> str:
        """See `TextStream.feed`."""
        self._tokens += tokens
        text = self._decode(self._tokens).rstrip("\ufffd")
        new, self._given = text[self._given :], max(self._given, len(text))
        return new


class _Streamed:
    def __init__(self, backend: Any) -> None:
        from tokenizers.decoders import DecodeStream

        self._backend, self._stream = backend, DecodeStream(skip_special_tokens=False)

    def feed(self, tokens: Sequence[int]) -> str:
        return "".join(self._stream.step(self._backend, token) or "" for token in tokens)


def _configured_ends(path: Path) -> list[int]:
    for name in ("generation_config.json", "config.json"):
        try:
            ends = json.loads((path / name).read_text(encoding="utf-8")).get("eos_token_id")
        except (OSError, ValueError, AttributeError):
            continue
        if ends is not None:
            return [ends] if isinstance(ends, int) else [end for end in ends if isinstance(end, int)]
    return []


def tokenizer_hash(path: Path) -> str:
    """The sha256 over a checkpoint's tokenizer files, names included."""
    digest = hashlib.sha256()
    for name in (*TOKENIZER_FILES, *SETTING_FILES):
        if (path / name).is_file():
            digest.update(f"{name}\0".encode())
            digest.update(hashlib.sha256((path / name).read_bytes()).digest())
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
