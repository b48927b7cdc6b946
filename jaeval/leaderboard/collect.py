"""From submissions to entrants: which scores of which submission stand for a model, and what is left out and why."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jaeval.leaderboard.board import Flag, LeftOut
from jaeval.leaderboard.columns import ONE_PROMPT, Slot
from jaeval.leaderboard.spec import Filters
from jaeval.results.submission import Submission, TaskScore

Place = tuple[str, str]
"""A column's key and a version of its prompt."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Given:
    """A submission and how its source is called on the board."""

    submission: Submission
    label: str

    @property
    def age(self) -> tuple[datetime, str]:
        """Sorts the newest last; what has no date comes first."""
        date = self.submission.date
        return (NEVER if date is None else date if date.tzinfo else date.replace(tzinfo=UTC)), self.label


@dataclass(frozen=True, slots=True)
class Found:
    """A score and the submission that it came from."""

    score: TaskScore
    given: Given


@dataclass(slots=True)
class Entrant:
    """A model with the scores that stand for it.

    Attributes:
        model: its name.
        found: by place; a place without any score is missing.
        given: the submissions, the newest first.
        flags: what a reader must know.
    """

    model: str
    found: dict[Place, Found]
    given: list[Given]
    flags: list[Flag] = field(default_factory=list)

    @property
    def prompts(self) -> list[str]:
        """The versions of the prompt that it has any score for, sorted."""
        return sorted({prompt for _, prompt in self.found})


def label_sources(read: Sequence[tuple[Path, Sequence[Submission]]]) -> list[Given]:
    """Submissions with their sources named relative to the path that they were found in.

    Args:
        read: the paths, each with what was read there. Where there are several, their names come first.
    """
    found = []
    for root, submissions in read:
        for submission in submissions:
            inside = submission.source.is_relative_to(root) and submission.source != root
            name = submission.source.relative_to(root).as_posix() if inside else submission.source.resolve().name
            found.append(Given(submission, f"{root.resolve().name}/{name}" if inside and len(read) > 1 else name))
    return found


def collect(slots: Sequence[Slot], filters: Filters, given: Iterable[Given]) -> tuple[list[Entrant], list[LeftOut]]:
    """Group submissions by model; where several give the same score, the newest one's counts.

    Args:
        slots: the board's columns.
        filters: which submissions are on the board.
        given: the submissions.

    Returns:
        The entrants by name, and what is left out.
    """
    left_out: list[LeftOut] = []
    by_model: dict[str, list[Given]] = {}
    for entry in sorted(given, key=lambda entry: entry.label):
        if why := _refused(entry, filters):
            left_out.append(LeftOut(f"{entry.submission.model} ({entry.label})", why))
        else:
            by_model.setdefault(entry.submission.model, []).append(entry)
    entrants = []
    for model in sorted(by_model):
        newest_first = sorted(by_model[model], key=lambda entry: entry.age, reverse=True)
        entrant = _enter(model, _same_weights(newest_first, left_out), slots)
        if filters.complete and (gaps := _gaps(entrant, slots)):
            named = ", ".join(gaps[:5]) + (" …" if len(gaps) > 5 else "")
            why = {"ja": f"結果が欠けている: {named}", "en": f"its results are incomplete: {named}"}
            left_out.append(LeftOut(model, why))
        elif not entrant.found:
            why = {"ja": "この表の課題の結果がない", "en": "has no score of any task of this board"}
            left_out.append(LeftOut(model, why))
        else:
            entrants.append(entrant)
    return entrants, left_out


def _refused(given: Given, filters: Filters) -> dict[str, str] | None:
    """Why a submission is not on the board; None where it is."""
    submission = given.submission
    folders = given.label.split("/")[:-1]

    def none_fits(value: str, patterns: Sequence[str]) -> bool:
        return bool(patterns) and not any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)

    if filters.formats and submission.format not in filters.formats:
        return {"ja": f"形式が {submission.format}", "en": f"is of the format {submission.format}"}
    if none_fits(submission.harness, filters.harnesses):
        return {"ja": f"評価器が {submission.harness}", "en": f"was measured by {submission.harness}"}
    if none_fits(submission.model, filters.models):
        return {"ja": "モデルが対象外", "en": "is not among the board's models"}
    if apart := next((name for name in folders if name in filters.not_in), None):
        return {"ja": f"フォルダー {apart} の中", "en": f"lies in {apart}"}
    if none_fits(submission.source.name, filters.files):
        return {"ja": f"ファイル名が {submission.source.name}", "en": f"its file is called {submission.source.name}"}
    tasks = len({score.task for score in submission.scores if score.value is not None})
    if filters.tasks is not None and tasks != filters.tasks:
        why = f"has {tasks} tasks, and {filters.tasks} are asked"
        return {"ja": f"課題が {filters.tasks} ではなく {tasks}", "en": why}
    return None


