"""What `generate` promises: determinism, prefixes, disjoint splits, identities, choices."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaeval.procedural import DOMAINS, SPLITS, Item, generate, generation, kinds, regenerate, split_of
from jaeval.procedural.catalogue import table
from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Problem
from jaeval.procedural.kind import Kind

Items = dict[str, tuple[Item, ...]]
DIGEST = """
import dataclasses, hashlib, json
from jaeval.procedural import DOMAINS, generate
items = [item for domain in DOMAINS for item in generate(domain, "report", 120, seed=7)]
text = json.dumps([dataclasses.asdict(item) for item in items], ensure_ascii=False)
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_process_generates_the_same_items() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "12345")
    }
    assert len(digests) == 1


def test_the_stream_of_chances_is_the_one_that_python_promises_to_keep() -> None:
    # random.Random(8 * 3 + 2).random(), as every Python since 3.2 gives it.
    draw = Draw(3, 2)
    assert [draw.below(1000) for _ in range(5)] == [747, 202, 205, 600, 56]


@settings(max_examples=20, deadline=None)
@given(
    domain=st.sampled_from(DOMAINS),
    split=st.sampled_from(SPLITS),
    seed=st.integers(-5, 2**40),
    n=st.integers(0, 60),
    k=st.integers(0, 60),
)
def test_a_shorter_call_gives_a_prefix(domain: str, split: str, seed: int, n: int, k: int) -> None:
    k, n = sorted((k, n))
    assert generate(domain, split, n, seed=seed)[:k] == generate(domain, split, k, seed=seed)  # type: ignore[arg-type]


def test_naming_a_kind_does_not_change_its_items() -> None:
    of_all = [item for item in generate("math", "search", 100) if item.kind == "age"]
    assert generate("math", "search", len(of_all), kinds=["age"]) == of_all


def test_another_seed_gives_other_items() -> None:
    one, other = (generate("finance", "search", 200, seed=seed) for seed in (1, 2))
    assert not {item.id for item in one} & {item.id for item in other}
    assert len({item.question for item in one} & {item.question for item in other}) <= 2


def test_no_question_stands_in_two_splits(items: Items) -> None:
    texts = [{item.question for item in items[split]} for split in SPLITS]
    assert [len(text) for text in texts] == [300] * 3
    assert len(set.union(*texts)) == 900
    assert all(split_of(item.question) == split for split in SPLITS for item in items[split])


@pytest.mark.slow
@pytest.mark.parametrize(("domain", "kind"), [(domain, kind) for domain in DOMAINS for kind in kinds(domain)])
def test_no_question_stands_in_two_splits_of_2000(domain: str, kind: str) -> None:
    texts = [
        {item.question for item in generate(domain, split, 2000, seed=seed, kinds=[kind])}  # type: ignore[arg-type]
        for seed, split in enumerate(SPLITS)
    ]
    assert [len(text) for text in texts] == [2000] * 3
    assert len(set.union(*texts)) == 6000


def test_the_owner_of_a_text_does_not_depend_on_its_typography() -> None:
    item = generate("finance", "search", 1)[0]
    wide = item.question.replace("(", "（").translate({ord(str(d)): chr(ord("０") + d) for d in range(10)})
    assert split_of(wide + " \n") == split_of(item.question) == "search"


def test_splits_share_no_seed_and_ids_are_unique(items: Items) -> None:
    seeds = [{item.seed for item in items[split]} for split in SPLITS]
    assert len(set.union(*seeds)) == sum(map(len, seeds))
    assert all(item.seed % 3 == place for place, split in enumerate(SPLITS) for item in items[split])
    assert len({item.id for split in SPLITS for item in items[split]}) == 900


def test_an_id_is_enough_to_make_the_item_again(items: Items) -> None:
    for split in SPLITS:
        for item in items[split][:5]:
            assert regenerate(item.id) == item


@pytest.mark.parametrize(
    "id",
    [
        "",
        "math/age/search",
        "math/age/search/3-xyz",
        "art/age/search/3-0000000000000",
        "math/age/train/3-0000000000000",
        "math/age/search/1-0000000000000",
        "math/age/selection/3-0000000000000",
        "math/nothing/search/3-0000000000000",
    ],
)
def test_an_id_that_nothing_generates_is_refused(id: str) -> None:
    with pytest.raises(ValueError):
        regenerate(id)


