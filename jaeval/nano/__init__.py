"""A family of tiny checkpoints: a base, an English arithmetic reasoner (MATH) and a Japanese language model (JA).

They exist to be merged: neither parent is good at Japanese arithmetic, and a search for a good merge takes minutes.

>>> from jaeval.nano import MEMBERS
>>> MEMBERS
('base', 'math', 'ja')
"""

from jaeval.nano.corpus import MEMBERS, Member
from jaeval.nano.family import CHECKPOINTS, checkpoint

__all__ = ["CHECKPOINTS", "MEMBERS", "Member", "checkpoint"]
