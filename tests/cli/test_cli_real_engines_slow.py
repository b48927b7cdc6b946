"""`jaeval run` with the real engines on a tiny checkpoint: both give one scorecard, and standard output stays clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Command

from jaeval.results.run import Run

RUN = ("-t", "procedural_reasoning_mc", "-n", "3", "--engine-arg", "dtype=float32", "--no-cache", "--json")


@pytest.mark.slow
def test_both_engines_give_one_scorecard(process: Command, tiny_checkpoint: Path) -> None:
    pytest.importorskip("vllm", reason="compares with vLLM")
    for engine in ("transformers", "vllm"):
        found = process("run", tiny_checkpoint, *RUN, "--engine", engine, "--out", engine)
        assert found.code == 0, found.err
        assert json.loads(found.out)["path"] == engine, "an engine's own messages must not reach standard output"
        assert "Traceback" not in found.err
    one, other = Run.open("transformers"), Run.open("vllm")
    assert one.manifest.weight_hash == other.manifest.weight_hash
    assert [score.value for score in one.scores] == [score.value for score in other.scores]
    for row, twin in zip(one.items(), other.items(), strict=True):
        assert (row.doc_hash, row.prompts) == (twin.doc_hash, twin.prompts)
        for [[value, _]], [[its, _]] in zip(row.responses, twin.responses, strict=True):
            assert value == pytest.approx(its, abs=1e-3)
        assert row.prefilled_tokens > 0


@pytest.mark.slow
def test_an_argument_that_vllm_does_not_know_is_bad_input(process: Command, tiny_checkpoint: Path) -> None:
    pytest.importorskip("vllm", reason="asks vLLM")
    found = process("run", tiny_checkpoint, *RUN, "--engine-arg", "speed=2", "--out", "run")
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines()[-1].startswith("jaeval: ")
    assert "speed" in found.err.splitlines()[-1]
    assert "Traceback" not in found.err
