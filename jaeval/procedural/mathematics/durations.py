"""Times of day and lengths of time."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Json, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.wording import clock

# "{who}は…から…まで{doing}": the noun of the time asked for
ACTIVITIES: tuple[tuple[str, str], ...] = (
    ("算数の勉強をしました", "勉強していた時間"),
    ("ピアノの練習をしました", "練習していた時間"),
    ("畑の手入れをしました", "手入れをしていた時間"),
    ("プールで泳ぎの練習をしました", "練習していた時間"),
    ("山道を歩きました", "歩いていた時間"),
    ("工場で機械を動かしました", "機械を動かしていた時間"),
    ("図書館で本を読みました", "本を読んでいた時間"),
    ("自転車で走りました", "走っていた時間"),
)


def elapsed_time(draw: Draw) -> Problem:
    """Minutes between two times of day; with a rest taken out; over two sessions."""
    who, (doing, asked) = draw.person(), draw.choice(ACTIVITIES)
    sessions, steps, lengths = [], [], []
    for earliest in (8, 13)[: 1 if draw.difficulty <= 2 else 2]:
        begin = (earliest + draw.below(2)) * 60 + draw.integer(5, 55, 5)
        end = begin + draw.integer(65, 175)
        end += end % 60 == 0
        start, stop = divmod(begin, 60), divmod(end, 60)
        sessions.append([*start, *stop])
        lengths.append(end - begin)
        steps.append(f"{clock(*start)}から{clock(*stop)}までは{end - begin}分です。")
    spans = "と、".join(f"{clock(s[0], s[1])}から{clock(s[2], s[3])}まで" for s in sessions)
    facts: dict[str, Json] = {"sessions": sessions}
    question, total = f"{who}は、{spans}{doing}。", sum(lengths)
    if len(sessions) > 1:
        steps.append(f"合わせて{lengths[0]}+{lengths[1]}={total}分です。")
    if draw.difficulty in (2, 4):
        facts["rest"] = rest = draw.integer(5, 40, 5)
        question += f"ただし、途中で{rest}分休みました。"
        steps.append(f"休んだ{rest}分を除くと{total}−{rest}={total - rest}分です。")
        total -= rest
    question += f"{asked}は{'合わせて' if len(sessions) > 1 else ''}何分ですか。"
    return Problem.number(question, steps, total, "分", facts)


KINDS: tuple[Kind, ...] = (Kind("elapsed-time", elapsed_time, (1, 2, 3, 4)),)
