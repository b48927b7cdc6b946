"""A task of any size for `bench_growth.py`: invented questions with any number of choices."""

from __future__ import annotations

from pathlib import Path

ROWS = """
import random

from datasets import Dataset

WORDS = "りんご 報告書 売上高 資産 負債 東京 大阪 会社 計算 利益".split()
WORDS += "割合 合計 株式 三日 四月 道路 距離 時間 先生 生徒".split()


def load(items, choices, characters, **_):
    draw = random.Random(20261124)
    rows = []
    for number in range(items):
        text = f"{number}番："
        while len(text) < characters:
            text += draw.choice(WORDS)
        shuffled = draw.sample(WORDS, choices)
        rows.append({"id": f"item-{number}", "question": text[:characters], "choices": shuffled, "answer": 0})
    return {"report": Dataset.from_list(rows)}
"""
TASK = """\
task: growth
custom_dataset: !function rows.load
dataset_kwargs: {{items: {items}, choices: {choices}, characters: {characters}}}
test_split: report
output_type: multiple_choice
doc_to_text: "{{{{question}}}}\\n答え："
doc_to_choice: choices
doc_to_target: answer
target_delimiter: ""
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata: {{version: 1.0, split: report, chance: {chance}}}
"""
MOST_CHOICES = 20


def write_task(folder: Path, items: int, choices: int, characters: int) -> Path:
    """Write the task `growth` and its data into a folder of tasks.

    Args:
        folder: made where it is missing.
        items: how many questions, no two alike.
        choices: of each question, 1 to 20 different words.
        characters: of each question.
    """
    if not 1 <= choices <= MOST_CHOICES:
        raise ValueError(f"1 to {MOST_CHOICES} choices, not {choices}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.py").write_text(ROWS, encoding="utf-8")
    text = TASK.format(items=items, choices=choices, characters=characters, chance=1 / choices)
    (folder / "growth.yaml").write_text(text, encoding="utf-8")
    return folder
