"""A service without log-probabilities is asked for letters: a whole `jaeval run --engine api`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from scripted_api import ScriptedApi

from jaeval.catalogue import Catalogue, open_task
from jaeval.cli.main import main
from jaeval.results.run import Run

pytestmark = pytest.mark.extras

TASK = "procedural_reasoning_mc_asked"
MODEL = "openai/gpt-4o-mini"
RIGHT = [
    "{right}",
    "（{right}）",
    "**{right}. {text}**\n\n理由：{wrong}では条件に合いません。",
    "順に考えます。\n{wrong}は条件に合わないので誤りです。\n\nしたがって、答えは{right}です。",
    "<think>{wrong}かもしれない。</think>{right}",
    "{text}",
]
WRONG = ["{wrong}", "{right}ではありません。正解は{wrong}です。"]
UNREADABLE = ["わかりません。", "{right}か{wrong}のどちらかです。", "{right}は誤りです。", ""]
FORMS = [*RIGHT, *WRONG, *UNREADABLE]


class Examinee(ScriptedApi):
    """Answers each prompt with the text that it was given for it."""

    def __init__(self, key: str, answers: Mapping[str, str]) -> None:
        super().__init__(key)
        self.answers = answers

    async def _chat(self, request: web.Request) -> web.Response:
        response = await super()._chat(request)
        if response.status != 200:
            return response
        assert isinstance(response.body, bytes)
        body: dict[str, Any] = json.loads(response.body)
        asked = (await request.json())["messages"][-1]["content"]
        body["choices"][0]["message"]["content"] = self.answers[asked]
        return web.json_response(body)


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """What the service says to each prompt of the task: every form in turn."""
    task = open_task(Catalogue()[TASK])
    made = {}
    for place, doc in enumerate(list(task.eval_docs)[: 2 * len(FORMS)]):
        gold, other = doc["answer_index"], (doc["answer_index"] + 1 + place) % 4
        other = other if other != gold else (gold + 1) % 4
        names = {"right": "ABCD"[gold], "wrong": "ABCD"[other], "text": doc["choices"][gold]}
        made[task.doc_to_text(doc)] = FORMS[place % len(FORMS)].format(**names)
    return made


@pytest.fixture
def service(answers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Examinee]:
    if find_spec("litellm") is None:  # not imported before `load_litellm` has told it to ask nobody for prices
        pytest.skip("needs litellm")
    monkeypatch.setenv("THE_KEY", "sk-planted-7f21")
    with Examinee("sk-planted-7f21", answers) as started:
        yield started


@pytest.fixture
def jaeval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `jaeval …` in this process; gives its exit code."""
    monkeypatch.setenv("JAEVAL_CACHE_DIR", str(tmp_path / "cache"))

    def run(*args: object) -> int:
        monkeypatch.setattr(sys, "argv", ["jaeval", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            main()
        return int(caught.value.code or 0)

    return run


@pytest.mark.parametrize("template", [(), ("--apply-chat-template",)], ids=["plain", "turns"])
def test_a_service_is_asked_for_letters(
    template: tuple[str, ...],
    service: Examinee,
    jaeval: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    items = 2 * len(FORMS)
    engine = ("--engine", "api", "--engine-arg", f"base_url={service.url}", "--api-key-env", "THE_KEY")
    code = jaeval("run", MODEL, *engine, *template, "--tasks", TASK, "-n", items, "--out", tmp_path / "run")
    out = capsys.readouterr().out
    assert code == 0
    assert TASK in out
    run = Run.open(tmp_path / "run")
    assert run.failed == 0
    scores = {score.metric: score for score in run.scores}
    assert scores["acc"].primary
    assert scores["acc"].n == items
    assert scores["acc"].value == pytest.approx(len(RIGHT) / len(FORMS))
    assert scores["coverage"].value == pytest.approx(1 - len(UNREADABLE) / len(FORMS))
    assert len(service.bodies) == items
    assert {body["max_tokens"] for body in service.bodies} == {1024}
    assert not any("stop" in body for body in service.bodies)


def test_its_twin_is_refused_and_nothing_is_written(
    service: Examinee, jaeval: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = ("--engine", "api", "--engine-arg", f"base_url={service.url}", "--api-key-env", "THE_KEY")
    assert jaeval("run", MODEL, *engine, "--tasks", TASK.removesuffix("_asked"), "--out", tmp_path / "run") == 2
    assert not (tmp_path / "run").exists()
    err = capsys.readouterr().err
    assert "choices cannot be scored" in err
    assert "--suite ja-core-asked" in err
    assert service.bodies == []
