"""Files that upstream ships inside a program: made from that program's literals, without running it.

The result is checked against the lock like any other file, so these rules cannot drift from what the lock pins.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable

from jaeval.errors import DataError


def mgsm_exemplars_ja(source: bytes) -> bytes:
    """The Japanese exemplars of MGSM's `exemplars.py`, as JSON with its number answers and equation solutions."""
    literals = _module_literals(source)
    content = {
        "ja": literals["MGSM_EXEMPLARS"]["ja"],
        "number_answers": literals["EXEMPLAR_NUMBER_ANSWERS"],
        "equation_solutions": literals["EXEMPLAR_EQUATION_SOLUTIONS"],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


RULES: dict[str, Callable[[bytes], bytes]] = {"mgsm_exemplars_ja": mgsm_exemplars_ja}


def derive(rule: str, source: bytes) -> bytes:
    """Make a derived file's bytes from its source's bytes.

    Raises:
        DataError: there is no such rule.
    """
    if rule not in RULES:
        raise DataError(f"no rule {rule!r} to derive a file", field="derived.rule", remedy=f"Known: {', '.join(RULES)}")
    return RULES[rule](source)


def _module_literals(source: bytes) -> dict[str, dict[str, object]]:
    """Every `NAME = literal` at the top level of a Python module."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
