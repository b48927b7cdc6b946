"""Prompts for models whose tokenizer nobody knows: one token for each character, and conversations as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from jaeval.engines.scripted import CharacterTokenizer

CONVERSATION = "\x01"
"""Begins a prompt that holds a conversation as JSON, and ends the JSON."""


class ConversationTokenizer(CharacterTokenizer):
    """See `Tokenizer`. A chat template keeps the turns, so that the service can apply its model's own."""

    def apply_chat_template(self, messages: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """See `Tokenizer.apply_chat_template`. Whether a prompt for an answer follows is the service's affair."""
        return f"{CONVERSATION}{json.dumps(messages, ensure_ascii=False)}{CONVERSATION}"


def messages_of(text: str) -> list[dict[str, Any]]:
    r"""A prompt as the turns of a conversation; a plain text is one turn of the user.

    Example:
        >>> messages_of("日本の首都は")
        [{'role': 'user', 'content': '日本の首都は'}]
        >>> messages_of('\x01[{"role": "system", "content": "短く"}]\x01答え：')
        [{'role': 'system', 'content': '短く'}, {'role': 'user', 'content': '答え：'}]
    """
    turns: list[dict[str, Any]] = []
    if text.startswith(CONVERSATION) and CONVERSATION in text[1:]:
        told, _, text = text[1:].partition(CONVERSATION)
        turns = json.loads(told)
    if text and turns and turns[-1]["role"] == "user":
        turns[-1] = {**turns[-1], "content": turns[-1]["content"] + text}
    elif text or not turns:
        turns.append({"role": "user", "content": text})
    return turns


def shown_stops(stops: Sequence[str]) -> list[str]:
    """The stop texts that a service can be told: not the end token of a tokenizer that it does not have."""
    return [stop for stop in stops if stop and stop != CharacterTokenizer.end_text]
