"""Sharing out: remainders, boxes needed, excess and deficit (過不足算)."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

SHARED: tuple[tuple[str, str], ...] = (
    *(("あめ", "個"), ("クッキー", "枚"), ("色紙", "枚"), ("鉛筆", "本"), ("みかん", "個"), ("ビー玉", "個")),
    *(("シール", "枚"), ("カード", "枚"), ("花の種", "粒"), ("チョコレート", "個"), ("ノート", "冊"), ("風船", "個")),
)


def sharing(draw: Draw) -> Problem:
    """Sharing out: what is left over, how many boxes it takes, and excess and deficit (過不足算)."""
    thing, counter = draw.choice(SHARED)
    who = draw.person()
    if draw.difficulty in (3, 5):
        return _excess_and_deficit(draw, who, thing, counter)
    each, groups = draw.integer(4, 15), draw.integer(5, 40)
    rest = draw.integer(1, each - 1)
    total = each * groups + rest
    facts: Facts = {"total": total, "each": each, "asked": "rest" if draw.difficulty == 1 else "boxes"}
    if draw.difficulty == 1:
        question = draw.choice(
            (
                f"{who}は{thing}を{total}{counter}持っています。1人に{each}{counter}ずつ、できるだけ多くの人に配ると、"
                f"何{counter}余りますか。",
                f"{total}{counter}の{thing}を、{who}が1袋に{each}{counter}ずつ入れていきます。"
                f"できるだけ多くの袋に入れると、{thing}は何{counter}余りますか。",
            )
        )
        steps = [f"{total}÷{each}={groups}余り{rest}です。"]
        return Problem.number(question, steps, rest, counter, facts)
    question = draw.choice(
        (
            f"{total}{counter}の{thing}を、{who}が1箱に{each}{counter}ずつ入れます。全部入れるには、箱は何箱必要ですか。",
            f"{who}は{thing}を{total}{counter}運びます。1箱に{each}{counter}まで入るとき、全部運ぶには箱が何箱いりますか。",
        )
    )
    steps = [
        f"{total}÷{each}={groups}余り{rest}です。",
        f"余りの{rest}{counter}にも1箱いるので、{groups}+1={groups + 1}箱です。",
    ]
    return Problem.number(question, steps, groups + 1, "箱", facts)


def _excess_and_deficit(draw: Draw, who: str, thing: str, counter: str) -> Problem:
    people, few, more = draw.integer(6, 35), draw.integer(3, 8), draw.integer(1, 4)
    many = few + more
    left = draw.integer(1, people * more - 1)
    lacking = people * more - left
    question = (
        f"{who}は、集まった子どもに{thing}を同じ数ずつ配ります。1人に{few}{counter}ずつ配ると{left}{counter}余り、"
        f"{many}{counter}ずつ配ると{lacking}{counter}足りません。"
    )
    steps = [
        f"余りと不足を合わせると{left}+{lacking}={left + lacking}{counter}です。",
        f"1人分の差は{many}−{few}={more}{counter}です。",
        f"子どもは{left + lacking}÷{more}={people}人です。",
    ]
    facts: Facts = {"few": few, "left": left, "many": many, "lacking": lacking}
    if draw.difficulty == 3:
        return Problem.number(question + "子どもは何人いますか。", steps, people, "人", {**facts, "asked": "people"})
    steps.append(f"1人に{few}{counter}ずつ配る分は{few}×{people}={few * people}{counter}です。")
    steps.append(f"{thing}は{few * people}+{left}={few * people + left}{counter}です。")
    question += f"{thing}は全部で何{counter}ありますか。"
    return Problem.number(question, steps, few * people + left, counter, {**facts, "asked": "things"})


KINDS: tuple[Kind, ...] = (Kind("sharing", sharing, (1, 2, 3, 5)),)
