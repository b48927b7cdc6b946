"""Merging in memory is mergekit's own merge on disk, bit for bit; what cannot be merged is a typed error."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mergekit", reason="needs mergekit (pip install 'jaeval[merge]')")

import torch
from safetensors.torch import load_file, save_file

from jaeval.engines.checkpoint import open_checkpoint
from jaeval.errors import MergeError
from jaeval.fitness.candidate import tensor_lines
from jaeval.fitness.search.child import write_weights
from jaeval.fitness.search.config import MergeSettings
from jaeval.fitness.search.merge import merge
from jaeval.fitness.search.samplers import RandomSampler, SamplerSettings
from jaeval.fitness.search.space import merge_space

pytestmark = pytest.mark.extras

KINDS = [
    {"method": "linear"},
    {"method": "linear", "granularity": "blocks", "normalize": False},
    {"method": "task_arithmetic", "granularity": "layers"},
    {"method": "slerp"},
    {"method": "slerp", "granularity": "blocks"},
    {"method": "ties", "granularity": "global"},
    {"method": "ties", "granularity": "layers"},
    {"method": "dare_ties"},
    {"method": "dare_ties", "granularity": "blocks"},
    {"method": "passthrough"},
    {"method": "passthrough", "depth": "any"},
]
SEED = 5


def mergekit_on_disk(configuration: dict[str, Any], out: Path, seed: int) -> dict[str, torch.Tensor]:
    from mergekit.config import MergeConfiguration
    from mergekit.merge import run_merge
    from mergekit.options import MergeOptions

    options = MergeOptions(quiet=True, random_seed=seed, write_model_card=False, clone_tensors=True)
    run_merge(MergeConfiguration.model_validate(configuration), str(out), options)
    return {name: tensor for file in out.glob("*.safetensors") for name, tensor in load_file(file).items()}


def example(family: dict[str, Path], kind: dict[str, Any], prefix: str = "", draw: int = 1) -> dict[str, Any]:
    parents = {"math": str(family[f"{prefix}math"]), "ja": str(family[f"{prefix}ja"])}
    space = merge_space(MergeSettings(**kind), parents, str(family[f"{prefix}base"]), 2, "float32")
    sampler = RandomSampler(SamplerSettings(), space.parameters, seed=1)
    genotype = [sampler.ask() for _ in range(draw + 1)][-1]
    return space.configuration(genotype)


@pytest.mark.parametrize("prefix", ["", "tied_"], ids=["untied", "tied"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())))
def test_it_is_mergekits_own(kind: dict[str, Any], prefix: str, family: dict[str, Path], tmp_path: Path) -> None:
    configuration = example(family, kind, prefix)
    before = torch.random.get_rng_state()
    found = {}
    for name, tensor in merge(configuration, seed=SEED):
        found[name] = tensor
        torch.rand(3)  # what a caller draws changes nothing
    expected = mergekit_on_disk(configuration, tmp_path / "disk", SEED)
    base = load_file(family[f"{prefix}base"] / "model.safetensors")
    assert found.keys() == base.keys()
    assert all(torch.equal(found[name], expected[name]) for name in found)
    assert any(not torch.equal(found[name], base[name]) for name in found)
    torch.random.set_rng_state(before)


def test_the_callers_random_numbers_are_left_alone(family: dict[str, Path]) -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    list(merge(example(family, {"method": "dare_ties"}), seed=1))
    assert torch.equal(torch.rand(2), expected)


def test_a_seed_is_a_merge(family: dict[str, Path]) -> None:
    configuration = example(family, {"method": "dare_ties"})
    once, again, other = (dict(merge(configuration, seed=seed)) for seed in (1, 1, 2))
    assert all(torch.equal(once[name], again[name]) for name in once)
    assert any(not torch.equal(once[name], other[name]) for name in once)


def test_a_yaml_file_is_read(family: dict[str, Path], tmp_path: Path) -> None:
    configuration = example(family, {"method": "linear"})
    (tmp_path / "merge.yaml").write_text(json.dumps(configuration), "utf-8")
    from_file, from_mapping = dict(merge(tmp_path / "merge.yaml")), dict(merge(configuration))
    assert all(torch.equal(from_file[name], from_mapping[name]) for name in from_mapping)


def test_written_in_shards_it_has_the_same_hash(family: dict[str, Path], tmp_path: Path) -> None:
    configuration = example(family, {"method": "slerp"})
    hashes = set()
    for name, size in (("one", 10**9), ("many", 20_000)):
        (tmp_path / name).mkdir()
        shutil.copyfile(family["base"] / "config.json", tmp_path / name / "config.json")
        write_weights(tmp_path / name, merge(configuration), size)
        hashes.add(open_checkpoint(tmp_path / name).weight_hash)
    assert len(list((tmp_path / "many").glob("*.safetensors"))) > 1
    assert len(hashes) == 1
    assert tensor_lines(dict(merge(configuration)))


class TestRefusals:
    def refuse(self, configuration: Any, match: str) -> None:
        with pytest.raises(MergeError, match=match):
            list(merge(configuration))

    def two(self, one: Path, other: Path) -> dict[str, Any]:
        models = [{"model": str(path), "parameters": {"weight": 0.5}} for path in (one, other)]
        return {"merge_method": "linear", "models": models}

    def test_another_architecture(self, family: dict[str, Path]) -> None:
        self.refuse(self.two(family["ja"], family["wider"]), r"hidden_size: \d+ does not fit")

    def test_a_missing_tensor(self, family: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(family["ja"], tmp_path / "less")
        tensors = load_file(family["ja"] / "model.safetensors")
        tensors.pop("model.layers.1.mlp.up_proj.weight")
        save_file(tensors, tmp_path / "less" / "model.safetensors", metadata={"format": "pt"})
        self.refuse(
            self.two(tmp_path / "less", family["ja"]), r"layers\.1\.mlp\.up_proj\.weight required but not present"
        )

    def test_another_shape(self, family: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(family["ja"], tmp_path / "other")
        tensors = load_file(family["ja"] / "model.safetensors")
        tensors["model.norm.weight"] = torch.ones(3)
        save_file(tensors, tmp_path / "other" / "model.safetensors", metadata={"format": "pt"})
        self.refuse(self.two(family["ja"], tmp_path / "other"), r"other|model\.norm\.weight: has the shape")

    def test_a_parent_that_is_not_there(self, tmp_path: Path) -> None:
        self.refuse(self.two(tmp_path / "a", tmp_path / "b"), "no such checkpoint folder")

    def test_a_file_that_is_cut_short(self, family: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(family["ja"], tmp_path / "cut")
        file = tmp_path / "cut" / "model.safetensors"
        file.write_bytes(file.read_bytes()[:100])
        self.refuse(self.two(family["ja"], tmp_path / "cut"), "is not a whole safetensors file")

    @pytest.mark.parametrize(
        "configuration",
        [{}, {"merge_method": "linear"}, {"merge_method": "linear", "models": 3}, {"models": [{"model": "a+b"}]}],
        ids=["empty", "no models", "models are no list", "no method"],
    )
    def test_what_is_no_configuration(self, configuration: Any) -> None:
        self.refuse(configuration, "is no mergekit configuration")

    def test_an_adapter(self, family: dict[str, Path]) -> None:
        self.refuse({"merge_method": "linear", "models": [{"model": "a+b"}]}, "names an adapter or a revision")

    def test_a_method_that_is_not_there(self, family: dict[str, Path]) -> None:
        self.refuse(self.two(family["ja"], family["math"]) | {"merge_method": "magic"}, "mergekit cannot merge this")

    def test_a_file_that_is_no_yaml(self, tmp_path: Path) -> None:
        (tmp_path / "bad.yaml").write_text("a: [", "utf-8")
        self.refuse(tmp_path / "bad.yaml", r"bad\.yaml: cannot be read")
        self.refuse(tmp_path / "none.yaml", r"none\.yaml: cannot be read")
