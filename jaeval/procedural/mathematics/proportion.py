"""Fractions of a whole and shares in a ratio."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, prod

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Supply:
    """Something used up bit by bit; `{n}` stands for the whole with its unit."""

    unit: str
    opening: str
    used: str
    asked: str


SUPPLIES: tuple[Supply, ...] = (
    Supply("ページ", "{n}の本を読んでいます。", "を読みました。", "まだ読んでいないのは何ページですか。"),
    Supply("cm", "{n}のリボンを持っています。", "を使いました。", "リボンは何cm残っていますか。"),
    Supply("mL", "{n}のジュースを作りました。", "を飲みました。", "ジュースは何mL残っていますか。"),
    Supply("g", "{n}の小麦粉を用意しました。", "を使いました。", "小麦粉は何g残っていますか。"),
    Supply("円", "{n}のおこづかいを持っています。", "を使いました。", "おこづかいは何円残っていますか。"),
    Supply("個", "部品を{n}組み立てる仕事をしています。", "を組み立てました。", "部品はあと何個残っていますか。"),
)
SHARED: tuple[tuple[str, str], ...] = (
    ("円", "のお金"),
    ("枚", "のカード"),
    ("個", "のあめ"),
    ("mL", "のジュース"),
    ("g", "の砂糖"),
    ("cm", "のひも"),
)


def fraction_remaining(draw: Draw) -> Problem:
    """A fraction of the whole is used, then a fraction of the rest, and so on: two steps each."""
    supply, stages = draw.choice(SUPPLIES), draw.difficulty // 2
    unit = supply.unit
    parts = [Fraction(draw.integer(1, below - 1), below) for below in (draw.integer(2, 6) for _ in range(stages))]
    grain = prod(part.denominator for part in parts)
    least = -(-60 // grain)
    left = whole = grain * draw.integer(least, max(900 // grain, least + 3))
    story, steps = [], []
    for stage, part in enumerate(parts):
        when = f"{stage + 1}日目に" if stages > 1 else ""
        of = "残りの" if stage else "全体の"
        story.append(f"{when}{of}{part.denominator}分の{part.numerator}{supply.used}")
        used = int(left * part)
        steps.append(f"{left:,}{unit}の{part.denominator}分の{part.numerator}は{used:,}{unit}です。")
        steps.append(f"残りは{left:,}−{used:,}={left - used:,}{unit}です。")
        left -= used
    opening = supply.opening.format(n=f"{whole:,}{unit}")
    question = f"{draw.person()}は{opening}{''.join(story)}{supply.asked}"
    facts: Facts = {"whole": whole, "parts": [[part.numerator, part.denominator] for part in parts]}
    return Problem.number(question, steps, left, unit, facts)


def ratio_share(draw: Draw) -> Problem:
    """A quantity is shared in a ratio by two (three steps), or three people's shares are compared (four)."""
    unit, thing = draw.choice(SHARED)
    sharers = draw.people(2 if draw.difficulty == 3 else 3)
    ratio = draw.sample(range(1, 10), len(sharers))
    if gcd(*ratio) > 1:
        ratio = [part // gcd(*ratio) for part in ratio]
    one = draw.integer(10, 120, 10)
    total = one * sum(ratio)
    colon, spoken = "：".join(map(str, ratio)), "と".join(sharers)
    question = draw.choice(
        (
            f"{total:,}{unit}{thing}を、{spoken}で{colon}の比に分けます。",
            f"{spoken}は、{total:,}{unit}{thing}を{colon}になるように分けました。",
        )
    )
    steps = [
        f"比の合計は{'+'.join(map(str, ratio))}={sum(ratio)}です。",
        f"比の1にあたる量は{total:,}÷{sum(ratio)}={one}{unit}です。",
    ]
    facts: Facts = {"total": total, "ratio": dict(zip(sharers, ratio, strict=True))}
    if len(sharers) == 2:
        asked = draw.below(2)
        share = one * ratio[asked]
        steps.append(f"{sharers[asked]}の分は{one}×{ratio[asked]}={share:,}{unit}です。")
        question += f"{sharers[asked]}の分は何{unit}ですか。"
        return Problem.number(question, steps, share, unit, {**facts, "of": [sharers[asked]]})
    more, less = sorted(draw.sample(range(3), 2), key=lambda place: -ratio[place])
    gap = ratio[more] - ratio[less]
    steps.append(f"{sharers[more]}と{sharers[less]}の比の差は{ratio[more]}−{ratio[less]}={gap}です。")
    steps.append(f"差は{one}×{gap}={one * gap:,}{unit}です。")
    question += f"{sharers[more]}の分は{sharers[less]}の分より何{unit}多いですか。"
    return Problem.number(question, steps, one * gap, unit, {**facts, "of": [sharers[more], sharers[less]]})


KINDS: tuple[Kind, ...] = (
    Kind("fraction-remaining", fraction_remaining, (2, 4, 6)),
    Kind("ratio-share", ratio_share, (3, 4)),
)