def test_items_are_whole(items: Items) -> None:
    for split in SPLITS:
        for item in items[split]:
            entry = table(item.domain)[item.kind]
            assert item.difficulty in entry.difficulties
            assert 1 <= item.difficulty <= 6
            assert (item.choices is not None) == entry.choices
            assert item.question.endswith("。")
            assert item.solution.splitlines()[-1].startswith("答えは")
            assert item.solution.endswith("です。")
            assert json.loads(json.dumps(item.facts)) == item.facts
            assert hash(item) == hash(dataclasses.replace(item))
            for text in (item.question, item.solution):
                assert not set("{}") & set(text), text
                assert "None" not in text
                assert "  " not in text


def test_the_difficulties_of_a_kind_all_occur(items: Items) -> None:
    seen = collections.Counter(item.difficulty for item in items["search"])
    (first, *_) = items["search"]
    assert tuple(sorted(seen)) == table(first.domain)[first.kind].difficulties


def test_a_difficulty_can_be_asked_for() -> None:
    found = generate("math", "report", 60, difficulty=4)
    assert {item.difficulty for item in found} == {4}
    assert {item.kind for item in found} >= {"shopping-change", "stock-chain", "meeting"}


def test_the_place_of_the_right_choice_is_uniform() -> None:
    offered = generate("reasoning", "search", 2000, kinds=kinds("reasoning", choices=True))
    places = collections.Counter(item.answer_index for item in offered)
    # Four standard deviations of a fair draw: sqrt(2000 × 1/4 × 3/4) is 19.4.
    assert all(abs(places[place] - 500) < 78 for place in range(4)), places
    assert all(item.choices and len(set(item.choices)) == len(item.choices) == 4 for item in offered)


def test_the_size_of_a_number_does_not_give_it_away() -> None:
    """Picking the second smallest number is no better than guessing."""
    offered = generate("reasoning", "search", 1200, kinds=["overlap", "queue", "project"])
    ranks: collections.Counter[int] = collections.Counter()
    for item in offered:
        sizes = [int("".join(filter(str.isdigit, choice))) for choice in item.choices or ()]
        ranks[sorted(sizes).index(int(item.answer))] += 1
    assert all(0.2 < ranks[rank] / len(offered) < 0.32 for rank in range(4)), ranks


def test_a_negation_does_not_give_a_statement_away() -> None:
    offered = generate("reasoning", "search", 800, kinds=["which-follows"])
    negative = sum(item.answer.endswith("ない") for item in offered)
    assert 0.43 < negative / len(offered) < 0.57


def test_the_room_is_wide() -> None:
    assert len(kinds("math")) >= 12
    assert len(kinds("finance")) >= 10
    assert len(kinds("reasoning")) >= 8
    assert not set(kinds("reasoning", choices=False)) & {"which-follows"}


def _tiny(draw: Draw) -> Problem:
    return Problem.number(f"{draw.below(9)}に1を足すといくつですか。", [], 1, "個", {})


def test_an_exhausted_kind_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "find", lambda _domain, _name: Kind("tiny", _tiny, (1,)))
    with pytest.raises(ValueError, match="math/tiny has no fresh question left for search"):
        generate("math", "search", 10, kinds=["tiny"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"domain": "art"}, "unknown domain 'art'"),
        ({"split": "train"}, "unknown split 'train'"),
        ({"n": -1}, "cannot generate -1"),
        ({"kinds": ["nothing"]}, "math has no kind 'nothing'"),
        ({"kinds": []}, "no kind is named"),
        ({"difficulty": 9}, "no kind of math has problems of 9 steps"),
        ({"kinds": ["age"], "difficulty": 1}, "has problems of 1 step"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        generate(**{"domain": "math", "split": "search", "n": 1, **arguments})  # type: ignore[arg-type]


def test_the_items_of_a_seed_have_not_changed() -> None:
    """An id names an item only as long as the generators stay as they are: a change here means a new task version."""
    items = [item for domain in DOMAINS for item in generate(domain, "report", 60)]
    text = "\n".join(f"{item.id}\t{item.question}\t{item.solution}\t{item.choices}" for item in items)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "0c0c87aea382302a"
