"""Solves the mathematics items from their facts by counting, simulating and searching, not by formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Facts = Mapping[str, Any]
Solve = Callable[[Facts], int | Fraction]


def _shopping_change(facts: Facts) -> int:
    till = facts.get("paid", 0)
    for goods in facts["goods"]:
        for _ in range(goods["count"]):
            till -= goods["price"]
    return int(till if "paid" in facts else -till)


def _unit_price(facts: Facts) -> Fraction:
    one = Fraction(facts["price"], facts["count"])
    if "wanted" in facts:
        return sum((one for _ in range(facts["wanted"])), Fraction(0))
    if "other_price" in facts:
        whole = facts["count"] * facts["other_count"]
        bought_east, bought_west = facts["price"] * facts["other_count"], facts["other_price"] * facts["count"]
        return Fraction(abs(bought_east - bought_west), whole)
    return one


def _stock_chain(facts: Facts) -> int:
    return int(sum(facts["changes"], facts["start"]))


def _crane_tortoise(facts: Facts) -> int:
    """Tries every number of the one sort."""
    asked, other = facts["each"]
    (found,) = (n for n in range(facts["count"] + 1) if n * asked + (facts["count"] - n) * other == facts["sum"])
    return found


def _elapsed_time(facts: Facts) -> int:
    """Lets a clock tick through each session."""
    ticks = 0
    for hour, minute, *stop in facts["sessions"]:
        while [hour, minute] != stop:
            hour, minute = (hour, minute + 1) if minute < 59 else (hour + 1, 0)
            ticks += 1
            assert ticks < 24 * 60
    return int(ticks - facts.get("rest", 0))


def _fraction_remaining(facts: Facts) -> Fraction:
    left = Fraction(1)
    for above, below in facts["parts"]:
        left *= Fraction(below - above, below)
    return Fraction(left * facts["whole"])


def _ratio_share(facts: Facts) -> int:
    """Deals the whole out in rounds, one ratio's worth a round."""
    shares, left = dict.fromkeys(facts["ratio"], 0), facts["total"]
    while left:
        left -= sum(facts["ratio"].values())
        shares = {sharer: share + facts["ratio"][sharer] for sharer, share in shares.items()}
        assert left >= 0
    wanted = [shares[sharer] for sharer in facts["of"]]
    return wanted[0] if len(wanted) == 1 else wanted[0] - wanted[1]


def _motion(facts: Facts) -> Fraction:
    if "legs" in facts:
        return Fraction(sum(speed for speed, minutes in facts["legs"] for _ in range(minutes)))
    if "m_per_minute" in facts:
        return Fraction(facts["m_per_minute"] * 60 * (facts["hours"] + Fraction(facts["minutes"], 60)))
    if "km" in facts:
        return Fraction(Fraction(facts["km"]) / facts["km_per_hour"])
    return Fraction(facts["hours"] * facts["km_per_hour"])


def _meeting(facts: Facts) -> int:
    """Moves both, a minute at a time."""
    if "gap" in facts:
        gap, minutes = facts["gap"], 0
        while gap > 0:
            gap, minutes = gap - sum(facts["speeds"]), minutes + 1
        assert gap == 0
        return minutes
    ahead, behind, minutes = facts["slow"] * facts["head_start"], 0, 0
    while behind < ahead:
        ahead, behind, minutes = ahead + facts["slow"], behind + facts["fast"], minutes + 1
        assert minutes < 1000
    assert ahead == behind
    return minutes if facts["asked"] == "minutes" else behind


def _train_crossing(facts: Facts) -> int:
    """Moves the train until its tail is out."""
    tail, seconds = -facts["train"], 0
    while tail < facts["length"]:
        tail, seconds = tail + facts["speed"], seconds + 1
    assert tail == facts["length"]
    return seconds


def _average(facts: Facts) -> Fraction:
    if "sizes" in facts:
        everyone = [mean for size, mean in zip(facts["sizes"], facts["means"], strict=True) for _ in range(size)]
        return Fraction(sum(everyone), len(everyone))
    if "mean" not in facts:
        return sum((Fraction(value, len(facts["values"])) for value in facts["values"]), Fraction(0))
    return Fraction(facts["mean"] - sum((Fraction(value - facts["mean"]) for value in facts["values"]), Fraction(0)))


def _kanji_numerals(facts: Facts) -> int:
    first, second = facts["numbers"]
    return int(first - facts.get("minus", 0) + second)


def _discount(facts: Facts) -> Fraction:
    if "cost" in facts:
        factor = (1 + Fraction(facts["up_percent"], 100)) * (1 - Fraction(facts["off_percent"], 100))
        return Fraction(facts["cost"] * (factor - 1))
    off = Fraction(facts["off_tenths"], 10) if "off_tenths" in facts else Fraction(facts["off_percent"], 100)
    return Fraction(facts["price"] - facts["price"] * off - facts.get("coupon", 0))


