"""The model card of the merged checkpoint: where it comes from, what it scores, and how far that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from jaeval.results.run import write_atomically


def write_card(folder: Path, summary: Mapping[str, Any]) -> None:
    """Write `README.md` beside the merged weights.

    Raises:
        RunError: the disk is full.
    """
    text = card(summary)
    write_atomically(folder / "README.md", lambda temporary: temporary.write_text(text, encoding="utf-8"))


def card(summary: Mapping[str, Any]) -> str:
    """The card's Markdown, with the header that model hubs read."""
    header = yaml.safe_dump(
        {"base_model": list(summary["parents"]), "library_name": "transformers", "tags": ["merge"]},
        sort_keys=False,
        allow_unicode=True,
    )
    parts = [
        f"---\n{header}---",
        "# A merged checkpoint",
        f"{plain(summary['method'])} merge, found by jaeval {plain(summary['version'])} among "
        f"{summary['trials']:,} trials ({summary['failed']:,} failed) over {summary['parameters']} numbers, proposed "
        f"by {plain(summary['sampler'])} with seed {summary['seed']}. `genotype.json` and `mergekit_config.yml` say "
        "what was merged.",
        *_parents(summary),
        *_report(summary["report"]),
        *_search(summary),
    ]
    return "\n\n".join(parts) + "\n"


def _parents(summary: Mapping[str, Any]) -> list[str]:
    rows = [f"| {plain(name)} | `{entry['weights'][:16]}` |" for name, entry in summary["parents"].items()]
    rows.append(f"| base ({plain(Path(summary['base']['path']).name)}) | `{summary['base']['weights'][:16]}` |")
    return ["## Parents", "\n".join(["| parent | sha256 of its weights |", "| --- | --- |", *rows])]


def _report(report: Mapping[str, Any] | None) -> list[str]:
    if report is None:
        return ["## Report", "Nothing was reported: the scores below were chosen by, and are too good."]
    rows = []
    for name, found in report["scores"].items():
        difference = report["differences"].get(name)
        rows.append(
            f"| {plain(name)} | {points(found)} | {'' if difference is None else points(difference, sign=True)} |"
        )
    tasks = ", ".join(map(plain, report["tasks"]))
    return [
        "## Report",
        f"{report['n']:,} items of {tasks} that no search and no choice had seen, looked at once. Points, with 95 % "
        "intervals; the last column is the merged checkpoint's lead on the same items.",
        "\n".join(["| checkpoint | score | merged − it |", "| --- | --- | --- |", *rows]),
    ]


def _search(summary: Mapping[str, Any]) -> list[str]:
    search, selection = summary["search"], summary["selection"]
    lines = [
        f"- search: {100 * search['score']:.1f} on {search['n']:,} items, the chosen of {summary['trials']:,} trials"
        + (f"; {points(search['interval'])} allowing for that choice" if search.get("interval") else "")
    ]
    if selection is not None:
        score = selection["scores"][str(summary["chosen"])]["score"]
        lines.append(
            f"- selection: {100 * score:.1f} on {selection['n']:,} items, the best of {len(selection['scores'])}; "
            f"{points(selection['interval'])} allowing for that choice"
        )
    return [
        "## Scores that it was chosen by",
        "These are too good, the more so the more was tried.\n\n" + "\n".join(lines),
    ]


def points(interval: Mapping[str, Any], *, sign: bool = False) -> str:
    """A score and its interval in points.

    Example:
        >>> points({"value": 0.5, "low": 0.4, "high": 0.6})
        '50.0 [40.0, 60.0]'
    """
    form = "+.1f" if sign else ".1f"
    value = format(100 * interval["value"], form)
    if interval["low"] is None:
        return value
    return f"{value} [{format(100 * interval['low'], form)}, {format(100 * interval['high'], form)}]"


def plain(text: object) -> str:
    r"""Text that is text in Markdown too.

    Example:
        >>> plain("a|b_c")
        'a\\|b\\_c'
    """
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(str(text).split()))
