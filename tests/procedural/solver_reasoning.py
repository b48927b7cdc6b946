"""Solves the reasoning items from their facts by trying every possibility; asserts that exactly one is left."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Facts = Mapping[str, Any]
Solve = Callable[[Facts], str | int]

WEEK = ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"]


def _only(found: set[str]) -> str:
    assert len(found) == 1, f"{len(found)} answers are possible: {found}"
    return found.pop()


def _lineup(facts: Facts) -> str:
    """Stands the people in every order (the first of the row has place 1)."""

    def fits(row: tuple[str, ...]) -> bool:
        for relation, a, b in facts["clues"]:
            where = row.index(a) + 1
            other = b if isinstance(b, int) else row.index(b) + 1
            truth = {
                "before": where < other,
                "just-before": other - where == 1,
                "beside": where - other in (1, -1),
                "not-beside": where - other not in (1, -1),
                "at": where == other,
                "not-at": where != other,
            }[relation]
            if not truth:
                return False
        return True

    rows = [row for row in itertools.permutations(facts["people"]) if fits(row)]
    assert len(rows) == 1
    return str(rows[0][facts["asked"] - 1])


def _matching(facts: Facts) -> str:
    def fits(has: Mapping[str, str]) -> bool:
        return all((has[person] in things) != (relation == "not-at") for relation, person, *things in facts["clues"])

    every = (dict(zip(facts["people"], things, strict=True)) for things in itertools.permutations(facts["things"]))
    (has,) = [has for has in every if fits(has)]
    if facts["asked"] in has:
        return str(has[facts["asked"]])
    return str(next(person for person, thing in has.items() if thing == facts["asked"]))


# Each word: generations up from Z, then down to X; the sex of X where it tells; elder, younger or neither.
KIN: dict[str, tuple[int, int, str | None, str | None]] = {
    "父": (1, 0, "m", None),
    "母": (1, 0, "f", None),
    "息子": (0, 1, "m", None),
    "娘": (0, 1, "f", None),
    "兄": (1, 1, "m", "elder"),
    "姉": (1, 1, "f", "elder"),
    "弟": (1, 1, "m", "younger"),
    "妹": (1, 1, "f", "younger"),
    "祖父": (2, 0, "m", None),
    "祖母": (2, 0, "f", None),
    "孫": (0, 2, None, None),
    "おじ": (2, 1, "m", None),
    "おば": (2, 1, "f", None),
    "おい": (1, 2, "m", None),
    "めい": (1, 2, "f", None),
    "いとこ": (2, 2, None, None),
}


def _kinship(facts: Facts) -> str:
    """Builds the family tree, with one made-up parent for each set of siblings, and climbs it."""
    sexes: dict[str, str | None] = {}
    parent: dict[str, str] = {}
    older: set[tuple[str, str]] = set()

    def parent_of(person: str) -> str:
        return str(parent.setdefault(person, f"parent of {person}"))

    links = list(facts["links"])
    # Parents first, so that siblings find the parent that is named.
    for x, word, y in sorted(links, key=lambda link: KIN[link[1]][:2] == (1, 1)):
        up, down, sex, age = KIN[word]
        sexes[x] = sex
        if (up, down) == (1, 0):
            parent[y] = x
        elif (up, down) == (0, 1):
            parent[x] = y
        else:
            older.add((x, y) if age == "elder" else (y, x))
    # Siblings share a parent: settle until nothing changes.
    while True:
        before = dict(parent)
        for x, word, y in links:
            if KIN[word][:2] == (1, 1):
                known = [p for p in (parent.get(x), parent.get(y)) if p and not p.startswith("parent of")]
                parent[x] = parent[y] = known[0] if known else min(parent_of(x), parent_of(y))
        if parent == before:
            break

    def climb(person: str) -> Iterator[str]:
        while person:
            yield person
            person = parent.get(person, "")

    x, z = facts["who"], facts["to"]
    x_line, z_line = list(climb(x)), list(climb(z))
    shared = next(person for person in z_line if person in x_line)
    up, down = z_line.index(shared), x_line.index(shared)
    age = "elder" if _older(older, x, z) else "younger"
    return _only(
        {
            word
            for word, (ups, downs, sex, order) in KIN.items()
            if (ups, downs) == (up, down) and sex in (None, sexes[x]) and order in (None, age)
        }
    )


def _older(pairs: set[tuple[str, str]], x: str, z: str) -> bool:
    return (x, z) in pairs or any(a == x and _older(pairs, b, z) for a, b in pairs)


def _worlds(facts: Facts) -> list[dict[str, bool]]:
    """Every way to be in the clubs that breaks no rule."""
    clubs = sorted({club for first, _, second in facts["rules"] for club in (first, second)})
    worlds = []
    for ins in itertools.product((True, False), repeat=len(clubs)):
        world = dict(zip(clubs, ins, strict=True))
        keeps = all(not world[first] or world[second] == among for first, among, second in facts["rules"])
        if keeps and world[facts["club"]] == facts["member"]:
            worlds.append(world)
    assert worlds, "the rules contradict each other"
    return worlds


def _syllogism(facts: Facts) -> str:
    seen = {world[facts["asked"]] for world in _worlds(facts)}
    return "わからない" if len(seen) == 2 else "はい" if True in seen else "いいえ"


def certain_statements(facts: Facts) -> set[str]:
    """All statements that hold in every world, in the words of the choices."""
    worlds = _worlds(facts)
    return {
        f"{facts['who']}は{club}に入ってい{'る' if member else 'ない'}"
        for club in worlds[0]
        for member in (True, False)
        if all(world[club] == member for world in worlds)
    }


def _common_day(facts: Facts) -> str:
    return _only({day for day in WEEK if all(day in days for days in facts["free"].values())})


def _project(facts: Facts) -> int:
    """Works through time, one unit after another."""
    left, clock = dict(facts["times"]), 0
    while any(left.values()):
        open_now = [task for task in left if left[task] and not any(left[need] for need in facts["needs"][task])]
        assert open_now
        for task in open_now:
            left[task] -= 1
        clock += 1
    return clock


def _culprit(facts: Facts) -> str:
    def true_count(guilty: str) -> int:
        return sum((meant == guilty) is (claim == "did") for _, meant, claim in facts["statements"])

    return _only({person for person in facts["people"] if true_count(person) == facts["true"]})


def _weekday(facts: Facts) -> str:
    if "days" in facts:
        place = WEEK.index(facts["today"])
        for _ in range(facts["days"]):
            place = (place + (1 if facts["later"] else -1)) % 7
        return WEEK[place]
    start = datetime.date(facts["year"], *facts["from"])
    assert WEEK[start.weekday()] == facts["from_day"], "the calendar says otherwise"
    assert (datetime.date(facts["year"], 2, 28) + datetime.timedelta(1)).day == (29 if facts["leap"] else 1)
    return WEEK[datetime.date(facts["year"], *facts["to"]).weekday()]


def _ranking(facts: Facts) -> str:
    """Applies whatever difference applies until all scores are known."""
    scores = dict(facts["known"])
    while len(scores) <= len(facts["differences"]):
        for person, base, gap in facts["differences"]:
            if base in scores:
                scores[person] = scores[base] + gap
    assert len(set(scores.values())) == len(scores)
    return _only({p for p, s in scores.items() if sum(t > s for t in scores.values()) == facts["asked"] - 1})


def _overlap(facts: Facts) -> int:
    """Lists everybody by the groups they are in."""
    both = [(True, True)] * facts["both"]
    first = [(True, False)] * (facts["first"] - len(both))
    second = [(False, True)] * (facts["second"] - len(both))
    everyone = both + first + second
    everyone += [(False, False)] * (facts["total"] - len(everyone))
    wanted = {
        "first only": lambda person: person == (True, False),
        "neither": lambda person: not any(person),
        "exactly one": lambda person: person[0] != person[1],
    }[facts["asked"]]
    return sum(map(wanted, everyone))


def _queue(facts: Facts) -> int:
    """Finds the queue, or the two places in it, by trying."""
    if "total" not in facts:
        (total,) = (n for n in range(1, 200) if facts["front"] <= n and n - facts["front"] == facts["back"] - 1)
        return total
    places = list(range(1, facts["total"] + 1))
    here, there = places[facts["front"] - 1], places[-facts["back"]]
    return sum(here < place < there for place in places)


def _facing(facts: Facts) -> str:
    """Turns a vector (east, north)."""
    vectors = {"北": (0, 1), "東": (1, 0), "南": (0, -1), "西": (-1, 0)}
    x, y = vectors[facts["start"]]
    for turn in facts["turns"]:
        x, y = {"right": (y, -x), "left": (-y, x), "back": (-x, -y)}[turn]
    return _only({name for name, vector in vectors.items() if vector == (x, y)})


def _exchanges(facts: Facts) -> str:
    """Follows the contents backwards from the box that is asked for."""
    box = facts["asked"]
    for first, second in reversed(facts["swaps"]):
        box = {first: second, second: first}.get(box, box)
    return str(facts["placed"][box])


SOLVERS: dict[str, Solve] = {
    "order": _lineup,
    "seating": _lineup,
    "matching": _matching,
    "kinship": _kinship,
    "syllogism": _syllogism,
    "common-day": _common_day,
    "project": _project,
    "culprit": _culprit,
    "weekday": _weekday,
    "ranking": _ranking,
    "overlap": _overlap,
    "queue": _queue,
    "facing": _facing,
    "exchanges": _exchanges,
}