def _sharing(facts: Facts) -> int:
    if "each" in facts:
        boxes, left = 0, facts["total"]
        while left >= facts["each"]:
            boxes, left = boxes + 1, left - facts["each"]
        # The items ask for what is left, or for the boxes that hold everything.
        return int(left if facts["asked"] == "rest" else boxes + (left > 0))
    (people,) = (n for n in range(1, 200) if facts["few"] * n + facts["left"] == facts["many"] * n - facts["lacking"])
    return people if facts["asked"] == "people" else int(facts["many"] * people - facts["lacking"])


def _sum_difference(facts: Facts) -> int:
    """Tries every smallest amount."""
    place = facts["people"].index(facts["asked"])
    for least in range(facts["total"]):
        amounts = [least]
        for gap in reversed(facts["gaps"]):
            amounts.insert(0, amounts[0] + gap)
        if sum(amounts) == facts["total"]:
            return int(amounts[place])
    raise AssertionError("no amounts fit")


def _age(facts: Facts) -> int:
    elder, child = facts["elder"], facts["child"]
    if "years" in facts:
        for _ in range(facts["years"]):
            elder, child = elder + 1, child + 1
        return int(elder + child)
    years = 0
    while elder != facts["times"] * child:
        elder, child, years = elder + 1, child + 1, years + 1
        assert years < 150
    return years


def _planting(facts: Facts) -> int:
    """Walks along and plants."""
    places = set(range(0, facts["length"] + 1, facts["gap"]))
    if facts["layout"] == "ring":
        return len({place % facts["length"] for place in places})
    if not facts["with_ends"]:
        places -= {0, facts["length"]}
    return sum(len(places) for _ in range(2 if facts["both_sides"] else 1))


def _work_rate(facts: Facts) -> Fraction:
    """Works on a whole of 1, day by day."""
    both = Fraction(1, facts["first"]) + Fraction(1, facts["second"])
    return (1 - Fraction(facts.get("alone", 0), facts["first"])) / both


def _area(facts: Facts) -> Fraction:
    """Gauss's shoelace formula over the corners."""
    match facts["figure"]:
        case "rectangle":
            outlines = [_box(facts["width"], facts["height"])]
        case "triangle":
            outlines = [[(0, 0), (facts["base"], 0), (1, facts["height"])]]
        case "trapezium":
            outlines = [[(0, 0), (facts["lower"], 0), (facts["upper"] + 1, facts["height"]), (1, facts["height"])]]
        case "frame":
            outlines = [_box(*facts["outer"]), _box(*facts["inner"])]
    areas = [
        Fraction(abs(sum(x * v - u * y for (x, y), (u, v) in zip(line, line[1:] + line[:1], strict=True))), 2)
        for line in outlines
    ]
    return areas[0] - sum(areas[1:], Fraction(0))


def _box(width: int, height: int) -> list[tuple[int, int]]:
    return [(0, 0), (width, 0), (width, height), (0, height)]


def _concentration(facts: Facts) -> Fraction:
    if "first" in facts:
        (p, w), (q, v) = facts["first"], facts["second"]
        return Fraction(p) + Fraction((q - p) * v, w + v)
    if "water" in facts:
        return Fraction(facts["percent"]) / (1 + Fraction(facts["water"], facts["weight"]))
    return Fraction(facts["percent"] * facts["weight"], 100)


def _common_multiple(facts: Facts) -> int:
    """Lets the minutes pass."""
    minute = 1
    while any(minute % gap for gap in facts["gaps"]):
        minute += 1
    return minute


def _progression(facts: Facts) -> int:
    terms = [facts["first"]]
    while len(terms) < facts["n"]:
        terms.append(terms[-1] + facts["difference"])
    return int(terms[-1] if facts["asked"] == "nth" else sum(terms))


SOLVERS: dict[str, Solve] = {
    "shopping-change": _shopping_change,
    "unit-price": _unit_price,
    "stock-chain": _stock_chain,
    "crane-tortoise": _crane_tortoise,
    "elapsed-time": _elapsed_time,
    "fraction-remaining": _fraction_remaining,
    "ratio-share": _ratio_share,
    "motion": _motion,
    "meeting": _meeting,
    "train-crossing": _train_crossing,
    "average": _average,
    "kanji-numerals": _kanji_numerals,
    "discount": _discount,
    "sharing": _sharing,
    "sum-difference": _sum_difference,
    "age": _age,
    "planting": _planting,
    "work-rate": _work_rate,
    "area": _area,
    "concentration": _concentration,
    "common-multiple": _common_multiple,
    "progression": _progression,
}
