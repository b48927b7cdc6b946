"""Configurations, spaces, samplers and intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jaeval.errors import SearchError
from jaeval.fitness.search.config import MergeSettings, SamplerSettings, parse_config, read_config
from jaeval.fitness.search.intervals import chosen_interval, paired_interval, plain_interval
from jaeval.fitness.search.samplers import GridSampler, make_sampler
from jaeval.fitness.search.space import MergeSpace, Parameter, merge_space

PARENTS = {"math": "/m", "ja": "/j"}
CONFIG: dict[str, Any] = {
    "parents": {"math": "parents/math", "ja": "/there/ja"},
    "base": "math",
    "merge": {"method": "ties"},
    "fitness": {"suite": "ja-search"},
    "out": "runs/search",
}


def space(layers: int = 4, **settings: Any) -> MergeSpace:
    return merge_space(MergeSettings(**settings), PARENTS, "/base", layers)


class TestConfig:
    def test_paths_are_found_from_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "search.yaml").write_text(yaml.safe_dump(CONFIG), "utf-8")
        config = read_config(tmp_path / "search.yaml")
        assert config.parents == {"math": str(tmp_path / "parents" / "math"), "ja": "/there/ja"}
        assert config.base_folder == config.parents["math"]
        assert config.out == "runs/search"

    @pytest.mark.parametrize(
        ("changes", "field", "problem"),
        [
            ({"trials": 0}, "trials", "greater than or equal to 1"),
            ({"surprise": 1}, "surprise", "Extra inputs"),
            ({"parents": {}}, "parents", "at least 1"),
            ({"parents": {"a/b": "x"}}, "parents.a/b", "pattern"),
            ({"merge": {"method": "magic"}}, "merge.method", "Input should be"),
            ({"merge": {"method": "linear", "bounds": {"density": [0, 1]}}}, "merge", "linear has no 'density'"),
            ({"merge": {"method": "linear", "bounds": {"weight": [1, 0]}}}, "merge", "is not below"),
            ({"merge": {"method": "linear", "start": {"weight": 2}}}, "merge", "outside"),
            ({"fitness": {}}, "fitness", "give suite or tasks"),
            ({"fitness": {"suite": "a", "tasks": ["b"]}}, "fitness", "give suite or tasks"),
            ({"parents": {"a": "x"}, "merge": {"method": "slerp"}}, None, "slerp lies between two parents"),
            ({"parents": {"a": "x"}, "merge": {"method": "passthrough"}}, None, "nothing to choose from"),
        ],
    )
    def test_a_wrong_field_is_named(self, changes: dict[str, Any], field: str | None, problem: str) -> None:
        with pytest.raises(SearchError, match=problem) as caught:
            parse_config(CONFIG | changes, "search.yaml")
        assert caught.value.field == field

    @given(st.binary(max_size=200))
    def test_any_file_is_read_or_refused(self, content: bytes) -> None:
        import tempfile

        with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
            file.write(content)
            file.flush()
            with pytest.raises(SearchError):
                read_config(file.name)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda c: st.lists(c) | st.dictionaries(st.sampled_from(list(CONFIG)), c),
        )
    )
    def test_any_value_is_a_configuration_or_refused(self, value: Any) -> None:
        with pytest.raises(SearchError):
            parse_config(value)


class TestSpace:
    @pytest.mark.parametrize(
        ("settings", "names"),
        [
            ({"method": "ties", "granularity": "global"}, ["weight", "density"]),
            ({"method": "linear"}, ["math.weight", "ja.weight"]),
            ({"method": "slerp"}, ["t"]),
            (
                {"method": "slerp", "granularity": "layers", "layer_group": 3},
                ["embeddings.t", "layers_0_2.t", "layer_3.t"],
            ),
            (
                {"method": "linear", "granularity": "blocks", "layer_group": 4},
                [
                    f"{parent}.{place}.weight"
                    for parent in PARENTS
                    for place in ("embeddings", "layers_0_3.attention", "layers_0_3.mlp")
                ],
            ),
            ({"method": "passthrough", "layer_group": 2}, ["layers_0_1.parent", "layers_2_3.parent"]),
        ],
    )
    def test_its_numbers(self, settings: dict[str, Any], names: list[str]) -> None:
        assert [parameter.name for parameter in space(**settings).parameters] == names

    def test_the_prototypes_eighteen_weights(self) -> None:
        assert len(space(method="task_arithmetic", granularity="blocks").parameters) == 18

    def test_a_configuration_by_parent(self) -> None:
        found = space(method="dare_ties").configuration(
            {"math.weight": 0.1, "math.density": 0.2, "ja.weight": 0.3, "ja.density": 0.4}
        )
        assert found == {
            "merge_method": "dare_ties",
            "dtype": "float32",
            "base_model": "/base",
            "models": [
                {"model": "/m", "parameters": {"weight": 0.1, "density": 0.2}},
                {"model": "/j", "parameters": {"weight": 0.3, "density": 0.4}},
            ],
        }

    def test_a_stack_that_begins_as_the_parents_are(self) -> None:
        built = space(method="passthrough", depth="any", layer_group=2)
        slices = built.configuration(built.start)["slices"]
        assert [entry["sources"][0]["layer_range"] for entry in slices] == [[0, 2], [2, 4]]

    def test_any_depth_needs_groups_of_one_size(self) -> None:
        with pytest.raises(SearchError, match=r"merge\.layer_group: does not divide the 4 layers"):
            space(method="passthrough", depth="any", layer_group=3)

    @pytest.mark.parametrize(
        ("genotype", "problem"),
        [
            ({}, "lacks t"),
            ({"t": 0.5, "u": 0.1}, "has an unknown u"),
            ({"t": 1.5}, "t: 1.5 is outside"),
            ({"t": float("nan")}, "t: nan is outside"),
        ],
    )
    def test_a_genotype_of_another_space_is_refused(self, genotype: dict[str, float], problem: str) -> None:
        with pytest.raises(SearchError, match=problem):
            space(method="slerp").configuration(genotype)


PARAMETERS = [Parameter("a", -1.0, 3.0, 0.0), Parameter("b", 0.0, 1.0, 0.5), Parameter("c", 0.0, 2.0, 1.0, choices=2)]


class TestSamplers:
    @pytest.mark.parametrize("name", ["optuna-cmaes", "cmaes", "random", "grid"])
    def test_asked_and_told_the_same_it_proposes_the_same(self, name: Any) -> None:
        def run(count: int) -> list[dict[str, float]]:
            sampler = make_sampler(SamplerSettings(name=name, steps=4), PARAMETERS, seed=11)
            asked = []
            for _ in range(count):
                genotype = sampler.ask()
                assert genotype is not None
                asked.append(genotype)
                sampler.tell(genotype, -((genotype["a"] - 2) ** 2) - genotype["b"])
            return asked

        assert run(31) == run(31)
        assert run(12) == run(31)[:12]

    @pytest.mark.parametrize("name", ["optuna-cmaes", "cmaes"])
    def test_cma_es_finds_what_random_does_not(self, name: Any) -> None:
        parameters = [Parameter(f"x{i}", 0.0, 1.0, 0.5) for i in range(6)]

        def best(kind: Any) -> float:
            sampler, found = make_sampler(SamplerSettings(name=kind), parameters, seed=1), []
            for _ in range(200):
                genotype = sampler.ask()
                assert genotype is not None
                found.append(-sum((value - 0.85) ** 2 for value in genotype.values()))
                sampler.tell(genotype, found[-1])
            return max(found)

        assert best(name) > -0.005
        assert best("random") < best(name)

    @pytest.mark.parametrize("name", ["optuna-cmaes", "cmaes", "random", "grid"])
    def test_the_bounds_hold(self, name: Any) -> None:
        sampler = make_sampler(SamplerSettings(name=name, sigma=1.0, steps=5), PARAMETERS, seed=0)
        for _ in range(40):
            genotype = sampler.ask()
            assert genotype is not None
            assert all(p.low <= genotype[p.name] <= p.high for p in PARAMETERS)
            sampler.tell(genotype, genotype["a"])

    def test_a_grid_has_every_combination_once(self) -> None:
        sampler, found = GridSampler(SamplerSettings(steps=3), PARAMETERS, 0), []
        while (genotype := sampler.ask()) is not None:
            found.append(tuple(genotype.values()))
        assert len(found) == len(set(found)) == sampler.size == 3 * 3 * 2
        assert {values[2] for values in found} == {0.5, 1.5}

    def test_one_number_is_too_few_for_cma_es(self) -> None:
        with pytest.raises(SearchError, match="at least two numbers"):
            make_sampler(SamplerSettings(name="cmaes"), PARAMETERS[:1], 0)


class TestIntervals:
    def test_a_choice_among_many_widens(self) -> None:
        random = np.random.default_rng(0)
        values = (random.random((50, 200)) < 0.5).astype(float).tolist()
        tasks, weights = ["a"] * 200, {"a": 1.0}
        alone = chosen_interval(values[:1], 0, tasks, weights)
        many = chosen_interval(values, 0, tasks, weights)
        plain = plain_interval(values[0], tasks, weights)
        assert alone.high is not None
        assert many.high is not None
        assert plain.high is not None
        assert alone.high == pytest.approx(plain.high, abs=0.01)
        assert 1.4 < (many.high - many.value) / (alone.high - alone.value) < 2.0

    def test_copies_of_one_candidate_do_not(self) -> None:
        values = [[1.0, 0.0] * 50] * 30
        copies = chosen_interval(values, 3, ["a"] * 100, {"a": 1.0})
        alone = chosen_interval(values[:1], 0, ["a"] * 100, {"a": 1.0})
        assert copies.high == pytest.approx(alone.high, abs=0.005)

    def test_the_chosen_ones_truth_is_covered(self) -> None:
        random, covered, plainly = np.random.default_rng(1), 0, 0
        for seed in range(80):
            values = (random.random((20, 150)) < 0.5).astype(float).tolist()
            best = max(range(20), key=lambda place: sum(values[place]))
            found = chosen_interval(values, best, ["a"] * 150, {"a": 1.0}, seed)
            usual = plain_interval(values[best], ["a"] * 150, {"a": 1.0})
            assert found.low is not None
            assert usual.low is not None
            covered += found.low <= 0.5
            plainly += usual.low <= 0.5
        assert covered >= 73
        assert plainly < 60

    def test_pairs_are_tighter_than_independent_scores(self) -> None:
        ours, theirs = [1.0] * 60 + [0.0] * 40, [1.0] * 50 + [0.0] * 50
        found = paired_interval(ours, theirs, ["a"] * 100, {"a": 1.0})
        assert found.value == pytest.approx(0.1)
        assert found.low is not None
        assert found.low > 0.03
