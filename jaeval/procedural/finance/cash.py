"""The statement of cash flows. Amounts in millions of yen, △ for outflows."""

from __future__ import annotations

from jaeval.procedural.draw import Draw
from jaeval.procedural.item import Facts, Problem
from jaeval.procedural.kind import Kind
from jaeval.procedural.names import COMPANIES
from jaeval.procedural.wording import accounting, statement

FLOWS: tuple[str, ...] = (
    "営業活動によるキャッシュ・フロー",
    "投資活動によるキャッシュ・フロー",
    "財務活動によるキャッシュ・フロー",
)
SIGN = "マイナスの場合は、数字の前に△をつけてください。"


def cash_flow(draw: Draw) -> Problem:
    """Free cash flow (1 step), the change in cash (2), or cash at the end of the year (3)."""
    company = draw.choice(COMPANIES)
    amounts = [draw.integer(-400, 6_000), -draw.integer(100, 5_000), draw.integer(-2_500, 2_500) or 1]
    rows = list(zip(FLOWS, amounts, strict=True))
    running, steps = amounts[0], []
    for label, amount in rows[1 : 2 if draw.difficulty == 1 else 3]:
        sign = "+" if amount > 0 else "−"
        name = label.split("活動")[0]
        steps.append(
            f"{name}活動まで足すと{accounting(running)}{sign}{abs(amount):,}={accounting(running + amount)}です。"
        )
        running += amount
    facts: Facts = {"flows": amounts}
    opening = f"{company}のキャッシュ・フロー計算書の一部です（単位：百万円）。\n"
    if draw.difficulty == 1:
        question = (
            f"{opening}{statement(rows[:2])}\n営業活動と投資活動の合計をフリー・キャッシュ・フローとするとき、"
            f"その額は何百万円ですか。{SIGN}"
        )
        return Problem.number(question, steps, running, "百万円", {"flows": amounts[:2]}, minus="△")
    if draw.difficulty == 2:
        question = f"{opening}{statement(rows)}\n現金及び現金同等物の増減額は何百万円ですか。{SIGN}"
        return Problem.number(question, steps, running, "百万円", facts, minus="△")
    start = draw.integer(9_000, 20_000)
    rows.append(("現金及び現金同等物の期首残高", start))
    steps.append(
        f"期首残高と合わせると{start:,}{'+' if running >= 0 else '−'}{abs(running):,}={start + running:,}です。"
    )
    question = f"{opening}{statement(rows)}\n現金及び現金同等物の期末残高は何百万円ですか。"
    return Problem.number(question, steps, start + running, "百万円", {**facts, "start": start})


KINDS: tuple[Kind, ...] = (Kind("cash-flow", cash_flow, (1, 2, 3)),)
