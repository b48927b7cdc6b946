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
        answer: text after them, without leading white space; None while the reasoning is not closed.
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
            # The opening tag may still be on its way: " <thi" is not yet an answer.
            return Parted(None, None if tags.open.startswith(head) and head else text)
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


def answer_is_finished(text: str, tags: ThinkTags, stops: Sequence[str], *, thinking: bool) -> bool:
    """Whether a text that is still growing has reached a stop text in its answer part."""
    answer = part(text, tags, thinking=thinking).answer
    return answer is not None and cut_at_stop(answer, stops)[1]
