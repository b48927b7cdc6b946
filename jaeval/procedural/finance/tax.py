"""Consumption tax at its two rates, and exchange of currencies."""

from __future__ import annotations

from fractions import Fraction

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.rounding import truncated
from jaeval.procedural.wording import plain, written

FOODS: tuple[tuple[str, str], ...] = (
    ("米", "袋"),
    ("牛乳", "本"),
    ("みそ", "個"),
    ("りんごジュース", "本"),
    ("お茶の葉", "袋"),
    ("冷凍うどん", "袋"),
    ("ハム", "個"),
)
WARES: tuple[tuple[str, str], ...] = (
    ("洗剤", "本"),
    ("電池", "個"),
    ("タオル", "枚"),
    ("ノート", "冊"),
    ("マグカップ", "個"),
    ("傘", "本"),
    ("ワイン", "本"),
)
RULE = "税率ごとに合計し、消費税の1円未満は切り捨ててください。"


def consumption_tax(draw: Draw) -> Problem:
    """One purchase at one rate (2 steps), food at 8 % with wares at 10 % (5), and several of each (6)."""
    (food, food_counter), (ware, ware_counter) = draw.choice(FOODS), draw.choice(WARES)
    food_price, ware_price, who = draw.integer(98, 1_480, 7), draw.integer(98, 4_980, 9), draw.person()
    if draw.difficulty == 2:
        name, price, percent, what = draw.choice(
            ((food, food_price, 8, "軽減税率"), (ware, ware_price, 10, "標準税率"))
        )
        tax = truncated(Fraction(price * percent, 100))
        question = (
            f"{who}は、税抜き{price:,}円の{name}を1つ買って持ち帰りました。消費税率は{what}の{percent}%です。"
            "税込みの代金は何円ですか。消費税の1円未満は切り捨ててください。"
        )
        steps = [
            f"消費税は{price:,}円の{percent}%で、{tax:,}円です。",
            f"税込みでは{price:,}+{tax:,}={price + tax:,}円です。",
        ]
        facts: Facts = {"bought": [[price, 1, percent]]}
        return Problem.number(question, steps, price + tax, "円", facts)
    several = draw.difficulty == 6
    counts = [draw.integer(2, 6), draw.integer(2, 6)] if several else [1, 1]
    nets = [food_price * counts[0], ware_price * counts[1]]
    taxes = [truncated(Fraction(nets[0] * 8, 100)), truncated(Fraction(nets[1] * 10, 100))]
    total = sum(nets) + sum(taxes)
    question = (
        f"{who}は店で、税抜きで1{food_counter}{food_price:,}円の{food}を{counts[0]}{food_counter}（税率8%）と、"
        f"1{ware_counter}{ware_price:,}円の{ware}を{counts[1]}{ware_counter}（税率10%）買いました。"
        f"税込みの代金は合わせて何円ですか。{RULE}"
    )
    steps = (
        [f"{food}は{food_price:,}×{counts[0]}={nets[0]:,}円、{ware}は{ware_price:,}×{counts[1]}={nets[1]:,}円です。"]
        if several
        else []
    )
    steps += [
        f"8%の消費税は{nets[0]:,}円に対して{taxes[0]:,}円です。",
        f"10%の消費税は{nets[1]:,}円に対して{taxes[1]:,}円です。",
        f"税抜きの合計は{nets[0]:,}+{nets[1]:,}={sum(nets):,}円です。",
        f"消費税の合計は{taxes[0]:,}+{taxes[1]:,}={sum(taxes):,}円です。",
        f"税込みでは{sum(nets):,}+{sum(taxes):,}={total:,}円です。",
    ]
    facts = {"bought": [[food_price, counts[0], 8], [ware_price, counts[1], 10]]}
    return Problem.number(question, steps, total, "円", facts)


CURRENCIES: tuple[tuple[str, int, int], ...] = (
    ("ドル", 120, 165),
    ("ユーロ", 135, 185),
    ("ポンド", 170, 215),
    ("スイスフラン", 150, 190),
)


def exchange(draw: Draw) -> Problem:
    """Foreign money in yen (1 step), with the bank's margin (2), or the gain between two rates after fees (3)."""
    currency, low, high = draw.choice(CURRENCIES)
    who, amount = draw.person(), draw.integer(200, 20_000, 100)
    rate = Fraction(draw.integer(low * 100, high * 100, 5), 100)
    facts: Facts = {"amount": amount, "rate": plain(rate, 2)}
    quoted = f"1{currency}={written(rate, 2)}円"
    if draw.difficulty == 1:
        cost = amount * rate
        question = (
            f"為替レートは{quoted}です。{who}が{amount:,}{currency}を円に換えると何円になりますか。手数料は考えません。"
        )
        steps = [f"{amount:,}×{written(rate, 2)}={written(cost)}円です。"]
        return Problem.number(question, steps, cost, "円", facts)
    if draw.difficulty == 2:
        margin = Fraction(draw.integer(10, 150, 5), 100)
        price = amount * (rate + margin)
        question = (
            f"銀行の仲値は{quoted}で、"
            f"円を{currency}に換えるときは1{currency}につき{written(margin, 2)}円の手数料が仲値に上乗せされます。"
            f"{who}が{amount:,}{currency}を買うには何円必要ですか。"
        )
        steps = [
            f"1{currency}を買う値段は{written(rate, 2)}+{written(margin, 2)}={written(rate + margin, 2)}円です。",
            f"{amount:,}×{written(rate + margin, 2)}={written(price)}円です。",
        ]
        return Problem.number(question, steps, price, "円", {**facts, "margin": plain(margin, 2)})
    move = Fraction(draw.integer(30, 1_500, 5), 100) * draw.choice((1, -1))
    later, fees = rate + move, draw.integer(100, 3_000, 100)
    gain = amount * move - fees
    question = (
        f"{who}は{quoted}のときに{amount:,}{currency}を買い、"
        f"1{currency}={written(later, 2)}円のときにすべて円に戻しました。"
        f"手数料は合わせて{fees:,}円でした。損益は何円ですか。損失の場合は、数字の前に-をつけてください。"
    )
    steps = [
        f"1{currency}当たりの損益は{written(later, 2)}−{written(rate, 2)}={written(move, 2)}円です。",
        f"{amount:,}{currency}では{written(amount * move)}円です。",
        f"手数料の{fees:,}円を引くと{written(gain)}円です。",
    ]
    return Problem.number(question, steps, gain, "円", {**facts, "later": plain(later, 2), "fees": fees})


KINDS: tuple[Kind, ...] = (
    Kind("consumption-tax", consumption_tax, (2, 5, 6)),
    Kind("exchange", exchange, (1, 2, 3)),
)
