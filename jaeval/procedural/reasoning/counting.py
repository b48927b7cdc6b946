"""Counting people: two overlapping groups, and places in a queue."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.reasoning.rivals import rivals

# People of the first group, of the second, of the first alone, of neither.
GROUPS: tuple[tuple[str, str, str, str], ...] = (
    ("犬を飼っている人", "猫を飼っている人", "犬を飼っていて猫を飼っていない人", "犬も猫も飼っていない人"),
    ("夏が好きな人", "冬が好きな人", "夏が好きで冬が好きではない人", "夏も冬も好きではない人"),
    ("兄がいる人", "妹がいる人", "兄がいて妹がいない人", "兄も妹もいない人"),
    (
        "ピアノを習っている人",
        "水泳を習っている人",
        "ピアノを習っていて水泳を習っていない人",
        "ピアノも水泳も習っていない人",
    ),
    ("自転車に乗れる人", "一輪車に乗れる人", "自転車に乗れて一輪車に乗れない人", "自転車にも一輪車にも乗れない人"),
    (
        "京都に行ったことがある人",
        "奈良に行ったことがある人",
        "京都に行ったことがあって奈良に行ったことがない人",
        "京都にも奈良にも行ったことがない人",
    ),
)
CROWDS: tuple[str, ...] = ("あるクラス", "あるサークル", "ある会社の部署", "ある町内会", "あるツアーの参加者")


def overlap(draw: Draw) -> Problem:
    """How many are in one group only (1 step), in exactly one of both or in neither (3)."""
    first, second, first_only, neither = draw.choice(GROUPS)
    both, only_first, only_second, rest = (draw.integer(2, 24) for _ in range(4))
    a, b = both + only_first, both + only_second
    total = both + only_first + only_second + rest
    crowd = draw.choice(CROWDS)
    question = (
        f"{crowd}{total}人に聞いたところ、{first}は{a}人、{second}は{b}人、その両方にあてはまる人は{both}人でした。"
    )
    facts: Facts = {"total": total, "first": a, "second": b, "both": both}
    if draw.difficulty == 1:
        question += f"{first_only}は何人ですか。"
        steps = [f"{a}−{both}={only_first}人です。"]
        mistakes = (a, both, only_second, total - a)
        return _counted(draw, question, steps, only_first, {**facts, "asked": "first only"}, mistakes)
    if draw.below(2):
        question += f"{neither}は何人ですか。"
        steps = [
            f"{a}+{b}={a + b}人です。",
            f"両方にあてはまる人を2度数えているので、どちらかにあてはまる人は{a + b}−{both}={total - rest}人です。",
            f"{total}−{total - rest}={rest}人です。",
        ]
        mistakes = (abs(total - a - b), both, total - a, total - b)
        return _counted(draw, question, steps, rest, {**facts, "asked": "neither"}, mistakes)
    question += "2つのうち、どちらか一方だけにあてはまる人は何人ですか。"
    one = only_first + only_second
    steps = [
        f"一方だけにあてはまる人は、前者が{a}−{both}={only_first}人です。",
        f"後者が{b}−{both}={only_second}人です。",
        f"合わせて{only_first}+{only_second}={one}人です。",
    ]
    mistakes = (a + b, one + both, only_first, only_second)
    return _counted(draw, question, steps, one, {**facts, "asked": "exactly one"}, mistakes)


QUEUES: tuple[str, ...] = (
    "{who}は店の前の列に並んでいます。",
    "子どもたちが一列に並んでいて、その中に{who}がいます。",
    "切符売り場に列ができていて、{who}も並んでいます。",
    "遠足で、{who}の組が一列になって歩いています。",
)


def queue(draw: Draw) -> Problem:
    """The length of a queue from one place seen from both ends (2 steps), or the people between two places (3)."""
    who, other = draw.people(2)
    scene = draw.choice(QUEUES).format(who=who)
    front, back = draw.integer(3, 40), draw.integer(3, 40)
    if draw.difficulty == 2:
        total = front + back - 1
        question = f"{scene}{who}は前から{front}番目で、うしろから{back}番目です。列には全部で何人いますか。"
        steps = [f"{front}+{back}={front + back}です。", f"{who}を2度数えたので、{front + back}−1={total}人です。"]
        return _counted(draw, question, steps, total, {"front": front, "back": back}, (total + 1, total - 1))
    total = front + back + draw.integer(2, 20)
    place = total - back + 1
    between = place - front - 1
    question = (
        f"{scene}列には全部で{total}人います。{who}は前から{front}番目で、{other}はうしろから{back}番目です。"
        f"{who}と{other}の間には何人いますか。"
    )
    steps = [
        f"{other}のうしろには{back}−1={back - 1}人います。",
        f"{who}までと{other}のうしろの人を除くと、{total}−{front}−{back - 1}={total - front - back + 1}人です。",
        f"そこから{other}も除いて、{total - front - back + 1}−1={between}人です。",
    ]
    facts: Facts = {"total": total, "front": front, "back": back}
    return _counted(draw, question, steps, between, facts, (between + 1, between - 1))


def _counted(
    draw: Draw, question: str, steps: list[str], value: int, facts: Facts, mistakes: tuple[int, ...]
) -> Problem:
    return Problem.number(question, steps, value, "人", facts, rivals=rivals(draw, value, mistakes))


KINDS: tuple[Kind, ...] = (
    Kind("overlap", overlap, (1, 3), choices=True),
    Kind("queue", queue, (2, 3), choices=True),
)
