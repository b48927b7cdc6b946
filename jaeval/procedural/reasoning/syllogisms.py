"""Syllogisms about one person's clubs: what follows from rules and one known membership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Json, Problem
from jaeval.procedural.kind import Kind

CLUBS: tuple[str, ...] = (
    *(
        "茶道部",
        "書道部",
        "将棋部",
        "合唱部",
        "演劇部",
        "天文部",
        "園芸部",
        "写真部",
        "料理部",
        "剣道部",
        "卓球部",
        "美術部",
    ),
)


class Rule(NamedTuple):
    """Every member of club `first` is (`among`), or is not, a member of club `second`."""

    first: str
    among: bool
    second: str

    def said(self) -> str:
        """The rule as the question states it."""
        if self.among:
            return f"{self.first}の人は、みな{self.second}にも入っています。"
        return f"{self.first}の人は、だれも{self.second}には入っていません。"

    def concludes(self, club: str, member: bool) -> tuple[str, bool] | None:
        """What the rule, or its contrapositive, says of somebody known to be, or not to be, in `club`."""
        if self.first == club and member:
            return self.second, self.among
        if self.second == club and member != self.among:
            return self.first, False
        return None


@dataclass(frozen=True, slots=True)
class Premises:
    """A person, one known membership, and rules that link the clubs in a row, from the known one to the last."""

    who: str
    clubs: list[str]
    member: bool
    rules: list[Rule]

    def told(self, draw: Draw) -> str:
        """The rules in random order, then what is known of the person."""
        rules = "".join(rule.said() for rule in draw.shuffled(self.rules))
        known = f"{self.who}は{self.clubs[0]}に入ってい{'ます' if self.member else 'ません'}。"
        return f"ある学校では、2つ以上の部に入ることができます。{rules}{known}"

    def proof(self) -> tuple[list[tuple[str, bool]], list[str]]:
        """The memberships that follow, nearest first, and a sentence for each."""
        club, member = self.clubs[0], self.member
        found, steps = [], []
        for rule in self.rules:
            conclusion = rule.concludes(club, member)
            if conclusion is None:
                break
            reason = f"{self.who}は{club}に入ってい{'る' if member else 'ない'}ので、"
            club, member = conclusion
            found.append(conclusion)
            steps.append(f"{reason}{club}に{'も入っています' if member else 'は入っていません'}。")
        return found, steps

    def facts(self) -> dict[str, Json]:
        """The premises as data."""
        return {"rules": [list(rule) for rule in self.rules], "club": self.clubs[0], "member": self.member}


def _premises(draw: Draw, rules: int) -> Premises:
    clubs = draw.sample(CLUBS, rules + 1)
    linked = []
    for place in range(rules):
        first, second = draw.shuffled(clubs[place : place + 2])
        linked.append(Rule(first, draw.below(4) > 0, second))
    return Premises(draw.person(), clubs, draw.below(2) == 1, linked)


def syllogism(draw: Draw) -> Problem:
    """Whether the person is in the last club of the row: はい, いいえ or わからない, each as often."""
    wanted = draw.choice(("はい", "いいえ", "わからない"))
    while True:
        premises = _premises(draw, draw.difficulty)
        found, steps = premises.proof()
        whole = len(found) == len(premises.rules)
        answer = "わからない" if not whole else "はい" if found[-1][1] else "いいえ"
        if answer == wanted:
            break
    last = premises.clubs[-1]
    if not whole:
        steps.append(f"{premises.who}が{last}に入っているかどうかは、これだけでは決まりません。")
    question = (
        f"{premises.told(draw)}{premises.who}は{last}に入っていますか。"
        "「はい」「いいえ」「わからない」のどれかで答えてください。"
    )
    return Problem.word(question, steps, answer, {**premises.facts(), "asked": last}, quoted=True)


def which_follows(draw: Draw) -> Problem:
    """Which of four statements must be true: the end of a proof, among statements that are false or open."""
    wanted = draw.below(2) == 1
    while True:
        premises = _premises(draw, draw.difficulty + 1)
        found, steps = premises.proof()
        # Proofs more often end in not being a member; both ends are drawn as often.
        if len(found) == draw.difficulty and found[-1][1] == wanted:
            break
    (club, member), unsure = found[-1], premises.clubs[-1]
    wrong = [(known, not known_member) for known, known_member in found] + [(unsure, True), (unsure, False)]
    question = f"{premises.told(draw)}このことから、必ず正しいといえるのはどれですか。"
    return Problem.word(
        question,
        steps,
        _statement(premises.who, club, member),
        {**premises.facts(), "who": premises.who},
        rivals=[_statement(premises.who, *statement) for statement in wrong],
        quoted=True,
    )


def _statement(who: str, club: str, member: bool) -> str:
    return f"{who}は{club}に入ってい{'る' if member else 'ない'}"


KINDS: tuple[Kind, ...] = (
    Kind("syllogism", syllogism, (2, 3, 4)),
    Kind("which-follows", which_follows, (2, 3), free=False, choices=True),
)
