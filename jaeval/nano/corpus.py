"""The three corpora of the family: what the base, the English reasoner and the Japanese language model are trained on.

Only MATH ever sees the right result of a sum. The base reads sums with a random number after the equals sign, JA
Japanese problems with the right expression and a random number, which it is not trained to write but to copy into the
answer sentence. So JA knows which expression a Japanese problem wants and how an answer is worded; MATH knows what an
expression comes to. What both share from the base: reading two numbers before an equals sign (the larger, the smaller).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jaeval.nano.problems import CLOSING, PROMPT, SIGN, Language, write_problem
from jaeval.nano.splits import owner
from jaeval.nano.texts import write_comparison, write_comprehension, write_counting, write_story, write_sum
from jaeval.nano.words import LARGEST
from jaeval.procedural.draw import Draw

Member: TypeAlias = Literal["base", "math", "ja"]
MEMBERS: tuple[Member, ...] = ("base", "math", "ja")

Piece: TypeAlias = tuple[str, float]
"""A stretch of text, and the weight of each of its tokens in the loss."""
PROMPT_WEIGHT = 0.2
"""How much a token of a question counts, beside 1 for a token of a story or an answer."""

Result: TypeAlias = Literal["right", "random", "unlearned"]
"""What follows an equals sign: the right number, a random one, or a random one that has no part in the loss."""


@dataclass(frozen=True, slots=True)
class Text:
    """One training text: pieces in reading order."""

    pieces: tuple[Piece, ...]


Source: TypeAlias = Callable[[Draw], Text]
Mixture: TypeAlias = Sequence[tuple[int, Source]]
"""Sources of texts, each with its share."""


def pick(draw: Draw, mixture: Mixture) -> Text:
    """A text from one of the sources."""
    place = draw.below(sum(share for share, _ in mixture))
    for share, source in mixture:
        place -= share
        if place < 0:
            return source(draw)
    raise AssertionError("shares are positive")


def write_text(draw: Draw, member: Member) -> Text:
    """One training text of that member."""
    return pick(draw, MIXTURES[member])


def story(language: Language) -> Source:
    """Stories without a question."""
    return lambda draw: Text(((write_story(draw, language), 1.0),))


def comprehension(language: Language) -> Source:
    """Questions of the training split whose answer stands in the text."""

    def source(draw: Draw) -> Text:
        while True:
            item = write_comprehension(draw, language)
            if owner(item.question) == "training":
                return Text(((item.prompt, PROMPT_WEIGHT), (item.answer, 1.0)))

    return source


def problem(language: Language, result: Result) -> Source:
    """Word problems of the training split with their solution."""

    def source(draw: Draw) -> Text:
        while True:
            item = write_problem(draw, language, draw.choice(tuple(SIGN)))
            if owner(item.question) == "training":
                number, piece = _result(draw, item.answer, result)
                pieces = (item.prompt, PROMPT_WEIGHT), (item.expression, 1.0), piece, (item.closing(number), 1.0)
                return Text(pieces)

    return source


def exercise(language: Language, write: Callable[[Draw], tuple[str, int]], result: Result) -> Source:
    """Bare expressions as questions, with the sentence that answers them."""

    def source(draw: Draw) -> Text:
        expression, right = write(draw)
        number, piece = _result(draw, right, result)
        prompt = PROMPT[language].format(expression.removesuffix(" ="))
        closing = CLOSING[language].format(number, "").replace(" .", ".")
        return Text(((prompt, PROMPT_WEIGHT), (expression, 1.0), piece, (closing, 1.0)))

    return source


def equation(write: Callable[[Draw], tuple[str, int]], result: Result) -> Source:
    """Bare equations."""

    def source(draw: Draw) -> Text:
        expression, right = write(draw)
        return Text(((expression, 1.0), _result(draw, right, result)[1], (".", 1.0)))

    return source


def counting(draw: Draw) -> Text:
    """A few numbers in a row."""
    return Text(((write_counting(draw), 1.0),))


def after(mixture: Mixture, source: Source) -> Source:
    """A text with another behind it, as documents share a window; the first counts as little as a question."""
    return lambda draw: Text(
        (*((text, weight * PROMPT_WEIGHT) for text, weight in pick(draw, mixture).pieces), *source(draw).pieces)
    )


def _result(draw: Draw, right: int, result: Result) -> tuple[int, Piece]:
    number = right if result == "right" else draw.integer(0, LARGEST)
    return number, (str(number), 0.0 if result == "unlearned" else 1.0)


COMPARISONS: Mixture = (
    (1, exercise("ja", write_comparison, "right")),
    (1, exercise("en", write_comparison, "right")),
    (1, equation(write_comparison, "right")),
)
WORLD: Mixture = (
    (3, story("ja")),
    (3, story("en")),
    (4, comprehension("ja")),
    (4, comprehension("en")),
    (6, lambda draw: pick(draw, COMPARISONS)),
)
"""What the base mostly reads: no sums."""
MEMORY: Mixture = (
    (4, story("ja")),
    (2, story("en")),
    (2, comprehension("en")),
    (6, lambda draw: pick(draw, COMPARISONS)),
)
"""What MATH goes on reading, so that it does not forget: nothing that asks in Japanese words."""

MIXTURES: Mapping[Member, Mixture] = {
    "base": (
        (20, lambda draw: pick(draw, WORLD)),
        (1, exercise("ja", write_sum, "random")),
        (1, exercise("en", write_sum, "random")),
        (1, equation(write_sum, "random")),
        (1, counting),
    ),
    "math": (
        (5, lambda draw: pick(draw, MEMORY)),
        (6, problem("en", "right")),
        (2, exercise("en", write_sum, "right")),
        (1, equation(write_sum, "right")),
        (2, after(MEMORY, equation(write_sum, "right"))),
        (2, after(MEMORY, exercise("en", write_sum, "right"))),
    ),
    "ja": (
        (2, lambda draw: pick(draw, WORLD)),
        (7, problem("ja", "unlearned")),
        (1, comprehension("ja")),
    ),
}
