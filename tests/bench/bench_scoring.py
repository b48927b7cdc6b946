"""How long scoring takes on one core: 10,000 invented answers of some 200 characters through each text metric.

`make bench` prints the table of jaeval/metrics/README.md. It fails if a metric takes more than LIMIT seconds.
"""

from __future__ import annotations

import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from jaeval.errors import TaskError
from jaeval.japanese import tokens
from jaeval.metrics import (
    bleu,
    bleu_ja_mecab,
    character_f1,
    exact_match,
    ja_mecab,
    rouge,
    rouge_flexeval,
    rouge_sakana,
    token_f1,
)

ANSWERS = 10_000
LIMIT = 20.0
RESAMPLES = 1_000

Metric = Callable[[str, Sequence[str]], object]
METRICS: dict[str, Metric] = {
    "exact_match.strict": exact_match.strict,
    "exact_match.lm_eval": exact_match.lm_eval,
    "exact_match.jpstable": exact_match.jpstable,
    "exact_match.jglue": exact_match.jglue,
    "exact_match.flexeval_aio": exact_match.flexeval_aio,
    "exact_match.llm_jp_eval": exact_match.llm_jp_eval,
    "exact_match.swallow": exact_match.swallow,
    "exact_match.nejumi": exact_match.nejumi,
    "exact_match.numeric": lambda prediction, _: exact_match.numeric(prediction, ["1,200円"]),
    "token_f1.jpstable": token_f1.jpstable,
    "character_f1.character_f1": character_f1.character_f1,
    "character_f1.jglue": character_f1.jglue,
    "character_f1.fuzzy_ratio": character_f1.fuzzy_ratio,
    "character_f1.token_sort_ratio": character_f1.token_sort_ratio,
    "rouge (1, 2 and L)": lambda prediction, golds: rouge.process_results({"answers": golds}, [prediction]),
    "rouge_sakana (1, 2 and L)": lambda prediction, golds: rouge_sakana.process_results(
        {"answers": golds}, [prediction]
    ),
    "rouge_flexeval (1, 2 and L)": lambda prediction, golds: rouge_flexeval.process_results(
        {"answers": golds}, [prediction]
    ),
    "bleu.statistics": bleu.statistics,
    "bleu_ja_mecab.statistics": bleu_ja_mecab.statistics,
}

SUBJECTS = ["太郎さん", "花子さん", "この会社", "委員会", "祖父", "隣町の商店", "調査チーム", "店長", "図書館の職員"]
TIMES = ["去年の春に", "毎朝", "今月の初めから", "三日続けて", "会議のあとで", "夏休みのあいだ", "四半期ごとに"]
OBJECTS = ["りんご", "報告書", "売上高", "ノート", "切符", "部品", "チョコレート", "地図", "コンピューター", "自転車"]
VERBS = ["買いました。", "調べています。", "前の年と比べた。", "半分に分けた。", "倉庫へ運ぶ予定だ。", "配りました。"]
LINKS = ["そのため、", "しかし、", "まず、", "つまり、", "一方で、", "", "", ""]


def sentence(random_: random.Random) -> str:
    """One invented sentence of 25 to 45 characters."""
    number = random_.choice(
        [f"{random_.randrange(2, 9000):,}個の", f"{random_.randrange(2, 99)}円の", "３つの", "多くの"]
    )
    parts = [random_.choice(LINKS), random_.choice(SUBJECTS), "は", random_.choice(TIMES), random_.choice(SUBJECTS)]
    return "".join([*parts, "の", number, random_.choice(OBJECTS), "を", random_.choice(VERBS)])


def pairs(count: int, seed: int = 20261124) -> list[tuple[str, list[str]]]:
    """Answers of some 200 characters with their golds: half of the gold's sentences are the answer's."""
    random_ = random.Random(seed)
    made = []
    for _ in range(count):
        answer = [sentence(random_) for _ in range(6)]
        gold = [old if random_.random() < 0.5 else sentence(random_) for old in answer]
        made.append(("".join(answer), ["".join(gold)]))
    return made


def seconds(metric: Metric, items: list[tuple[str, list[str]]]) -> float:
    """CPU time for all items, with nothing remembered from before but what is loaded once."""
    metric(*items[0])
    for remembered in (tokens._remembered_surfaces, tokens._remembered_wakati, ja_mecab.ja_mecab):
        remembered.cache_clear()
    start = time.process_time()
    for prediction, golds in items:
        metric(prediction, golds)
    return time.process_time() - start


def resampling_seconds(items: list[tuple[str, list[str]]]) -> float:
    """CPU time of corpus BLEU over 1,000 resamples of 1,000 items."""
    values = [bleu.statistics(*item) for item in items[:1000]]
    random_ = random.Random(0)
    samples = [random_.choices(values, k=len(values)) for _ in range(RESAMPLES)]
    start = time.process_time()
    for sample in samples:
        bleu.corpus_bleu(sample)
    return time.process_time() - start


def machine() -> str:
    """The processor's name, Python, and the libraries that do the work."""
    model = platform.processor() or "processor unknown"
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    packages = ("fugashi", "unidic-lite", "rapidfuzz", "sacrebleu", "neologdn", "emoji")
    libraries = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{model}, one core; Python {platform.python_version()}; {libraries}"


def main() -> int:
    """Print the table; 1 if a metric is too slow."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    items = pairs(ANSWERS)
    length = sum(len(answer) for answer, _ in items) / len(items)
    print(f"{ANSWERS:,} answers of {length:.0f} characters on average. {machine()}.\n")
    print("| metric | seconds for 10,000 | ms for one |\n|---|---:|---:|")
    slowest = 0.0
    for name, metric in METRICS.items():
        try:
            taken = seconds(metric, items)
        except TaskError as error:
            print(f"| {name} | {error.problem} | |")
            continue
        slowest = max(slowest, taken)
        print(f"| {name} | {taken:.2f} | {taken / ANSWERS * 1000:.3f} |", flush=True)
    print(f"| bleu.corpus_bleu, {RESAMPLES:,} resamples of 1,000 items | {resampling_seconds(items):.2f} | |")
    print(f"\nslowest: {slowest:.1f} s, limit {LIMIT:.0f} s")
    return int(slowest > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
