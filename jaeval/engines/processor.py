"""What this machine's processor can do that decides how a model is best run on it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_FLAGS = re.compile(r"^(?:flags|Features)\s*:(.*)$", re.MULTILINE)
_BFLOAT16 = frozenset({"avx512bw", "amx_bf16", "bf16"})
"""Instruction sets with which matrices of bfloat16 are multiplied at speed: AVX-512 and AMX of x86-64, BF16 of Arm."""


@cache
def multiplies_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether the processor multiplies matrices of bfloat16 at speed; True where it cannot be told.

    Without AVX-512 an x86-64 processor does it many times slower than in float32.

    Args:
        cpuinfo: Linux's description of the processors.
    """
    try:
        flags = _FLAGS.search(cpuinfo.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return True
    return flags is None or not _BFLOAT16.isdisjoint(flags.group(1).split())
