"""Which items belong together: questions on one passage, or on one company's report.

Their scores are not independent, and a standard error that takes them for it is too small (Miller, arXiv 2411.00640).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

FIELDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"jfinqa"), "company_name"),
    (re.compile(r"edinet_"), "edinet_code"),
    (re.compile(r"(ja_leaderboard_)?jsquad"), "context"),
    (re.compile(r"(fin_)?(cma_basics|cpa_audit|fp2|security_sales_1)"), "context"),
    (re.compile(r"(fin_)?chabsa"), "id"),
)
"""By the start of a task's name, the field of a document that its cluster shares."""
CHABSA_REPORT = re.compile(r"chabsa/([^/]+)/")


def cluster_of(task: str, doc: Any, metadata: Any = None) -> str:
    """The cluster of a document; empty where it stands alone, or nothing is known.

    Args:
        task: the task's name.
        doc: the document.
        metadata: the task's header. A task of one's own names the field there: `cluster: company`.

    Returns:
        A short text, equal for documents of one cluster. Passages are told by a hash.

    Example:
        >>> cluster_of("jfinqa_numerical", {"company_name": "日本製鉄"})
        '日本製鉄'
    """
    if not isinstance(doc, Mapping):
        return ""
    named = metadata.get("cluster") if isinstance(metadata, Mapping) else None
    field = named if isinstance(named, str) else next((name for start, name in FIELDS if start.match(task)), None)
    value = doc.get(field) if field else None
    if field == "id" and value is not None:
        found = CHABSA_REPORT.match(str(value))
        return found[1] if found else ""
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
