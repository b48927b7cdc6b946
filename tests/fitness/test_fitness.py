"""One score for whatever a search hands over, on the same items, and nothing asked twice."""

from __future__ import annotations

import itertools
import json
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs torch and safetensors")
import torch
from scripted_candidates import SkilledEngine, weights, write_candidate

from jaeval.engines import ScriptedEngine, open_checkpoint
from jaeval.errors import CheckpointError, EngineError, FitnessError, MergeError, TaskError
from jaeval.evaluation.run import evaluate
from jaeval.fitness import Budget, BudgetError, EngineStartError, Fitness
from jaeval.fitness.objective import combine

pytestmark = pytest.mark.extras

Make = Callable[..., Fitness]


class TestScores:
    def test_the_score_is_the_mean_over_tasks_and_its_error_follows(self, make: Make) -> None:
        with make() as fitness:
            result = fitness(weights(30))
        assert result.per_task["adding"][::2] == (30 / 60, 60)
        assert result.per_task["taking"][::2] == (1.0, 20)
        assert result.score == pytest.approx((0.5 + 1.0) / 2)
        assert result.se == pytest.approx(0.5 * (0.25 / 59) ** 0.5)
        assert result.n == len(result.per_item) == 80
        assert result.failure is None
        assert set(result.seconds) == {"candidate", "start", "swap", "canary", "engine", "scoring", "all"}

    def test_it_is_what_evaluate_says(self, make: Make, base: Path, fitness_tasks: Path, tmp_path: Path) -> None:
        engine = SkilledEngine()
        engine.reload(weights(17).items(), weight_hash="17")
        run = evaluate(
            "17", ["adding"], engine=engine, split="search", out=tmp_path / "run", tasks_dirs=[fitness_tasks],
            trust_task_code=True, cache=False,
        )  # fmt: skip
        with make("adding") as fitness:
            result = fitness(weights(17))
        assert (run.scores[0].value, run.scores[0].stderr) == pytest.approx((result.score, result.se))

    def test_every_kind_of_candidate_has_one_hash_and_one_score(
        self, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tensors = weights(40)
        folder = write_candidate(tmp_path / "forty", tensors)
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text("merge_method: linear\n", encoding="utf-8")
        merge = types.ModuleType("jaeval.fitness.search.merge")
        merge.merge = lambda config: iter(tensors.items())  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "jaeval.fitness.search", types.ModuleType("jaeval.fitness.search"))
        monkeypatch.setitem(sys.modules, "jaeval.fitness.search.merge", merge)
        backwards = iter(list(tensors.items())[::-1])
        engine = SkilledEngine()
        with make(engine=engine) as fitness:
            results = [
                fitness(given)
                for given in (folder, str(folder), tensors, backwards, {"merge_method": "linear"}, recipe, str(recipe))
            ]
        assert {result.weight_hash for result in results} == {open_checkpoint(folder).weight_hash}
        assert {result.score for result in results} == {results[0].score}
        assert len(engine.swaps) == 1
        assert engine.swaps == [open_checkpoint(folder).model_hash]

    def test_dtypes_of_safetensors_hash_alike(self, tmp_path: Path) -> None:
        from jaeval.fitness.candidate import DTYPES, checkpoint_lines, tensor_lines

        tensors = {name: torch.zeros(2, 3).to(getattr(torch, name)) for name in DTYPES if hasattr(torch, name)} | {
            "scalar": torch.tensor(3.0),
            "turned": torch.arange(6.0).reshape(2, 3).T,
            "empty": torch.zeros(0),
        }
        contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
        folder = write_candidate(tmp_path / "all", contiguous)
        assert tensor_lines(tensors) == checkpoint_lines(open_checkpoint(folder))

    def test_parts_of_a_suite_count_alike(self) -> None:
        score, se, _ = combine([1, 0, 1, 1], ["a", "a", "a", "b"], {"a": 0.5, "b": 0.5})
        assert (score, se) == (pytest.approx((2 / 3 + 1) / 2), None)


