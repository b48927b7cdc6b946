"""Item files."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from test_page_columns import unpack

from jaeval.leaderboard.page.plain_text import BODY
from jaeval.leaderboard.page.shards import encode_items, items_payload, shard_name, shard_script, short_hash
from jaeval.results.submission import ItemScore


def item(**more: Any) -> ItemScore:
    return ItemScore(**{"task": "t", "metric": "acc", "filter": "none", "item": "ab" * 32, "score": 1.0} | more)


def decode(encoded: str) -> dict[str, Any]:
    return json.loads(gzip.decompress(base64.b64decode(encoded)))  # type: ignore[no-any-return]


def test_items_come_by_column_in_the_documents_order() -> None:
    told = decode(encode_items([item(doc_id=2, score=0.0, prompt="二"), item(doc_id=1, prompt="一", item="cd" * 32)]))
    assert told["doc"] == [1, 2]
    assert unpack(told["score"]) == [1, 0]
    assert unpack(told["prompt"]) == ["一", "二"]
    assert told["hash"] == ["cd" * 8, "ab" * 8]


def test_the_same_items_give_the_same_bytes() -> None:
    items = [item(doc_id=place, response=f"答え {place}") for place in range(50)]
    encoded = encode_items(items)
    assert encode_items(list(reversed(items))) == encoded
    assert base64.b64decode(encoded)[4:8] == b"\0\0\0\0"  # no time in the header of gzip


def test_withheld_items_are_hash_and_score_only() -> None:
    secret = dict.fromkeys(("prompt", "response", "reasoning", "extracted", "target", "cluster"), "秘密の本文")
    told = decode(encode_items([item(**secret)], withheld=True))
    assert "秘密" not in json.dumps(told, ensure_ascii=False)
    assert (told["withheld"], told["hash"], unpack(told["score"])) == (True, ["ab" * 8], [1])


def test_clusters_are_numbers() -> None:
    told = items_payload(
        [item(doc_id=place, cluster=name) for place, name in enumerate(["toyota", "", "sony", "toyota"])]
    )
    assert unpack(told["cluster"]) == [1, 0, 2, 1]


def test_scores_that_are_no_numbers_are_missing() -> None:
    scores = [math.nan, math.inf, None, 0.5, 1.0]
    told = items_payload([item(doc_id=place, score=score) for place, score in enumerate(scores)])
    assert unpack(told["score"]) == [None, None, None, 0.5, 1]


def test_long_texts_are_cut_and_say_so() -> None:
    told = items_payload([item(response="長" * 10_000_000), item(doc_id=1, response="短")])
    assert unpack(told["response"]) == ["長" * BODY + "…", "短"]
    assert told["cut"]["response"] == [[0, 10_000_000]]
    assert told["cut"]["prompt"] == []


def test_hashes_that_only_look_alike_stay_apart() -> None:
    assert short_hash("ab" * 32) == "ab" * 8
    names = [f"mgsm_ja/test/0000000000000000{place}" for place in range(20)]
    assert len({short_hash(name) for name in names}) == 20
    assert all(re.fullmatch("[0-9a-f]{16}", short_hash(name)) for name in [*names, "", "\ud83d"])


TEXTS = st.text(st.characters(), max_size=60)


@given(TEXTS, TEXTS, st.floats() | st.none(), TEXTS)
def test_whatever_a_model_answers_the_file_is_one_harmless_call(
    prompt: str, response: str, score: float | None, name: str
) -> None:
    encoded = encode_items([item(prompt=prompt, response=response, score=score, finish=name)])
    script = shard_script(shard_name("model-1", "task_1"), encoded)
    assert re.fullmatch(r'jaevalItems\("model-1/task_1","[A-Za-z0-9+/=]+"\);\n', script)
    assert len(decode(encoded)["hash"]) == 1
