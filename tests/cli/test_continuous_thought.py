"""A user's own engine, the README's example, from weights on disk to a scorecard."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command

from jaeval.results.run import Run

pytestmark = pytest.mark.extras

torch = pytest.importorskip("torch", reason="the example is a PyTorch network")
pytest.importorskip("safetensors", reason="the example reads safetensors")

SAID = """
task: said
custom_dataset: !function jaeval.procedural.dataset.load
dataset_kwargs: {procedural_domain: math, items: 2, seed: 1}
test_split: report
output_type: generate_until
doc_to_text: "{{ question[:20] }}"
doc_to_target: "{{ answer }}"
generation_kwargs: {max_gen_toks: 12, until: ["\\n"]}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
metadata: {version: 1.0, split: report}
"""
ENGINE = ("--engine", "continuous_thought:make", "--engine-arg")


@pytest.fixture
def weights(elsewhere: Path) -> str:
    from continuous_thought import ContinuousThought
    from safetensors.torch import save_file

    torch.manual_seed(5)
    save_file(ContinuousThought().state_dict(), "weights.safetensors")
    Path("mine").mkdir()
    Path("mine/said.yaml").write_text(SAID, encoding="utf-8")
    return "weights.safetensors"


def test_choices_are_scored_by_its_own_logits(command: Command, weights: str) -> None:
    from continuous_thought import Bytes, ContinuousThought
    from safetensors.torch import load_file

    found = command("run", weights, *ENGINE, "thoughts=3", "-t", "procedural_reasoning_mc", "-n", 2, "--out", "run")
    assert found.code == 0, found.err
    run = Run.open("run")
    assert (run.scores[0].n, run.failed) == (2, 0)
    assert run.manifest.fingerprint == {
        **{"engine": "continuous", "thoughts": 3, "batch_size": 16, "device": "cpu"},
    }
    model = ContinuousThought(3)
    model.load_state_dict(load_file(weights))
    for row in run.items():
        for (context, choice), [[value, _]] in zip(row.prompts, row.responses, strict=True):
            head, tail = Bytes().encode([context.rstrip(), context[len(context.rstrip()) :] + choice])
            with torch.inference_mode():
                rows = model(torch.tensor([head + tail]))[0].log_softmax(-1)
            expected = sum(float(rows[len(head) - 1 + i, token]) for i, token in enumerate(tail))
            assert value == pytest.approx(expected, abs=1e-3)
        assert row.prefilled_tokens > 0


def test_it_generates(command: Command, weights: str) -> None:
    found = command("run", weights, *ENGINE, "thoughts=1", "-t", "said", "--tasks-dir", "mine", "--out", "run")
    assert found.code == 0, found.err
    rows = list(Run.open("run").items())
    assert len(rows) == 2
    assert all(row.finish in ("stop", "length") and row.generated_tokens <= 12 for row in rows)


def test_thoughts_make_another_model_to_the_cache(command: Command, weights: str) -> None:
    tasks = ("-t", "procedural_reasoning_mc", "-n", 1)
    for out, thoughts in (("one", 1), ("two", 2), ("again", 1)):
        assert command("run", weights, *ENGINE, f"thoughts={thoughts}", *tasks, "--out", out).code == 0
    one, two, again = (Run.open(out) for out in ("one", "two", "again"))
    assert [run.manifest.cached for run in (one, two, again)] == [0, 0, 1]
    assert next(one.items()).responses == next(again.items()).responses != next(two.items()).responses


def test_the_readme_shows_this_code() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = (Path(__file__).parent / "continuous_thought.py").read_text(encoding="utf-8")
    shown = [block.partition("```")[0] for block in readme.split("```python\n")[1:]]
    assert code.partition("from __future__ import annotations\n\n")[2] in shown
