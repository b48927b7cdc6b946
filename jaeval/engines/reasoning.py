"""The reasoning part of an answer: kept apart from it, never searched for stop texts, never scored as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThinkTags:
    """The texts that open and close the reasoning part, `<think>` and `</think>` in most models."""

    open: str = "<think>"
    close: str = "</think>"


@dataclass(frozen=True, slots=True)
class Parted:
    """A generated text in its two parts.

    Attributes:
        reasoning: text between the tags; None where the model did not reason.
        answer: text after them, without leading white space; None while the reasoning is not closed, or may yet begin.
    """

    reasoning: str | None
    answer: str | None


def part(text: str, tags: ThinkTags, *, thinking: bool = False) -> Parted:
    """Part a generated text into reasoning and answer.

    Args:
        text: what the model generated, without the prompt.
        tags: the texts that open and close the reasoning.
        thinking: the prompt ended inside the reasoning part, so no opening tag is expected.

    Returns:
        The two parts. A text that does not begin with the opening tag (white space aside) is all answer. As in lm-eval
        0.4.13 (`postprocess_generated_text`), the answer is what follows the last closing tag.
    """
    body = text
    if not thinking:
        head = text.lstrip()
        if not head.startswith(tags.open):
            # The opening tag may still be on its way: neither "\n" nor " <thi" is an answer yet.
            return Parted(None, None if tags.open.startswith(head) else text)
        body = head[len(tags.open) :]
    reasoning, closed, answer = body.rpartition(tags.close)
    if not closed:
        return Parted(body, None)
    return Parted(reasoning.strip(), answer.lstrip())


def cut_at_stop(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """Cut a text at the first of its stop texts.

    Returns:
        The text before it, and whether there was one. Empty stop texts are ignored.
    """
    found = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return (text[: min(found)], True) if found else (text, False)


class StopWatch:
    """Watches a growing text for the stop text that ends its answer.

    Args:
        stops: the stop texts; empty ones are ignored.
        tags: the tags of a reasoning model: stop texts inside the reasoning do not count.
        thinking: the prompt ended inside the reasoning part.
    """

    def __init__(self, stops: Sequence[str], tags: ThinkTags | None, *, thinking: bool = False) -> None:
        self._stops = [stop for stop in stops if stop]
        self._reach = max(map(len, self._stops), default=0) - 1
        self._tags, self._thinking = tags, thinking
        self._text = ""
        self._searched = 0

    def feed(self, text: str) -> bool:
        """Add text; whether the answer now holds a stop text."""
        if not self._stops:
            return False
        self._text += text
        if self._tags is not None:
            answer = part(self._text, self._tags, thinking=self._thinking).answer
            if not answer:  # white space after the closing tag is no part of the answer, and more may come
                return False
            # From here on the reasoning is over, and only what the answer gains has to be searched.
            self._text, self._tags = answer, None
        begin = max(0, self._searched - self._reach)
        self._searched = len(self._text)
        return any(self._text.find(stop, begin) >= 0 for stop in self._stops)