class TestItems:
    def test_they_are_frozen_and_the_first_n_of_more(self, make: Make) -> None:
        with make(items=40) as some, make() as everything, make(items=40, seed=1) as other:
            assert some.items == everything.items[:40]
            assert some.items != other.items
            assert len(set(everything.items)) == 80
            assert some.tasks.count("adding") == some.tasks.count("taking") == 20
            assert some(weights(20)).per_item == dict(itertools.islice(everything(weights(20)).per_item.items(), 40))

    @pytest.mark.parametrize("items", [0, 1, 81, -3])
    def test_too_few_or_too_many_are_refused(self, make: Make, items: int) -> None:
        with pytest.raises(FitnessError, match="items: must be at least 2"):
            make(items=items)

    def test_a_metric_that_is_no_mean_is_refused(self, make: Make) -> None:
        with pytest.raises(FitnessError, match="middling: metric_list: its first metric bleu is aggregated by bleu"):
            make("middling")

    def test_an_unknown_task_is_refused(self, make: Make) -> None:
        with pytest.raises(TaskError, match="no task 'addin'"):
            make("addin")


class TestNothingTwice:
    def test_a_second_look_asks_nothing(self, make: Make) -> None:
        engine = SkilledEngine()
        with make(engine=engine, cache=False) as fitness:
            first, second = fitness(weights(30)), fitness(weights(30))
            fitness(weights(31))
            fitness(weights(30))
        assert (first.cached, second.cached) == (0, 80)
        assert first.per_item == second.per_item
        assert len(engine.prompts) == 160

    def test_a_search_that_was_killed_asks_nothing_again(self, make: Make) -> None:
        with make(items=20) as fitness:
            first = fitness(weights(30))
        engine = SkilledEngine(starts=False)
        with make(items=20, engine=engine) as fitness:
            again = fitness(weights(30))
            assert (again.per_item, again.cached, engine.swaps) == (first.per_item, 20, [])
        with make(engine=engine) as fitness, pytest.raises(EngineStartError, match="no memory"):
            fitness(weights(30))  # 60 items more

    def test_it_shares_its_cache_with_runs(self, make: Make, base: Path, fitness_tasks: Path, tmp_path: Path) -> None:
        folder = write_candidate(tmp_path / "thirty", weights(30))
        with make("adding") as fitness:
            fitness(folder)

        class Named(ScriptedEngine):
            def weight_hash(self) -> str:
                return open_checkpoint(folder).model_hash

        run = evaluate(
            folder, ["adding"], engine=Named(), split="search", tasks_dirs=[fitness_tasks], out=tmp_path / "run",
            trust_task_code=True,
        )  # fmt: skip
        assert run.manifest.cached == 60


