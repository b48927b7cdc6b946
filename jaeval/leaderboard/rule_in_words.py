"""How a board's overall number is made, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from jaeval.leaderboard.board import Column, Text
from jaeval.leaderboard.spec import Spec


def rule_in_words(spec: Spec, columns: Sequence[Column]) -> Text:
    """The rule of a board in Japanese and English."""
    weighted = [column for column in columns if column.weight]
    domains = list(dict.fromkeys(column.domain for column in weighted if column.domain))
    even = all(math.isclose(column.weight, weighted[0].weight) for column in weighted)
    ja, en = [], []
    if len(domains) > 1:
        ja.append(f"総合点は {len(domains)} 分野（{'・'.join(domains)}）の点の平均。")
        en.append(f"The overall number is the mean of {len(domains)} domains ({', '.join(domains)}).")
        ja.append("分野の点は課題の加重平均。")
        en.append("A domain's number is the weighted mean of its tasks.")
    else:
        ja.append(f"総合点は {len(weighted)} 課題の{'単純' if even else '加重'}平均。")
        en.append(f"The overall number is the {'plain' if even else 'weighted'} mean of {len(weighted)} tasks.")
    if spec.normalisation == "chance":
        ja.append("各課題の点は (点 − 当て推量) / (1 − 当て推量) に直す。")
        en.append("Each task's score counts as (score − chance) / (1 − chance).")
    prompts = {len(column.prompts) for column in weighted}
    if prompts != {0}:
        ja.append(f"プロンプトは最大 {max(prompts)} 種のうち、平均が最も高い一つ（同点なら名前順で先）を採る。")
        en.append(
            f"Of up to {max(prompts)} versions of the prompt the one with the highest mean counts, of equals the first."
        )
    recipe = spec.recipe
    if recipe and recipe.zeros == "skip":
        ja.append("0 点の課題は平均から除き、行に記す。")
        en.append("Tasks that score 0 are left out of the mean, and named in the row.")
    if recipe and recipe.missing == "skip":
        ja.append("結果のない課題は平均から除き、行に記す。")
        en.append("Missing tasks are left out of the mean, and named in the row.")
    elif spec.filters.complete:
        ja.append("結果の欠けたモデルは載せず、名を挙げる。")
        en.append("A model whose results are incomplete is left out, and named.")
    else:
        ja.append("結果のない課題があるモデルには総合点がない。")
        en.append("A model that lacks a task has no overall number.")
    if recipe:
        ja.append(f"これは {recipe.name} の規則である。")
        en.append(f"This is the rule of {recipe.name}.")
    return {"ja": "".join(ja), "en": " ".join(en)}
