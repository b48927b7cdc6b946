"""A board's table for readers: Markdown and LaTeX, every text of a stranger made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jaeval.leaderboard.board import Board, Rank, Row, Text, Total

MISSING = "–"
CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]+")
MARKS = re.compile(r"([\\`*_\[\]<>|~&])")
LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "–": "--",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}
WORDS = {
    "ja": ("* は、常に同じ答えや当て推量より良いとは言えない。± は標準誤差。", "載せなかったもの"),
    "en": ("* not shown to be better than a constant answer or guessing. ± standard error.", "Left out"),
}


def markdown(board: Board, language: str) -> str:
    """The table in Markdown, with rule, notes and what was left out below it."""
    titles = header(board, language)
    lines = [f"# {markdown_text(board.title[language])}", ""]
    lines.append("| " + " | ".join(map(markdown_text, titles)) + " |")
    lines.append("|" + "|".join(" ---: " if place != 1 else " --- " for place in range(len(titles))) + "|")
    lines += ["| " + " | ".join(map(markdown_text, cells(board, row))) + " |" for row in board.rows]
    lines.append("")
    lines += [f"{markdown_text(text)}\n" for text in _below(board, language)]
    if board.left_out:
        lines.append(f"{WORDS[language][1]}:\n")
        lines += [f"- {markdown_text(f'{entry.what}: {entry.why[language]}')}" for entry in board.left_out]
    return "\n".join(lines).rstrip() + "\n"


def latex(board: Board, language: str) -> str:
    """The table in LaTeX, for the package booktabs, with rule and notes in comments below it."""
    titles = header(board, language)
    lines = [
        r"\begin{tabular}{" + "".join("l" if place == 1 else "r" for place in range(len(titles))) + "}",
        r"\toprule",
    ]
    lines += [" & ".join(map(latex_text, titles)) + r" \\", r"\midrule"]
    lines += [" & ".join(map(latex_text, cells(board, row))) + r" \\" for row in board.rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    lines += [f"% {latex_text(text)}" for text in _below(board, language)]
    lines += [f"% {WORDS[language][1]}: {latex_text(f'{e.what}: {e.why[language]}')}" for e in board.left_out]
    return "\n".join(lines) + "\n"


def _below(board: Board, language: str) -> Iterator[str]:
    yield board.rule[language]
    if any(cell.constant for row in board.rows for cell in row.cells.values()):
        yield WORDS[language][0]
    if board.rank_method.get(language):
        yield board.rank_method[language]
    yield from (note[language] for note in board.notes)


def markdown_text(text: str) -> str:
    r"""One line of text with no meaning in Markdown.

    Example:
        >>> markdown_text("a|b\n<c>")
        'a\\|b \\<c\\>'
    """
    return MARKS.sub(r"\\\1", CONTROL.sub(" ", text))


def latex_text(text: str) -> str:
    r"""One line of text with no meaning in LaTeX.

    Example:
        >>> latex_text("100 % of_a")
        '100 \\% of\\_a'
    """
    return "".join(LATEX.get(letter, letter) for letter in CONTROL.sub(" ", text))


def header(board: Board, language: str) -> list[str]:
    """The titles of the table that is read."""
    titles = {"ja": ["順位", "モデル", "総合"], "en": ["rank", "model", "overall"]}[language]
    prompts = {"ja": ["プロンプト", "平均"], "en": ["prompt", "mean over prompts"]}[language]
    best = prompts if any(row.overall.prompt for row in board.rows) else []
    return [*titles, *best, *board.domains, *(_title(column.title, language) for column in board.columns)]


def _title(text: Text, language: str) -> str:
    return text.get(language) or next(iter(text.values()), "")


def cells(board: Board, row: Row) -> list[str]:
    """A row of the table that is read: rank with its interval, scores with their standard error."""
    best = []
    if any(other.overall.prompt for other in board.rows):
        total = row.overall
        best = [
            f"{total.prompt} ({total.tried})" if total.prompt else MISSING,
            number(total.prompt_mean, None, board.scale),
        ]
    return [
        rank_text(row.rank),
        row.model,
        number(row.overall.value, row.overall.stderr, board.scale),
        *best,
        *(
            number(total.value, total.stderr, board.scale)
            for total in (row.domains.get(domain, Total(None)) for domain in board.domains)
        ),
        *(
            number(cell.value, cell.stderr, column.scale) + ("*" if cell.constant else "")
            for column, cell in ((column, row.cells[column.key]) for column in board.columns)
        ),
    ]


def rank_text(rank: Rank | None) -> str:
    """A place with its interval: `3 (1–7)`."""
    if rank is None:
        return MISSING
    return (
        f"{rank.place} ({rank.low}–{rank.high})" if rank.low is not None and rank.high is not None else str(rank.place)
    )


def number(value: float | None, stderr: float | None, scale: float) -> str:
    """A score in points with its standard error: `54.71 ± 1.20`."""
    if value is None:
        return MISSING
    return f"{value * scale:.2f}" + ("" if stderr is None else f" ± {stderr * scale:.2f}")
