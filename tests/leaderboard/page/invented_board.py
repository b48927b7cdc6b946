"""A board of models that do not exist, with items that do: for the page's tests and screenshots.

Models have an invented ability for each domain; an item is solved by chance with a probability that follows from the
ability and the item's difficulty. Everything is drawn from a seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jaeval.leaderboard.board import (
    Board,
    Cell,
    Column,
    Details,
    Flag,
    Input,
    LeftOut,
    Provenance,
    Rank,
    Row,
    Total,
)
from jaeval.procedural import Item, generate
from jaeval.procedural.item import Domain
from jaeval.results.statistics import estimate_mean
from jaeval.results.submission import ItemScore, Submission

MODELS = (
    ("kakuu-lab/Hoshizora-70B", 70e9, "Apache-2.0", "instruct"),
    ("kakuu-lab/Hoshizora-32B", 32e9, "Apache-2.0", "instruct"),
    ("kakuu-lab/Hoshizora-13B", 13e9, "Apache-2.0", "instruct"),
    ("kakuu-lab/Hoshizora-7B-base", 7.2e9, "Apache-2.0", "base"),
    ("sample-univ/Tsukiyo-Merge-10B", 10.7e9, "MIT", "merge"),
    ("sample-univ/Tsukiyo-Merge-7B", 7.2e9, "MIT", "merge"),
    ("sample-univ/Tsukiyo-3.7B", 3.7e9, "MIT", "instruct"),
    ("example-ai/Asagiri-Math-8B", 8.0e9, "CC-BY-NC-4.0", "instruct"),
    ("example-ai/Asagiri-Finance-8B", 8.0e9, "CC-BY-NC-4.0", "instruct"),
    ("example-ai/Asagiri-8B", 8.0e9, "CC-BY-NC-4.0", "base"),
    ("example-ai/Asagiri-1.8B", 1.8e9, "CC-BY-NC-4.0", "instruct"),
    ("imaginary-inc/Minamo-40B", 40e9, "Llama-3 Community", "instruct"),
    ("imaginary-inc/Minamo-22B", 22e9, "Llama-3 Community", "instruct"),
    ("imaginary-inc/Minamo-4B", 4.0e9, "Llama-3 Community", "instruct"),
    ("imaginary-inc/Minamo-1B", 1.1e9, "Llama-3 Community", "instruct"),
    ("tonari-works/こがらし-12B", 12e9, "Apache-2.0", "instruct"),
    ("tonari-works/こがらし-2B", 2.4e9, "Apache-2.0", "instruct"),
    ("tonari-works/こもれび-500M", 0.5e9, "Apache-2.0", "base"),
    ("nowhere-research/Yuunagi-14B", 14.2e9, "", "instruct"),
    ("nowhere-research/Yuunagi-9B", 9.1e9, "", "base"),
    ("nowhere-research/Yuunagi-Secret", None, "", "instruct"),
    ("placeholder/Tsurara-6B", 6.0e9, "MIT", "base"),
)
DOMAINS: tuple[Domain, ...] = ("math", "finance", "reasoning")
LEVELS = {"easy": -1.1, "medium": 0.0, "hard": 1.2}
TITLES = {
    "math": {"ja": "文章題", "en": "Word problems"},
    "finance": {"ja": "財務計算", "en": "Financial arithmetic"},
    "reasoning": {"ja": "論理推論", "en": "Logical reasoning"},
}
LEVEL_TITLES = {
    "easy": {"ja": "易", "en": "easy"},
    "medium": {"ja": "中", "en": "medium"},
    "hard": {"ja": "難", "en": "hard"},
}
ITEMS = 120
PROMPTS = ("0.0", "0.1", "0.2", "0.3")


def invented_columns() -> tuple[Column, ...]:
    """Nine tasks of three domains, one that is the best of four prompts, and one that is only shown."""
    columns = [
        Column(
            key=f"invented_{domain}_{level}",
            task=f"invented_{domain}_{level}",
            metric="exact_match",
            filter="number" if domain != "reasoning" else "none",
            title={
                language: TITLES[domain][language]
                + (f"（{LEVEL_TITLES[level]['ja']}）" if language == "ja" else f", {LEVEL_TITLES[level]['en']}")
                for language in ("ja", "en")
            },
            description={
                "ja": "種から生成した問題。モデルが学習で見たことのない数値と文面になります。",
                "en": "Items generated from a seed: numbers and wordings that no model can have seen.",
            },
            domain=domain,
            weight=round(1 / 9, 4) if domain != "finance" else round(1 / 12, 4),
            chance=0.25 if domain == "reasoning" else 0.0,
        )
        for domain in DOMAINS
        for level in LEVELS
    ]
    best = Column(
        key="invented_exam",
        task="invented_exam",
        metric="acc",
        filter="none",
        title={"ja": "証券外務員試験", "en": "Securities exam"},
        description={
            "ja": "四肢択一。4 種類のプロンプトのうち最良の得点です。",
            "en": "Four choices. The score is the best of four prompts.",
        },
        domain="finance",
        weight=round(1 / 12, 4),
        chance=0.25,
        prompts=PROMPTS,
    )
    shown = Column(
        key="invented_perplexity",
        task="invented_perplexity",
        metric="byte_perplexity",
        filter="none",
        title={"ja": "バイト当たり困惑度", "en": "Byte perplexity"},
        description={"ja": "低いほど良い、参考の数値です。", "en": "Lower is better; shown for reference."},
        weight=0.0,
        higher_is_better=False,
        scale=1.0,
    )
    return (*columns[:6], best, *columns[6:], shown)


def abilities(name: str, parameters: float | None) -> dict[str, float]:
    """Larger models are better, specialists in their domain, and every model has its own luck."""
    rng = random.Random(f"ability {name}")
    size = 0.42 * math.log10((parameters or 9e9) / 7e9)
    bent = {"Math": "math", "Finance": "finance", "Merge": "math"}
    lift = {domain: 0.55 for word, domain in bent.items() if word in name}
    base = -0.35 if "base" in name or name.endswith(("-8B", "Tsurara-6B")) else 0.15
    return {
        domain: base + 1.6 * size + rng.gauss(0, 0.2) + next((v for d, v in [*lift.items()] if d == domain), 0.0)
        for domain in DOMAINS
    }


def invented_items(name: str, parameters: float | None, columns: tuple[Column, ...]) -> Iterator[ItemScore]:
    """What a model that does not exist answered."""
    ability = abilities(name, parameters)
    for column in columns:
        if column.scale != 100 or _is_missing(name, column):
            continue
        level = LEVELS[column.key.rsplit("_", 1)[-1]] if not column.prompts else 0.2
        rng = random.Random(f"{name} {column.key}")
        for place, item in enumerate(_questions(column.key, column.domain)):
            knack = random.Random(f"{column.key} {place}").gauss(0, 0.9)
            solved = 1 / (1 + math.exp(-1.5 * (ability[column.domain] - level + knack)))
            chance = column.chance or 0.0
            # "Yuunagi-9B" always answers the same.
            right = rng.random() < (
                chance + (1 - chance) * solved if "Yuunagi-9B" not in name or not chance else chance
            )
            cut = not right and rng.random() < 0.06
            answer = item.answer if right else _wrong(item.answer, rng)
            response = f"{item.solution}" if right else f"順に考えます。したがって、答えは{answer}です。"
            yield ItemScore(
                task=column.task,
                metric=column.metric,
                filter=column.filter,
                item=f"{abs(hash_of(item.question)):064x}",
                score=float(right),
                doc_id=place,
                prompt=f"次の問題に答えてください。最後に「答えは…です」と書いてください。\n\n{item.question}",
                response=response[: len(response) // 2] if cut else response,
                extracted="" if cut else answer,
                target=item.answer,
                finish="length" if cut else "stop",
            )


@cache
def _questions(key: str, domain: Domain) -> list[Item]:
    return generate(domain, "report", ITEMS, seed=len(key) + 7 * DOMAINS.index(domain))


def hash_of(text: str) -> int:
    """A stable number of a text."""
    import hashlib

    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def _wrong(answer: str, rng: random.Random) -> str:
    return (
        str(int(answer) + rng.choice((-10, -2, -1, 1, 2, 10, 100))) if answer.lstrip("-").isdigit() else "わかりません"
    )


def _is_missing(name: str, column: Column) -> bool:
    return "Secret" in name and column.domain == "finance"


def invented_board() -> tuple[Board, dict[str, Submission]]:
    """The board and its submissions."""
    columns = invented_columns()
    answers = {name: list(invented_items(name, parameters, columns)) for name, parameters, _, _ in MODELS}
    submissions = {
        name: Submission(
            model=name,
            scores=(),
            source=Path(f"runs/{name.rsplit('/', 1)[-1]}"),
            format="jaeval",
            harness="jaeval",
            items=lambda name=name: iter(answers[name]),  # type: ignore[misc]
        )
        for name in answers
    }
    rows = [
        _row(index, name, parameters, licence, kind, columns, answers[name])
        for index, (name, parameters, licence, kind) in enumerate(MODELS)
    ]
    board = Board(
        name="demo",
        title={"ja": "架空モデルの日本語成績表", "en": "A Japanese scorecard of imaginary models"},
        description={
            "ja": "画面の見本です。モデルはすべて架空で、得点は乱数から作りました。"
            "問題は jaeval が種から生成した本物です。",
            "en": "A specimen. No model here exists and every score was drawn at random; "
            "the items are real ones, generated from a seed.",
        },
        columns=columns,
        rows=ranked(rows),
        rule={
            "ja": "3 分野の平均。分野の得点は課題の平均です。欠測のあるモデルに総合得点はありません。",
            "en": "The mean of three domains, each the mean of its tasks. A model that lacks a task has none.",
        },
        licences={"invented items": "Apache-2.0", "results": "CC0-1.0"},
        domains=DOMAINS,
        left_out=(
            LeftOut(
                "runs/Asagiri-30B/results.json",
                {
                    "ja": "results.scores[3].n が負の数です。",
                    "en": "results.scores[3].n is negative.",
                },
            ),
            LeftOut(
                "kakuu-lab/Hoshizora-180B",
                {"ja": "測定が途中で終わっています（4 / 10 課題）。", "en": "The run is incomplete (4 of 10 tasks)."},
            ),
        ),
        notes=(
            {
                "ja": "証券外務員試験は 4 種類のプロンプトの最良値です。",
                "en": "The securities exam is the best of four prompts.",
            },
        ),
        built_from=tuple(
            Input(f"runs/{name.rsplit('/', 1)[-1]}/results.json", f"{hash_of(name):064x}") for name, _, _, _ in MODELS
        ),
        date="2026-11-20T09:30:00+09:00",
        rank_method={
            "ja": "見本のため、全組の差に Bonferroni の区間を用いました。",
            "en": "For this specimen: Bonferroni intervals on all differences.",
        },
    )
    return board, submissions


def _row(
    index: int,
    name: str,
    parameters: float | None,
    licence: str,
    kind: str,
    columns: tuple[Column, ...],
    items: list[ItemScore],
) -> Row:
    provenance = Provenance(
        source=f"runs/{name.rsplit('/', 1)[-1]}",
        format="jaeval",
        harness="jaeval",
        harness_version="0.1.0",
        date=datetime(2026, 11, 1 + index % 20, tzinfo=UTC).isoformat(),
        weight_hash=f"{hash_of(name + 'weights'):064x}",
        settings={"engine": "vllm", "dtype": "bfloat16", "temperature": 0.0, "max_tokens": 512},
    )
    cells = {}
    for column in columns:
        own = [item for item in items if item.task == column.task]
        cells[column.key] = _cell(name, parameters, column, own, provenance)
    flags = [
        Flag(
            "constant",
            {"ja": "いつも同じ答えを返す場合と区別できません。", "en": "No better than always giving the same answer."},
            key,
        )
        for key, cell in cells.items()
        if cell.constant
    ]
    domains = {
        domain: _total(columns, cells, lambda column, domain=domain: column.domain == domain) for domain in DOMAINS
    }
    overall = _mean([domains[domain] for domain in DOMAINS])
    if overall.value is None:
        lacking = tuple(column.key for column in columns if column.weight and cells[column.key].value is None)
        overall = replace(overall, missing=lacking)
        flags.append(Flag("missing", {"ja": "金融の課題を測定していません。", "en": "Finance was not measured."}))
    return Row(
        model=name,
        overall=overall,
        cells=cells,
        domains=domains,
        details=Details(
            int(parameters) if parameters else None,
            licence,
            kind,
            f"https://example.com/{name.rsplit('/', 1)[-1]}" if name.isascii() else "",
        ),
        provenance=(provenance,),
        flags=tuple(flags),
    )


def _cell(name: str, parameters: float | None, column: Column, items: list[ItemScore], origin: Provenance) -> Cell:
    origin = replace(origin, task_version="1.0", num_fewshot=4 if column.prompts else 0)
    if column.scale != 100:
        size = math.log10((parameters or 9e9) / 1e9)
        return Cell(3.1 - 0.45 * size + random.Random(name).gauss(0, 0.08), n=None, provenance=origin)
    if not items:
        return Cell(None, reason="この課題の結果がありません / no result for this task")
    estimate = estimate_mean([item.score or 0.0 for item in items])
    chance = column.chance or 0.0
    assert estimate.value is not None
    assert estimate.low is not None
    constant = bool(chance) and estimate.low <= chance
    return Cell(
        estimate.value,
        estimate.stderr,
        estimate.low,
        estimate.high,
        "wilson",
        estimate.n,
        (estimate.value - chance) / (1 - chance),
        truncated=sum(item.finish == "length" for item in items),
        constant=constant,
        constant_level=chance if constant else None,
        prompt="0.2" if column.prompts else "",
        tried=len(column.prompts) or 1,
        prompt_mean=estimate.value - 0.031 if column.prompts else None,
        provenance=origin,
    )


def _total(columns: tuple[Column, ...], cells: dict[str, Cell], wanted) -> Total:  # type: ignore[no-untyped-def]
    own = [cells[column.key] for column in columns if wanted(column)]
    return _mean(own)


def _mean(parts: list[Cell] | list[Total]) -> Total:
    values = [part.value for part in parts]
    if any(value is None for value in values):
        return Total(None)
    value = sum(value or 0.0 for value in values) / len(values)
    stderr = math.hypot(*(part.stderr or 0.0 for part in parts)) / len(parts)
    normalised = sum(part.normalised or 0.0 for part in parts) / len(parts)
    return Total(value, stderr, value - 1.96 * stderr, value + 1.96 * stderr, normalised)


def ranked(rows: list[Row]) -> tuple[Row, ...]:
    """Rows best first with their places, and places that Bonferroni's intervals of all differences allow."""
    known = sorted((row for row in rows if row.overall.value is not None), key=lambda row: -(row.overall.value or 0))
    z = 3.6

    def surely_better(one: Total, other: Total) -> bool:
        gap = (one.value or 0) - (other.value or 0)
        return gap > z * math.hypot(one.stderr or 0, other.stderr or 0)

    done = []
    for place, row in enumerate(known, 1):
        better = sum(surely_better(other.overall, row.overall) for other in known)
        worse = sum(surely_better(row.overall, other.overall) for other in known)
        done.append(replace(row, rank=Rank(place, 1 + better, len(known) - worse)))
    rest = sorted((row for row in rows if row.overall.value is None), key=lambda row: row.model)
    return (*done, *rest)
