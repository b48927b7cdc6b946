"""From a domain, a split and a seed to items: seeds, splits, redraws, identities."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from jaeval.procedural.catalogue import find
from jaeval.procedural.catalogue import kinds as known_kinds
from jaeval.procedural.draw import Draw
from jaeval.procedural.item import DOMAINS, SPLITS, Domain, Item, Problem, Split
from jaeval.procedural.kind import Kind

MOST_DRAWS = 3_000
"""Draws for one item before its kind counts as exhausted; about three are needed where questions abound."""
CHOICES = 4
_SEED_BITS = 50
_ID = re.compile(
    f"(?P<domain>{'|'.join(DOMAINS)})/(?P<kind>[a-z-]+)/(?P<split>{'|'.join(SPLITS)})"
    "/(?P<difficulty>[1-6])-(?P<seed>[0-9a-f]{13})"
)


def generate(
    domain: Domain,
    split: Split,
    n: int,
    *,
    seed: int = 0,
    kinds: Sequence[str] | None = None,
    difficulty: int | Sequence[int] | None = None,
) -> list[Item]:
    """The first `n` items of the stream that the other arguments name.

    The kinds take turns. The same arguments give the same items in every process; the first k of n items are the k
    items that `n=k` gives. No question occurs twice in one call, and none occurs in two splits, whatever the seeds:
    a hash of its text says which split owns it, and a draw that another split owns is drawn again.

    Args:
        domain: "math", "finance" or "reasoning".
        split: "search", "selection" or "report".
        n: how many items.
        seed: any integer; another seed gives another stream.
        kinds: names of kinds (see `kinds`); all of the domain by default.
        difficulty: the number of steps, 1 to 6, or several to draw from; the kinds that have no such problems are left
            out. By default each item's is drawn from those of its kind.

    Raises:
        ValueError: an argument is unknown, no kind has that difficulty, or a kind has no fresh question left.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: choose one of {', '.join(SPLITS)}")
    if n < 0:
        raise ValueError(f"cannot generate {n} items")
    chosen = [find(domain, name) for name in (known_kinds(domain) if kinds is None else kinds)]
    if difficulty is not None:
        wanted = {difficulty} if isinstance(difficulty, int) else {*difficulty}
        chosen = [replace(kind, difficulties=steps) for kind in chosen if (steps := _within(kind, wanted))]
    if not chosen:
        raise ValueError(
            "no kind is named" if difficulty is None else f"no kind of {domain} has problems of {difficulty} steps"
        )
    seen: set[str] = set()
    return [
        _fresh(domain, chosen[place % len(chosen)], split, f"{seed}/{place // len(chosen)}", seen) for place in range(n)
    ]


def regenerate(id: str) -> Item:
    """The item of that `Item.id`, made anew.

    Raises:
        ValueError: no generator makes an item of that id.
    """
    match = _ID.fullmatch(id)
    if match is None:
        raise ValueError(f"{id!r} is not DOMAIN/KIND/SPLIT/DIFFICULTY-SEED")
    domain, split = cast(Domain, match["domain"]), cast(Split, match["split"])
    seed, difficulty = int(match["seed"], 16), int(match["difficulty"])
    kind = find(domain, match["kind"])
    if difficulty in kind.difficulties and seed % len(SPLITS) == SPLITS.index(split):
        draw = Draw(seed, difficulty)
        problem = kind.write(draw)
        if split_of(problem.question) == split:
            return _identified(domain, kind, split, seed, problem, draw)
    raise ValueError(f"no generator makes {id!r}")


def split_of(question: str) -> Split:
    """The split that owns a question: by a hash of its text, compatibility forms and white space set aside."""
    text = "".join(unicodedata.normalize("NFKC", question).split())
    return SPLITS[hashlib.sha256(text.encode()).digest()[0] % len(SPLITS)]


def _within(kind: Kind, wanted: set[int]) -> tuple[int, ...]:
    return tuple(steps for steps in kind.difficulties if steps in wanted)


def _fresh(domain: Domain, kind: Kind, split: Split, place: str, seen: set[str]) -> Item:
    for attempt in range(MOST_DRAWS):
        digest = hashlib.sha256(f"{domain}/{kind.name}/{split}/{place}/{attempt}".encode()).digest()
        # A seed's remainder names its split, so that splits have no seed in common.
        seed = (int.from_bytes(digest[:8], "big") >> (64 - _SEED_BITS)) * len(SPLITS) + SPLITS.index(split)
        draw = Draw(seed, kind.difficulties[digest[8] % len(kind.difficulties)])
        problem = kind.write(draw)
        if problem.question not in seen and split_of(problem.question) == split:
            seen.add(problem.question)
            return _identified(domain, kind, split, seed, problem, draw)
    raise ValueError(
        f"{domain}/{kind.name} has no fresh question left for {split} after {MOST_DRAWS} draws: ask for fewer items"
    )


def _identified(domain: Domain, kind: Kind, split: Split, seed: int, problem: Problem, draw: Draw) -> Item:
    choices, answer_index = _choices(problem, draw) if kind.choices else (None, None)
    return Item(
        id=f"{domain}/{kind.name}/{split}/{draw.difficulty}-{seed:013x}",
        domain=domain,
        kind=kind.name,
        difficulty=draw.difficulty,
        split=split,
        seed=seed,
        question=problem.question,
        solution="\n".join([*problem.steps, problem.closing]),
        answer=problem.answer,
        unit=problem.unit,
        choices=choices,
        answer_index=answer_index,
        facts=problem.facts,
    )


def _choices(problem: Problem, draw: Draw) -> tuple[tuple[str, ...], int]:
    wrong = draw.sample(problem.distractors, CHOICES - 1)
    answer_index = draw.below(CHOICES)
    return (*wrong[:answer_index], problem.shown, *wrong[answer_index:]), answer_index
