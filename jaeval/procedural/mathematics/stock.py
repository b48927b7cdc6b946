"""Things that come and go, with their counters."""

from __future__ import annotations

from dataclasses import dataclass

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind


@dataclass(frozen=True, slots=True)
class Stock:
    """A place where things come and go; `{n}` stands for a number with its counter."""

    counter: str
    opening: str
    gains: tuple[str, ...]
    losses: tuple[str, ...]
    asked: str


STOCKS: tuple[Stock, ...] = (
    Stock(
        "台",
        "{who}の店の駐車場に車が{n}とまっています。",
        ("{n}入ってきました。",),
        ("{n}出ていきました。",),
        "駐車場の車は何台になりましたか。",
    ),
    Stock(
        "冊",
        "{who}の学級文庫に本が{n}あります。",
        ("{n}返ってきました。", "{n}寄付されました。"),
        ("{n}貸し出されました。",),
        "学級文庫の本は何冊になりましたか。",
    ),
    Stock(
        "枚",
        "{who}は折り紙を{n}持っています。",
        ("友だちから{n}もらいました。", "{n}買いました。"),
        ("友だちに{n}あげました。", "{n}使いました。"),
        "折り紙は何枚になりましたか。",
    ),
    Stock(
        "匹",
        "{who}の家の池にめだかが{n}います。",
        ("子が{n}生まれました。", "池に{n}放しました。"),
        ("池から{n}すくい出しました。", "友だちに{n}ゆずりました。"),
        "池のめだかは何匹になりましたか。",
    ),
    Stock(
        "羽",
        "{who}の農場ににわとりが{n}います。",
        ("ひなが{n}生まれました。", "{n}買い入れました。"),
        ("{n}売りました。",),
        "にわとりは、ひなも入れて何羽になりましたか。",
    ),
    Stock(
        "頭",
        "{who}の牧場に牛が{n}います。",
        ("子牛が{n}生まれました。", "{n}買い入れました。"),
        ("{n}売りました。",),
        "牛は、子牛も入れて何頭になりましたか。",
    ),
    Stock(
        "本",
        "{who}の花屋にばらが{n}あります。",
        ("{n}仕入れました。",),
        ("{n}売れました。", "花束に{n}使いました。"),
        "ばらは何本になりましたか。",
    ),
    Stock(
        "人",
        "{who}が運転するバスに客が{n}乗っています。",
        ("停留所で{n}乗ってきました。",),
        ("停留所で{n}降りました。",),
        "バスの客は何人になりましたか。",
    ),
    Stock(
        "個",
        "{who}の店にたまごが{n}あります。",
        ("農家から{n}届きました。",),
        ("{n}売れました。", "料理に{n}使いました。"),
        "たまごは何個になりましたか。",
    ),
    Stock(
        "箱",
        "{who}の会社の倉庫に荷物が{n}あります。",
        ("トラックで{n}届きました。",),
        ("{n}送り出しました。",),
        "倉庫の荷物は何箱になりましたか。",
    ),
    Stock(
        "足",
        "{who}の靴屋に運動靴が{n}あります。",
        ("{n}仕入れました。",),
        ("{n}売れました。",),
        "運動靴は何足になりましたか。",
    ),
)
LINKS: tuple[str, ...] = ("まず、", "次に、", "その後、", "さらに、", "それから、")


def stock_chain(draw: Draw) -> Problem:
    """Things come and go, one change a step."""
    stock, who, start = draw.choice(STOCKS), draw.person(), draw.integer(20, 95)
    count, changes, story, steps = start, [], [], []
    for place in range(draw.difficulty):
        size = draw.integer(2, 30)
        gain = size > count - 5 or draw.below(2) == 0
        event = draw.choice(stock.gains if gain else stock.losses).format(n=f"{size}{stock.counter}")
        story.append(_link(place, draw.difficulty) + event)
        sign, after = ("+", count + size) if gain else ("−", count - size)
        steps.append(f"{count}{sign}{size}={after}で、{after}{stock.counter}になります。")
        changes.append(size if gain else -size)
        count = after
    opening = stock.opening.format(who=who, n=f"{start}{stock.counter}")
    facts: Facts = {"start": start, "changes": changes}
    return Problem.number(opening + "".join(story) + stock.asked, steps, count, stock.counter, facts)


def _link(place: int, events: int) -> str:
    if events == 1:
        return "そのあと、"
    return "最後に、" if place == events - 1 > 1 else LINKS[place]


KINDS: tuple[Kind, ...] = (Kind("stock-chain", stock_chain, (1, 2, 3, 4, 5, 6)),)
