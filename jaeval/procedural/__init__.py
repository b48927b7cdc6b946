"""Fresh Japanese evaluation items, generated from seeds: mathematics, finance and reasoning.

>>> from jaeval.procedural import generate
>>> item = generate("math", "search", 1)[0]
>>> item.solution.splitlines()[-1].startswith("答えは")
True
"""

from jaeval.procedural.catalogue import kinds
from jaeval.procedural.generation import generate, regenerate, split_of
from jaeval.procedural.item import DOMAINS, SPLITS, Item

__all__ = ["DOMAINS", "SPLITS", "Item", "generate", "kinds", "regenerate", "split_of"]