def _same_weights(newest_first: list[Given], left_out: list[LeftOut]) -> list[Given]:
    """Only submissions of the newest one's weights: scores of other weights are another model's."""
    known = [given.submission.weight_hash for given in newest_first if given.submission.weight_hash]
    kept = []
    for given in newest_first:
        if given.submission.weight_hash in ("", *known[:1]):
            kept.append(given)
        else:
            why = {
                "ja": "同じ名前で重みが異なる、より新しい結果がある",
                "en": "there is a newer result of this name with other weights",
            }
            left_out.append(LeftOut(f"{given.submission.model} ({given.label})", why))
    return kept


def _enter(model: str, given: list[Given], slots: Sequence[Slot]) -> Entrant:
    entrant = Entrant(model, {}, given)
    known = {prompt for slot in slots for prompt in slot.names}
    told: set[tuple[str, str]] = set()
    for entry in given:
        scores = _by_name(entry.submission)
        own = entry.submission.settings.get("prompt")
        for slot in slots:
            for prompt in slot.names:
                if own in known and prompt not in (own, ONE_PROMPT):
                    continue  # a file of one version of the prompt says nothing of the others
                fitting = slot.find(prompt, scores)
                if not fitting:
                    continue
                place = (slot.column.key, prompt)
                before = entrant.found.get(place)
                if before is None or (before.score.value is None and fitting[0].value is not None):
                    entrant.found[place] = Found(fitting[0], entry)
                    if len(fitting) > 1:
                        entrant.flags.append(_several(slot, fitting))
                elif (slot.column.key, entry.label) not in told:
                    told.add((slot.column.key, entry.label))
                    entrant.flags += _conflict(slot, before, Found(fitting[0], entry))
    return entrant


def _by_name(submission: Submission) -> dict[str, list[TaskScore]]:
    found: dict[str, list[TaskScore]] = {}
    for score in submission.scores:
        found.setdefault(score.task, []).append(score)
        if score.benchmark and score.benchmark != score.task:
            found.setdefault(score.benchmark, []).append(score)
    return found


def _several(slot: Slot, fitting: Sequence[TaskScore]) -> Flag:
    names = ", ".join(score.task for score in fitting[1:])
    text = {"ja": f"{fitting[0].task} を採り、{names} は採らない", "en": f"{fitting[0].task} is shown, not {names}"}
    return Flag("conflict", text, slot.column.key)


def _conflict(slot: Slot, newest: Found, older: Found) -> list[Flag]:
    first, second = newest.score, older.score
    if second.value is None:
        return []
    if first.value == second.value and first.stderr == second.stderr:
        ja, en = f"{older.given.label} に同じ結果が重複している", f"{older.given.label} gives the same number again"
    else:
        shown = f"{second.value * slot.column.scale:.2f}"
        ja, en = f"より古い {older.given.label} では {shown}", f"the older {older.given.label} gives {shown}"
    return [Flag("conflict", {"ja": ja, "en": en}, slot.column.key)]


def _gaps(entrant: Entrant, slots: Sequence[Slot]) -> list[str]:
    """What was asked and has no score, in words."""
    gaps = [
        str(given.submission.settings.get("file") or given.label)
        for given in entrant.given
        if not given.submission.scores
    ]
    for prompt in entrant.prompts:
        for slot in slots:
            found = entrant.found.get((slot.column.key, prompt))
            if slot.column.weight and prompt in slot.names and (found is None or found.score.value is None):
                gaps.append(f"{slot.column.key} {prompt}".strip())
    return gaps


def details_given(given: Sequence[Given]) -> Mapping[str, Any]:
    """What submissions say of their model, the newest first."""
    found: dict[str, Any] = {}
    for entry in reversed(given):
        found |= entry.submission.details
    return found
