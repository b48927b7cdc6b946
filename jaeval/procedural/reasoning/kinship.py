"""Puzzles of kinship: who somebody is to somebody else, from facts that link the two."""

from __future__ import annotations

from collections.abc import Mapping

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind

MEN: tuple[str, ...] = (
    *("あきら", "いちろう", "けいすけ", "けんじ", "こうへい", "さとし", "しんじ", "たかし", "たつや", "だいすけ"),
    *("てつお", "なおき", "のりお", "ひろし", "まさお", "まさと", "やすし", "ゆうた", "よしお", "りょう"),
)
WOMEN: tuple[str, ...] = (
    *("あけみ", "いくこ", "えりこ", "かずこ", "きょうこ", "けいこ", "さちこ", "さなえ", "たかこ", "ちえ"),
    *("ともこ", "なおこ", "のりこ", "はなこ", "ふみこ", "まさこ", "みどり", "めぐみ", "ようこ", "よしこ"),
)

# The word for each relation, of a man and of a woman.
WORDS: Mapping[str, tuple[str, str]] = {
    "parent": ("父", "母"),
    "child": ("息子", "娘"),
    "elder": ("兄", "姉"),
    "younger": ("弟", "妹"),
    "grandparent": ("祖父", "祖母"),
    "grandchild": ("孫", "孫"),
    "uncle": ("おじ", "おば"),
    "nephew": ("おい", "めい"),
    "cousin": ("いとこ", "いとこ"),
}
# (what X is to Y, what Y is to Z): what X is to Z, wherever blood alone decides it.
COMPOSED: Mapping[tuple[str, str], str] = {
    ("parent", "parent"): "grandparent",
    ("parent", "elder"): "parent",
    ("parent", "younger"): "parent",
    ("parent", "uncle"): "grandparent",
    ("child", "child"): "grandchild",
    ("child", "elder"): "nephew",
    ("child", "younger"): "nephew",
    ("child", "uncle"): "cousin",
    ("elder", "parent"): "uncle",
    ("younger", "parent"): "uncle",
    ("elder", "elder"): "elder",
    ("younger", "younger"): "younger",
    ("elder", "child"): "child",
    ("younger", "child"): "child",
    ("elder", "grandchild"): "grandchild",
    ("younger", "grandchild"): "grandchild",
    ("elder", "nephew"): "nephew",
    ("younger", "nephew"): "nephew",
    ("elder", "cousin"): "cousin",
    ("younger", "cousin"): "cousin",
}
STATED: tuple[str, ...] = ("parent", "child", "elder", "younger")


def kinship(draw: Draw) -> Problem:
    """As many facts as there are steps link the two people; one further step in the chain each."""
    chain, reached = _chain(draw)
    men, women = draw.shuffled(MEN), draw.shuffled(WOMEN)
    sexes = [draw.below(2) for _ in range(len(chain) + 1)]
    names = [f"{(women if sex else men).pop()}さん" for sex in sexes]
    # Person 0 is Z, from whose point of view the question is asked; person i + 1 is chain[i] to person i.
    links = [[names[i + 1], WORDS[relation][sexes[i + 1]], names[i]] for i, relation in enumerate(chain)]
    told = "".join(f"{x}は{y}の{word}です。" for x, word, y in draw.shuffled(links))
    question = (
        f"{told}{names[-1]}は、{names[0]}から見て何にあたりますか。"
        "父、祖母、姉、おじ、めい、いとこ、孫のような続柄で答えてください。"
    )
    steps = [f"{links[0][0]}は{names[0]}の{links[0][1]}です。"]
    for i in range(1, len(chain)):
        word = WORDS[reached[i]][sexes[i + 1]]
        steps.append(f"{names[i + 1]}は{names[i]}の{links[i][1]}なので、{names[0]}の{word}です。")
    answer = WORDS[reached[-1]][sexes[-1]]
    rivals = [pair[sexes[-1]] for pair in WORDS.values()]
    facts: Facts = {"links": links, "who": names[-1], "to": names[0]}
    return Problem.word(question, steps, answer, facts, rivals=rivals)


def _chain(draw: Draw) -> tuple[list[str], list[str]]:
    """Relations to compose, from Z outwards, and what is reached after each; they end in a relation not stated."""
    while True:
        chain = [draw.choice(STATED)]
        reached = [chain[0]]
        for _ in range(draw.difficulty - 1):
            relation = draw.choice(STATED)
            composed = COMPOSED.get((relation, reached[-1]))
            if composed is None:
                break
            chain.append(relation)
            reached.append(composed)
        else:
            if reached[-1] not in STATED:
                return chain, reached


KINDS: tuple[Kind, ...] = (Kind("kinship", kinship, (2, 3, 4), choices=True),)
