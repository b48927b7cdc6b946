"""From a definition and submissions to a board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jaeval.errors import BoardError
from jaeval.leaderboard.board import Board, Column, Details, Flag, LeftOut, Row, Text
from jaeval.leaderboard.cells import Origins, constant_level, make_cell, settled
from jaeval.leaderboard.collect import NEVER, Entrant, collect, details_given, label_sources
from jaeval.leaderboard.columns import Slot
from jaeval.leaderboard.corpus import refine_corpus_scores
from jaeval.leaderboard.flags import cell_flags, row_flags, unlike_others
from jaeval.leaderboard.inputs import inputs_of
from jaeval.leaderboard.item_table import read_items
from jaeval.leaderboard.measure import measure
from jaeval.leaderboard.published import compare_with, find_table, flags_of, notes_of, read_table
from jaeval.leaderboard.rule_in_words import rule_in_words
from jaeval.leaderboard.spec import Spec
from jaeval.leaderboard.standing import standing
from jaeval.leaderboard.totals import Rule
from jaeval.results.submission import ItemScore, Submission

LONGEST = 100
"""Characters of a licence or kind that a submission may give its model."""


@dataclass(frozen=True, slots=True)
class Built:
    """A board, and for each model of it one submission with the items behind its row.

    The items' tasks are called as the board's columns are.
    """

    board: Board
    submissions: dict[str, Submission]


def build_board(
    spec: Spec,
    slots: Sequence[Slot],
    read: Sequence[tuple[Path, Sequence[Submission]]],
    left_out: Sequence[LeftOut] = (),
) -> Built:
    """Make a board. The same definition and submissions give the same board.

    Args:
        spec: the definition.
        slots: its columns.
        read: paths, each with the submissions that were read there.
        left_out: files that could not be read.

    Raises:
        BoardError: no submission is on the board, or a published table cannot be read.
        JaevalError: a submission's items cannot be read.
    """
    given = label_sources(read)
    entrants, refused = collect(slots, spec.filters, given)
    if not entrants:
        told = f" ({refused[0].what}: {refused[0].why['en']})" if refused else ""
        raise BoardError(f"no result given is on it{told}", file=spec.name, remedy="Check --results and the filters")
    items = read_items(entrants)
    columns = tuple(settled(slot, entrants) for slot in slots)
    slots = [replace(slot, column=column) for slot, column in zip(slots, columns, strict=True)]
    measured = measure(entrants, slots, items)
    rule = rule_of(spec, columns)
    totals, weights = zip(*(rule.total(own) for own in measured), strict=True)
    if refine_corpus_scores(entrants, [total.prompt for total in totals], slots, measured):
        totals, weights = zip(*(rule.total(own) for own in measured), strict=True)
    ranks, rank_method = standing(totals, weights, measured, items)
    domains = tuple(dict.fromkeys(column.domain for column in columns if column.domain and column.weight))
    by_domain = {name: replace(rule, columns=tuple(c for c in rule.columns if c.domain == name)) for name in domains}
    levels = {column.key: constant_level(column, items.get(column.key)) for column in columns}
    origins = Origins()
    rows = []
    for entrant, own, total, rank in zip(entrants, measured, totals, ranks, strict=True):
        shown = {place: score for place, score in own.items() if place[1] == total.prompt}
        cells = {
            column.key: make_cell(column, total.prompt, entrant, own, levels[column.key], origins) for column in columns
        }
        flags = [*row_flags(total), *entrant.flags, *_disagreements(columns, shown)]
        flags += [flag for column in columns for flag in cell_flags(column, cells[column.key])]
        rows.append(
            Row(
                model=entrant.model,
                overall=total,
                cells=cells,
                domains={name: part.total(shown)[0] for name, part in by_domain.items()} if len(domains) > 1 else {},
                rank=rank,
                details=_details(spec, entrant),
                provenance=tuple(origins.of_model(entry) for entry in entrant.given if entry.submission.scores),
                flags=tuple(flags),
            )
        )
    rows = _flagged(rows, [pair for column in columns for pair in unlike_others(column, rows)])
    rows, notes = _against_published(spec, [root for root, _ in read], rows, columns)
    rows.sort(key=lambda row: (row.overall.value is None, -(row.overall.value or 0.0), row.model))
    newest = max(entry.age[0] for entrant in entrants for entry in entrant.given)
    board = Board(
        name=spec.name,
        title=spec.title.model_dump(),
        description=spec.description.model_dump(),
        columns=columns,
        rows=tuple(rows),
        rule=rule_in_words(spec, columns),
        licences=spec.licences,
        domains=domains if len(domains) > 1 else (),
        normalisation=spec.normalisation,
        left_out=(*left_out, *refused),
        notes=tuple(notes),
        built_from=inputs_of(given),
        date="" if newest == NEVER else newest.isoformat(),
        rank_method=rank_method,
    )
    prompts = {entrant.model: total.prompt for entrant, total in zip(entrants, totals, strict=True)}
    return Built(board, {entrant.model: _behind(entrant, prompts[entrant.model]) for entrant in entrants})


def rule_of(spec: Spec, columns: Sequence[Column]) -> Rule:
    """How a definition makes overall numbers."""
    weighted = tuple(column for column in columns if column.weight)
    return Rule(
        weighted,
        skip_zeros=spec.recipe is not None and spec.recipe.zeros == "skip",
        skip_missing=spec.recipe is not None and spec.recipe.missing == "skip",
        normalised=spec.normalisation == "chance",
    )


def _disagreements(columns: Sequence[Column], shown: Mapping[tuple[str, str], Any]) -> Iterator[Flag]:
    scales = {column.key: column.scale for column in columns}
    for (key, _), score in shown.items():
        if score.disagrees is not None:
            mean = f"{score.disagrees * scales[key]:.2f}"
            text = {"ja": f"設問ごとの点の平均は {mean}", "en": f"the mean of its items is {mean}"}
            yield Flag("contradiction", text, key)


def _details(spec: Spec, entrant: Entrant) -> Details:
    told = details_given(entrant.given)
    known = spec.models.get(entrant.model)

    def text(name: str) -> str:
        value = told.get(name)
        return value[:LONGEST] if isinstance(value, str) else ""

    parameters, url = told.get("parameters"), told.get("url")
    if not url and isinstance(told.get("hub_id"), str):
        url = f"https://huggingface.co/{told['hub_id']}"
    whole = isinstance(parameters, int | float) and not isinstance(parameters, bool) and 1 <= parameters < 1e16
    link = isinstance(url, str) and url.startswith(("https://", "http://"))
    return Details(
        parameters=(known and known.parameters) or (int(parameters) if whole and parameters is not None else None),
        licence=(known and known.licence) or text("licence"),
        kind=(known and known.kind) or text("kind"),
        url=str(known.url) if known and known.url else str(url) if link else "",
    )


def _flagged(rows: Sequence[Row], pairs: Sequence[tuple[str, Flag]]) -> list[Row]:
    more: dict[str, list[Flag]] = {}
    for model, flag in pairs:
        more.setdefault(model, []).append(flag)
    return [replace(row, flags=(*row.flags, *more[row.model])) if row.model in more else row for row in rows]


def _against_published(
    spec: Spec, roots: Sequence[Path], rows: list[Row], columns: Sequence[Column]
) -> tuple[list[Row], list[Text]]:
    table = spec.published
    file = find_table(table, roots) if table else None
    if table is None or file is None:
        return rows, []
    differences, absent, agreeing = compare_with(table, read_table(table, file), rows, columns)
    pairs = [(model, flag) for model, flags in flags_of(differences).items() for flag in flags]
    return _flagged(rows, pairs), notes_of(differences, absent, agreeing)


def _behind(entrant: Entrant, prompt: str) -> Submission:
    """One submission of a model: the newest, with the items behind the row, whichever submission they are from."""
    newest = next((entry for entry in entrant.given if entry.submission.scores), entrant.given[0])

    def items() -> Iterator[ItemScore]:
        wanted: dict[int, tuple[Submission, dict[tuple[str, str, str], str]]] = {}
        for (key, version), found in entrant.found.items():
            if version == prompt:
                submission, score = found.given.submission, found.score
                _, keys = wanted.setdefault(id(submission), (submission, {}))
                keys[score.task, score.metric, score.filter] = key
        for submission, keys in wanted.values():
            for item in submission.items():
                column = keys.get((item.task, item.metric, item.filter))
                if column is not None:
                    yield replace(item, task=column)

    return replace(newest.submission, items=items)
