"""Prices cut by tenths (割) or per cent, coupons, and goods marked up before they are cut."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem
from jaeval.procedural.kind import Kind

GOODS: tuple[str, ...] = (
    "コート",
    "かばん",
    "腕時計",
    "自転車",
    "炊飯器",
    "いす",
    "スーツ",
    "テント",
    "掃除機",
    "毛布",
)


def discount(draw: Draw) -> Problem:
    """Prices cut by tenths or per cent; a coupon on top; the profit on goods marked up, then cut."""
    if draw.difficulty == 3:
        return _marked_up(draw)
    goods, buyer, price = draw.choice(GOODS), draw.person(), draw.integer(1000, 30000, 200)
    facts: dict[str, int] = {"price": price}
    if draw.below(2):
        facts["off_tenths"] = off = draw.integer(1, 6)
        sale, cut, left = price * (10 - off) // 10, f"{off}割引き", f"{10 - off}割"
    else:
        facts["off_percent"] = off = draw.integer(5, 45, 5)
        sale, cut, left = price * (100 - off) // 100, f"{off}%引き", f"{100 - off}%"
    steps = [f"売値は定価の{left}で、{sale:,}円です。"]
    if draw.difficulty == 1:
        question = draw.choice(
            (
                f"{buyer}は、定価{price:,}円の{goods}を{cut}で買いました。代金は何円ですか。",
                f"{buyer}の店では、定価{price:,}円の{goods}を{cut}で売っています。売値はいくらですか。",
            )
        )
        return Problem.number(question, steps, sale, "円", facts)
    facts["coupon"] = coupon = draw.integer(100, 500, 50)
    question = draw.choice(
        (
            f"{buyer}は、定価{price:,}円の{goods}を{cut}で買い、さらに{coupon}円の割引券を使いました。"
            "払った金額は何円ですか。",
            f"定価{price:,}円の{goods}が{cut}になっています。{buyer}が{coupon}円分のポイントも使って買うと、"
            "払う金額はいくらですか。",
        )
    )
    steps.append(f"そこから{coupon}円を引いて、{sale:,}−{coupon}={sale - coupon:,}円です。")
    return Problem.number(question, steps, sale - coupon, "円", facts)


def _marked_up(draw: Draw) -> Problem:
    goods, seller, cost = draw.choice(GOODS), draw.person(), draw.integer(1000, 9000, 200)
    up, off = draw.choice((20, 30, 40, 50)), draw.choice((5, 10, 15))
    listed = cost * (100 + up) // 100
    sold = listed * (100 - off) // 100
    question = draw.choice(
        (
            f"{seller}の店では、仕入れ値{cost:,}円の{goods}に{up}%の利益を見込んで定価をつけました。"
            f"売れなかったので、定価の{off}%引きで売りました。利益は何円ですか。",
            f"{seller}は{goods}を{cost:,}円で仕入れ、{up}%の利益を見込んだ定価をつけましたが、"
            f"実際には定価の{off}%引きで売りました。利益はいくらですか。",
        )
    )
    steps = (
        f"定価は仕入れ値の{100 + up}%で、{listed:,}円です。",
        f"売値は定価の{100 - off}%で、{sold:,}円です。",
        f"利益は{sold:,}−{cost:,}={sold - cost:,}円です。",
    )
    return Problem.number(question, steps, sold - cost, "円", {"cost": cost, "up_percent": up, "off_percent": off})


KINDS: tuple[Kind, ...] = (Kind("discount", discount, (1, 2, 3)),)