class TestFailures:
    def wrong(self, tmp_path: Path) -> Iterator[tuple[Any, str]]:
        good = weights(10)
        yield good | {"model.norm.weight": torch.tensor([1.0, float("nan"), 1, 1])}, "model.norm.weight holds values"
        yield good | {"lm_head.weight": torch.full((8, 4), float("inf"))}, "lm_head.weight holds values"
        yield good | {"model.norm.weight": torch.ones(5)}, r"has the shape \[5\], the base's \[4\]"
        yield {name: good[name] for name in list(good)[:2]}, "lacks 1 of the base's tensors: lm_head.weight"
        yield good | {"model.layers.7.weight": torch.ones(1)}, "has 1 tensors that the base lacks: model.layers.7"
        yield {}, "has no tensors"
        yield iter(()), "lacks 3 of the base's tensors"
        yield 7, "is not a candidate"
        yield [1, 2], "is not a candidate"
        yield [("model.norm.weight", [1, 2])], "gives list as 'model.norm.weight'"
        yield tmp_path / "nowhere", "no such checkpoint folder"
        yield write_candidate(tmp_path / "nan", good | {"lm_head.weight": torch.full((8, 4), torch.nan)}), "not finite"
        yield write_candidate(tmp_path / "wide", good, hidden_size=8), "hidden_size: is another architecture"
        yield write_candidate(tmp_path / "other", good, architectures=["GemmaForCausalLM"]), "another architecture"
        cut = write_candidate(tmp_path / "cut", good)
        (cut / "model.safetensors").write_bytes((cut / "model.safetensors").read_bytes()[:-20])
        yield cut, "is not a whole safetensors file"

    def test_a_bad_candidate_is_a_typed_error_or_the_penalty(self, make: Make, tmp_path: Path) -> None:
        engine = SkilledEngine()
        with make(engine=engine) as strict, make(engine=engine, penalty=-1.0) as lenient:
            seen = 0
            for given, message in self.wrong(tmp_path):
                seen += 1
                if not isinstance(given, Iterator):
                    with pytest.raises((FitnessError, CheckpointError), match=message):
                        strict(given)
                result = lenient(given)
                assert (result.score, result.se, result.n) == (-1.0, None, 0)
                assert result.failure
                assert not result.per_item
            assert seen == 15
            assert not engine.swaps  # none reached the engine
            assert lenient(weights(30)).score == strict(weights(30)).score == 0.75

    def test_a_merge_that_cannot_be_made(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        merge = types.ModuleType("jaeval.fitness.search.merge")

        def fails(config: Any) -> Iterator[tuple[str, torch.Tensor]]:
            yield "model.norm.weight", torch.ones(4)
            raise MergeError("the parents differ in shape")

        merge.merge = fails  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "jaeval.fitness.search", types.ModuleType("jaeval.fitness.search"))
        monkeypatch.setitem(sys.modules, "jaeval.fitness.search.merge", merge)
        with make(penalty=0.0) as fitness:
            assert fitness({"merge_method": "linear"}).failure == "the parents differ in shape"
        with make() as fitness, pytest.raises(MergeError):
            fitness({"merge_method": "linear"})

    def test_an_item_without_an_answer_is_a_failure_not_a_zero(self, make: Make) -> None:
        with make(engine=SkilledEngine(fails="105+"), penalty=0.0) as fitness:
            assert "did not answer item 5 (too long)" in str(fitness(weights(50)).failure)

    def test_an_engine_that_dies_is_started_again_for_the_next(self, make: Make) -> None:
        engine = SkilledEngine(dies=True)
        with make(engine=engine, penalty=-5.0) as fitness:
            assert "out of memory" in str(fitness(weights(50)).failure)
            assert engine.closed == 1
            engine._dies = False
            assert fitness(weights(50)).failure is None
        assert len(engine.swaps) == 2

    def test_an_engine_that_does_not_start_is_no_candidates_failure(self, make: Make) -> None:
        with make(engine=SkilledEngine(starts=False), penalty=0.0) as fitness, pytest.raises(EngineStartError):
            fitness(weights(50))

    def test_an_engine_without_reload_is_refused(self, make: Make) -> None:
        with pytest.raises(FitnessError, match="cannot change its weights"):
            make(engine=ScriptedEngine())

    def test_a_copied_output_matrix_of_a_tied_base_is_left_out(self, make: Make, tmp_path: Path) -> None:
        tied = {name: tensor for name, tensor in weights(30).items() if name != "lm_head.weight"}
        base = write_candidate(tmp_path / "tied", tied, tie_word_embeddings=True)
        with make(base=base) as fitness:
            copied = tied | {"lm_head.weight": tied["model.embed_tokens.weight"].clone()}
            assert fitness(copied).weight_hash == fitness(tied).weight_hash
            with pytest.raises(FitnessError, match="has 1 tensors that the base lacks: lm_head"):
                fitness(tied | {"lm_head.weight": torch.ones(8, 4)})


class TestBudget:
    def test_items_are_counted_and_limited(self, make: Make) -> None:
        with make(budget=Budget(items=100), penalty=0.0) as fitness:
            fitness(weights(10))
            fitness(weights(10))
            assert (fitness.budget.spent_items, fitness.budget.items_left) == (80, 20)
            with pytest.raises(BudgetError, match=r"budget.items: 80 items are wanted and 20 are left"):
                fitness(weights(11))

    def test_seconds_are_limited(self, make: Make) -> None:
        with make(budget=Budget(seconds=1e-9)) as fitness:
            fitness(weights(10))
            with pytest.raises(BudgetError, match=r"budget\.seconds"):
                fitness(weights(11))
            assert fitness(weights(10)).cached == 80  # known: costs nothing


def test_a_canary_that_is_off_is_said(make: Make) -> None:
    with make() as fitness:
        assert "no canary" in fitness(weights(1)).warnings[0]


def test_two_fitnesses_of_one_engine_do_not_mistake_each_others_weights(make: Make) -> None:
    engine = SkilledEngine()
    with make("adding", engine=engine, cache=False) as one, make("taking", engine=engine, cache=False) as other:
        first = one.score(weights(30), range(5))
        other(weights(10))
        again = one.score(weights(30), range(5, 60))
    assert len(engine.swaps) == 3
    assert first.n * first.score + again.n * again.score == 30


def test_fitnesses_of_one_digest_ask_the_same(make: Make) -> None:
    with make() as one, make() as same, make(items=20) as less:
        assert one.digest == same.digest != less.digest


def test_the_tasks_of_a_suite(make: Make) -> None:
    with pytest.raises((EngineError, TaskError)):
        make("no-such-suite")
    assert json.dumps(make("adding").weights) == '{"adding": 1.0}'
