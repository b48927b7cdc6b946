"""The merge space: numbers with names and bounds, and the mergekit configuration that a genotype stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from jaeval.errors import SearchError
from jaeval.fitness.search.config import NUMBERS, MergeSettings

Genotype: TypeAlias = dict[str, float]
"""A value for each parameter, by its name."""
ENDS = ("embed_tokens", "lm_head", "model.norm")
"""Parts of the names of tensors outside the layers, of Llama and its relatives."""
BLOCKS = {"attention": ("self_attn", "input_layernorm"), "mlp": ("mlp", "post_attention_layernorm")}
"""Parts of the names of a layer's tensors; what has none of them counts as feed-forward."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a genotype.

    Attributes:
        name: such as `ja.layers_0_3.weight`.
        low, high: its bounds.
        start: where a search begins.
        choices: for a choice, how many there are: its value v means number ⌊v⌋.
    """

    name: str
    low: float
    high: float
    start: float
    choices: int | None = None


@dataclass(frozen=True)
class MergeSpace:
    """What is searched. Make one with `merge_space`.

    Attributes:
        settings: method, granularity and bounds.
        parents: folders by name.
        base: the base's folder.
        groups: the layers of each group, first and one past the last.
        out_dtype: of the merged tensors; None: the dtype that the merge computes in.
        parameters: in order.
    """

    settings: MergeSettings
    parents: Mapping[str, str]
    base: str
    groups: tuple[tuple[int, int], ...]
    out_dtype: str | None
    parameters: tuple[Parameter, ...]

    @property
    def start(self) -> Genotype:
        """The genotype where a search begins."""
        return {parameter.name: parameter.start for parameter in self.parameters}

    def check(self, genotype: Mapping[str, float]) -> None:
        """Refuse a genotype of another space.

        Raises:
            SearchError: a parameter is missing, unknown or outside its bounds.
        """
        names = {parameter.name for parameter in self.parameters}
        for name in sorted(names ^ genotype.keys()):
            raise SearchError(f"{'lacks' if name in names else 'has an unknown'} {name}", field="genotype")
        for parameter in self.parameters:
            if not parameter.low <= genotype[parameter.name] <= parameter.high:
                bounds = f"[{parameter.low:g}, {parameter.high:g}]"
                raise SearchError(f"{genotype[parameter.name]:g} is outside {bounds}", field=parameter.name)

    def configuration(self, genotype: Mapping[str, float]) -> dict[str, Any]:
        """The mergekit configuration of a genotype.

        Raises:
            SearchError: the genotype is of another space.
        """
        self.check(genotype)
        method = self.settings.method
        found: dict[str, Any] = {"merge_method": method, "dtype": self.settings.dtype}
        if self.out_dtype is not None:
            found["out_dtype"] = self.out_dtype
        if method == "passthrough":
            return found | {"slices": self._stack(genotype)}
        if method == "slerp":
            found["base_model"] = reference(next(iter(self.parents.values())))
        elif method != "linear":
            found["base_model"] = reference(self.base)
        if self.settings.normalize is not None and method != "slerp":
            found["parameters"] = {"normalize": self.settings.normalize}
        if self.settings.granularity in ("global", "parent"):
            return self._whole(found, genotype)
        return found | {"slices": [self._slice(genotype, place) for place in range(len(self.groups))]}

    def _whole(self, found: dict[str, Any], genotype: Mapping[str, float]) -> dict[str, Any]:
        if self.settings.method == "slerp":
            models: list[dict[str, Any]] = [{"model": reference(path)} for path in self.parents.values()]
            return found | {"models": models, "parameters": {"t": genotype["t"]}}
        shared = self.settings.granularity == "global"
        models = [
            {
                "model": reference(path),
                "parameters": {
                    number: genotype[number if shared else f"{name}.{number}"]
                    for number in NUMBERS[self.settings.method]
                },
            }
            for name, path in self.parents.items()
        ]
        return found | {"models": models}

    def _slice(self, genotype: Mapping[str, float], place: int) -> dict[str, Any]:
        """One group of layers. The first also holds the embeddings, the last the output matrix and the last norm."""
        layers = list(self.groups[place])
        slerp = self.settings.method == "slerp"
        sources: list[dict[str, Any]] = [
            {"model": reference(path), "layer_range": layers}
            | ({} if slerp else {"parameters": self._settings(genotype, f"{name}.", place)})
            for name, path in self.parents.items()
        ]
        if not slerp and self.settings.method != "linear" and self.base not in self.parents.values():
            sources.append({"model": reference(self.base), "layer_range": layers})
        return {"sources": sources} | ({"parameters": self._settings(genotype, "", place)} if slerp else {})

    def _settings(self, genotype: Mapping[str, float], owner: str, place: int) -> dict[str, Any]:
        group = group_name(self.groups[place])
        found: dict[str, Any] = {}
        for number in NUMBERS[self.settings.method]:
            ends = genotype[f"{owner}embeddings.{number}"]
            filtered: list[dict[str, Any]] = [{"filter": part, "value": ends} for part in ENDS]
            if self.settings.granularity == "layers":
                found[number] = [*filtered, {"value": genotype[f"{owner}{group}.{number}"]}]
                continue
            attention = genotype[f"{owner}{group}.attention.{number}"]
            filtered += [{"filter": part, "value": attention} for part in BLOCKS["attention"]]
            found[number] = [*filtered, {"value": genotype[f"{owner}{group}.mlp.{number}"]}]
        return found

    def _stack(self, genotype: Mapping[str, float]) -> list[dict[str, Any]]:
        paths = list(self.parents.values())
        slices = []
        for group in self.groups:
            parameter = next(entry for entry in self.parameters if entry.name.startswith(f"{group_name(group)}."))
            assert parameter.choices is not None
            choice = min(int(genotype[parameter.name]), parameter.choices - 1)
            if self.settings.depth == "any":
                path, layers = paths[choice % len(paths)], self.groups[choice // len(paths)]
            else:
                path, layers = paths[choice], group
            slices.append({"sources": [{"model": reference(path), "layer_range": list(layers)}]})
        return slices


def merge_space(
    settings: MergeSettings, parents: Mapping[str, str], base: str, layers: int, out_dtype: str | None = None
) -> MergeSpace:
    """The space of a configuration.

    Args:
        settings: method, granularity and bounds.
        parents: folders by name.
        base: the base's folder.
        layers: how many the base has.
        out_dtype: the base's dtype, of the merged tensors where the settings name none.

    Raises:
        SearchError: with depth `any`, the groups of layers are not of one size.
    """
    size = settings.layer_group
    groups = tuple(pairwise([*range(0, layers, size), layers]))
    if settings.method == "passthrough":
        parameters = _choices(settings, len(parents), groups)
    else:
        parameters = _numbers(settings, list(parents), groups)
    return MergeSpace(settings, dict(parents), base, groups, settings.out_dtype or out_dtype, tuple(parameters))


def _choices(settings: MergeSettings, parents: int, groups: tuple[tuple[int, int], ...]) -> list[Parameter]:
    if settings.depth == "same":
        return [Parameter(f"{group_name(group)}.parent", 0.0, parents, parents / 2, parents) for group in groups]
    if len({last - first for first, last in groups}) > 1:
        raise SearchError(
            f"does not divide the {groups[-1][1]} layers",
            field="merge.layer_group",
            remedy="depth: any exchanges groups of layers, which must have one size",
        )
    count = parents * len(groups)
    return [  # begins with each group at its own depth
        Parameter(f"{group_name(group)}.source", 0.0, count, place * parents + parents / 2, count)
        for place, group in enumerate(groups)
    ]


def _numbers(settings: MergeSettings, parents: list[str], groups: tuple[tuple[int, int], ...]) -> list[Parameter]:
    owners = (
        [""] if settings.method == "slerp" or settings.granularity == "global" else [f"{name}." for name in parents]
    )
    places = [""]
    if settings.granularity in ("layers", "blocks"):
        names = [f"{group_name(group)}." for group in groups]
        if settings.granularity == "blocks":
            names = [f"{name}{block}." for name in names for block in BLOCKS]
        places = ["embeddings.", *names]
        owners = [""] if settings.method == "slerp" else [f"{name}." for name in parents]
    found = []
    for owner in owners:
        for place in places:
            for number in NUMBERS[settings.method]:
                low, high = settings.range(number)
                start = settings.start.get(number, (low + high) / 2)
                found.append(Parameter(f"{owner}{place}{number}", low, high, start))
    return found


def group_name(group: tuple[int, int]) -> str:
    """What a group of layers is called.

    Example:
        >>> group_name((0, 4)), group_name((4, 5))
        ('layers_0_3', 'layer_4')
    """
    first, last = group[0], group[1] - 1
    return f"layer_{first}" if first == last else f"layers_{first}_{last}"


def reference(path: str) -> Any:
    """A folder as mergekit takes it: `+` and `@` in a plain path would mean an adapter or a revision.

    Example:
        >>> reference("models/ja"), reference("models/ja+v2")
        ('models/ja', {'model': {'path': 'models/ja+v2'}})
    """
    return {"model": {"path": path}} if "+" in path or "@" in path else path
