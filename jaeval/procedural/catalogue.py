"""The catalogue of kinds: which problems there are in which domain."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

from jaeval.procedural.item import Domain
from jaeval.procedural.kind import Kind

_PACKAGES: Mapping[Domain, str] = {
    "math": "jaeval.procedural.mathematics",
    "finance": "jaeval.procedural.finance",
    "reasoning": "jaeval.procedural.reasoning",
}


@functools.cache
def table(domain: Domain) -> Mapping[str, Kind]:
    """The kinds of `domain` by name, in the fixed order in which items take turns.

    Raises:
        ValueError: there is no such domain.
    """
    if domain not in _PACKAGES:
        raise ValueError(f"unknown domain {domain!r}: choose one of {', '.join(_PACKAGES)}")
    listed: tuple[Kind, ...] = importlib.import_module(_PACKAGES[domain]).KINDS
    return {kind.name: kind for kind in listed}


def kinds(domain: Domain, *, choices: bool | None = None) -> tuple[str, ...]:
    """The names of the kinds of `domain`.

    Args:
        domain: "math", "finance" or "reasoning".
        choices: True for the kinds that come with choices, False for those that can be asked without; None for all.

    Raises:
        ValueError: there is no such domain.
    """
    return tuple(
        name for name, kind in table(domain).items() if choices is None or (kind.choices if choices else kind.free)
    )


def find(domain: Domain, name: str) -> Kind:
    """The kind `name` of `domain`.

    Raises:
        ValueError: there is no such domain or kind.
    """
    known = table(domain)
    if name not in known:
        raise ValueError(f"{domain} has no kind {name!r}: choose among {', '.join(known)}")
    return known[name]
