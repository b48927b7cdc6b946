"""The tables of docs/merging.md from `study.py`: `python tests/nano/study_table.py OUT/FAMILY.jsonl ...`"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from study import SETS, TASK

from jaeval.fitness.search.intervals import Interval, paired_interval, plain_interval

Records = Mapping[str, Mapping[str, Any]]


def read(file: Path) -> Records:
    """The records of one family, by name."""
    return {record["name"]: record for record in map(json.loads, file.read_text("utf-8").splitlines())}


def points(found: Interval, *, sign: bool = False) -> str:
    """A number and its interval in points."""
    form = "+.1f" if sign else ".1f"
    ends = [format(100 * end, form) for end in (found.value, found.low or 0.0, found.high or 0.0)]
    return f"{ends[0]} [{ends[1]}, {ends[2]}]"


def against(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Interval:
    """Our lead on the same items."""
    return paired_interval(ours["values"], theirs["values"], [TASK] * len(ours["values"]), {TASK: 1.0})


def score(record: Mapping[str, Any]) -> Interval:
    """A score with its interval."""
    return plain_interval(record["values"], [TASK] * len(record["values"]), {TASK: 1.0})


def fixed_table(families: Mapping[str, Records]) -> list[str]:
    """What needs no search: the members and the plain merges."""
    names = ("base", "math", "ja", "average", "sum")
    rows = [["family", *names]]
    rows += [[family, *(points(score(records[name])) for name in names)] for family, records in families.items()]
    return markdown(rows)


def search_table(families: Mapping[str, Records]) -> list[str]:
    """The evolved merges and their controls, by search seed."""
    heads = ["family", "seed", "both parents", *(f"control: {kind}" for kind in list(SETS)[1:])]
    rows = [[*heads, "lead over math", "over ja", "over the average", "over the better control", "search score"]]
    for family, records in families.items():
        seeds = sorted(int(name.partition("/")[2]) for name in records if name.startswith("both/"))
        for seed in seeds:
            ours = records[f"both/{seed}"]
            controls = [records[f"{kind}/{seed}"] for kind in list(SETS)[1:] if f"{kind}/{seed}" in records]
            better = max(controls, key=lambda record: record["score"], default=None)
            leads = [points(against(ours, records[name]), sign=True) for name in ("math", "ja", "average")]
            leads.append("" if better is None else points(against(ours, better), sign=True))
            rows.append(
                [
                    *(family, str(seed), points(score(ours))),
                    *(f"{100 * control['score']:.1f}" for control in controls),
                    *leads,
                    f"{100 * ours['search']:.1f}",
                ]
            )
    return markdown(rows)


def markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; the first row is its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def main() -> None:
    families = {Path(name).stem: read(Path(name)) for name in sys.argv[1:]}
    print("\n".join([*fixed_table(families), "", *search_table(families)]))


if __name__ == "__main__":
    main()
