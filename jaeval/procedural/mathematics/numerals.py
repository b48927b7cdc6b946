"""Large numbers written in kanji."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.japanese import to_kanji
from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Tally:
    """Two numbers `{a}` and `{b}` of the same thing, and a part `{c}` of both together."""

    counter: str
    told: str
    whole: str
    part: str
    rest: str


TALLIES: tuple[Tally, ...] = (
    Tally(
        "人",
        "東町の人口は{a}人で、西町の人口は{b}人です。",
        "二つの町の人口",
        "その後、二つの町から合わせて{c}人が引っ越していきました。",
        "二つの町の人口の合計",
    ),
    Tally(
        "冊",
        "ある図書館には、日本語の本が{a}冊、外国語の本が{b}冊あります。",
        "本",
        "このうち{c}冊が貸し出されています。",
        "貸し出されていない本",
    ),
    Tally(
        "本",
        "ある工場では、ねじを先月は{a}本、今月は{b}本作りました。",
        "作ったねじ",
        "このうち{c}本を出荷しました。",
        "まだ出荷していないねじ",
    ),
    Tally(
        "人",
        "美術館の入場者は、土曜日が{a}人、日曜日が{b}人でした。",
        "入場者",
        "このうち{c}人は子どもでした。",
        "子ども以外の入場者",
    ),
    Tally(
        "通",
        "郵便局では、年賀状を午前に{a}通、午後に{b}通受け取りました。",
        "年賀状",
        "このうち{c}通を配達しました。",
        "まだ配達していない年賀状",
    ),
    Tally(
        "枚",
        "コンサートのチケットは、初日に{a}枚、二日目に{b}枚売れました。",
        "売れたチケット",
        "このうち{c}枚が払い戻されました。",
        "払い戻されていないチケット",
    ),
)


def kanji_numerals(draw: Draw) -> Problem:
    """The sum of two large numbers, or what is left of it; the answer is wanted in Arabic numerals."""
    tally = draw.choice(TALLIES)
    counter = tally.counter
    a, b = (draw.integer(1_001, draw.choice((9_999, 99_999))) for _ in range(2))
    told, ask = tally.told.format(a=to_kanji(a), b=to_kanji(b)), "算用数字で答えてください。"
    steps = [f"合わせて{a:,}+{b:,}={a + b:,}{counter}です。"]
    if draw.difficulty == 1:
        question = f"{told}{tally.whole}は合わせて何{counter}ですか。{ask}"
        return Problem.number(question, steps, a + b, counter, {"numbers": [a, b]})
    c = draw.integer(101, min(a, b) - 1)
    steps.append(f"そこから除くと{a + b:,}−{c:,}={a + b - c:,}{counter}です。")
    question = f"{told}{tally.part.format(c=to_kanji(c))}{tally.rest}は何{counter}ですか。{ask}"
    return Problem.number(question, steps, a + b - c, counter, {"numbers": [a, b], "minus": c})


KINDS: tuple[Kind, ...] = (Kind("kanji-numerals", kanji_numerals, (1, 2)),)
