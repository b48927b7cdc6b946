"""Truth tellers and liars: who did it, when it is known how many speak the truth."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

DEEDS: tuple[tuple[str, str, str], ...] = (
    ("花びんを割った", "花びんを割りました", "花びんを割っていません"),
    ("ケーキを食べた", "ケーキを食べました", "ケーキを食べていません"),
    ("窓を開けた", "窓を開けました", "窓を開けていません"),
    ("手紙を隠した", "手紙を隠しました", "手紙を隠していません"),
    ("落とし物を届けた", "落とし物を届けました", "落とし物を届けていません"),
    ("黒板に絵をかいた", "黒板に絵をかきました", "黒板に絵をかいていません"),
)


def culprit(draw: Draw) -> Problem:
    """Four or five people speak, each about one of them; a known number of them speak the truth. One step a suspect."""
    n, (deed, did, did_not) = draw.difficulty, draw.choice(DEEDS)
    people = draw.people(n)
    while True:
        # Each speaks of somebody: (who is meant, whether that one is said to have done it).
        words = [(draw.below(n), draw.below(2) == 1) for _ in range(n)]
        if any(speaker == meant and accused for speaker, (meant, accused) in enumerate(words)):
            continue
        truths = [sum((meant == guilty) == accused for meant, accused in words) for guilty in range(n)]
        once = [count for count in set(truths) if truths.count(count) == 1 and 0 < count < n]
        if once:
            true = draw.choice(sorted(once))
            break
    guilty = truths.index(true)
    told = "".join(
        f"{people[speaker]}「{'わたし' if meant == speaker else people[meant]}は{did if accused else did_not}。」"
        for speaker, (meant, accused) in enumerate(words)
    )
    question = (
        f"{'、'.join(people)}の{n}人のうち、1人だけが{deed}ことがわかっています。{n}人は次のように言いました。{told}"
        f"本当のことを言っているのは{true}人だけです。{deed}のはだれですか。"
    )
    steps = [
        f"{person}だとすると、本当のことを言っているのは{count}人です。"
        for person, count in zip(people, truths, strict=True)
    ]
    steps[-1] += f"{true}人になるのは{people[guilty]}のときだけです。"
    facts: Facts = {
        "people": people,
        "statements": [
            [people[speaker], people[meant], "did" if accused else "did not"]
            for speaker, (meant, accused) in enumerate(words)
        ],
        "true": true,
    }
    return Problem.word(question, steps, people[guilty], facts, rivals=people)


KINDS: tuple[Kind, ...] = (Kind("culprit", culprit, (4, 5), choices=True),)
