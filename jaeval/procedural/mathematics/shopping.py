"""Shopping: totals and change, and prices by the piece."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Json, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Goods:
    """Something sold by the piece: its counter and its usual price in yen (low, high, step)."""

    name: str
    counter: str
    prices: tuple[int, int, int]


GOODS: tuple[Goods, ...] = (
    Goods("りんご", "個", (90, 220, 10)),
    Goods("みかん", "個", (40, 90, 5)),
    Goods("パン", "個", (110, 260, 10)),
    Goods("おにぎり", "個", (110, 190, 10)),
    Goods("ケーキ", "個", (280, 420, 10)),
    Goods("消しゴム", "個", (50, 150, 10)),
    Goods("ノート", "冊", (100, 250, 10)),
    Goods("鉛筆", "本", (50, 120, 5)),
    Goods("ボールペン", "本", (90, 220, 10)),
    Goods("ジュース", "本", (100, 180, 10)),
    Goods("カーネーション", "本", (150, 300, 10)),
    Goods("画用紙", "枚", (20, 60, 5)),
    Goods("絵はがき", "枚", (80, 160, 10)),
    Goods("ハンカチ", "枚", (220, 360, 20)),
    Goods("せっけん", "個", (90, 240, 10)),
)


def shopping_change(draw: Draw) -> Problem:
    """Goods at a price each: the total, or the change out of a note."""
    buyer = draw.person()
    chosen = draw.sample(GOODS, {1: 1, 2: 1, 4: 2, 5: 3}[draw.difficulty])
    prices = [draw.integer(*goods.prices) for goods in chosen]
    counts = [draw.integer(2, 9) for _ in chosen]
    total = sum(price * count for price, count in zip(prices, counts, strict=True))
    bought = "、".join(
        f"1{goods.counter}{price}円の{goods.name}を{count}{goods.counter}"
        for goods, price, count in zip(chosen, prices, counts, strict=True)
    )
    steps = [
        f"{goods.name}の代金は{price}×{count}={price * count:,}円です。"
        for goods, price, count in zip(chosen, prices, counts, strict=True)
    ]
    facts: dict[str, Json] = {
        "goods": [{"price": price, "count": count} for price, count in zip(prices, counts, strict=True)]
    }
    if draw.difficulty == 1:
        question = draw.choice(
            (
                f"{buyer}は{bought}買いました。代金は全部で何円ですか。",
                f"{buyer}は店で{bought}買うことにしました。全部でいくらになりますか。",
            )
        )
        return Problem.number(question, steps, total, "円", facts)
    note = next(note for note in (1000, 5000, 10000) if note > total)
    facts["paid"] = note
    question = draw.choice(
        (
            f"{buyer}は{bought}買い、{note:,}円札を1枚出しました。おつりは何円ですか。",
            f"{buyer}は{bought}買って、レジで{note:,}円を払いました。おつりはいくらですか。",
            f"{note:,}円を持っている{buyer}が、{bought}買いました。残りは何円ですか。",
        )
    )
    if len(chosen) > 1:
        steps.append(f"合わせて{total:,}円です。")
    steps.append(f"残るのは{note:,}−{total:,}={note - total:,}円です。")
    return Problem.number(question, steps, note - total, "円", facts)


def unit_price(draw: Draw) -> Problem:
    """The price of one piece from the price of several; then of another number; then two shops compared."""
    goods, buyer = draw.choice(GOODS), draw.person()
    one, (pack, wanted) = draw.integer(*goods.prices), draw.sample(range(3, 13), 2)
    counter, name = goods.counter, goods.name
    facts: Facts = {"count": pack, "price": one * pack}
    steps = [f"1{counter}の値段は{one * pack:,}÷{pack}={one}円です。"]
    if draw.difficulty == 1:
        question = draw.choice(
            (
                f"{buyer}は、同じ{name}を{pack}{counter}買って{one * pack:,}円払いました。1{counter}は何円ですか。",
                f"{buyer}が買った{name}は、{pack}{counter}で{one * pack:,}円でした。1{counter}あたり何円ですか。",
            )
        )
        return Problem.number(question, steps, one, "円", facts)
    if draw.difficulty == 2:
        question = draw.choice(
            (
                f"{name}{pack}{counter}の代金は{one * pack:,}円です。{buyer}が同じ{name}を{wanted}{counter}買うと、"
                "代金は何円ですか。",
                f"同じ{name}を{pack}{counter}買うと{one * pack:,}円です。"
                f"{buyer}が{wanted}{counter}買うといくらですか。",
            )
        )
        steps.append(f"{wanted}{counter}では{one}×{wanted}={one * wanted:,}円です。")
        return Problem.number(question, steps, one * wanted, "円", {**facts, "wanted": wanted})
    other = one + draw.choice((-1, 1)) * draw.integer(1, 15)
    question = (
        f"同じ{name}が、東店では{pack}{counter}で{one * pack:,}円、"
        f"西店では{wanted}{counter}で{other * wanted:,}円です。"
        f"{buyer}が1{counter}あたりの値段を比べると、その差は何円ですか。"
    )
    steps = [
        f"東店の1{counter}は{one * pack:,}÷{pack}={one}円です。",
        f"西店の1{counter}は{other * wanted:,}÷{wanted}={other}円です。",
        f"差は{max(one, other)}−{min(one, other)}={abs(one - other)}円です。",
    ]
    facts = {**facts, "other_count": wanted, "other_price": other * wanted}
    return Problem.number(question, steps, abs(one - other), "円", facts)


KINDS: tuple[Kind, ...] = (
    Kind("shopping-change", shopping_change, (1, 2, 4, 5)),
    Kind("unit-price", unit_price, (1, 2, 3)),
)
