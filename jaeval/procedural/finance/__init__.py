"""Problems of accounting and finance, with the labels of Japanese statements."""

from __future__ import annotations

from jaeval.procedural.finance import assets, balance, bonds, cash, costs, interest, shares, statements, tax
from jaeval.procedural.kind import Kind

KINDS: tuple[Kind, ...] = (
    *statements.KINDS,
    *tax.KINDS,
    *shares.KINDS,
    *interest.KINDS,
    *balance.KINDS,
    *bonds.KINDS,
    *assets.KINDS,
    *costs.KINDS,
    *cash.KINDS,
)
