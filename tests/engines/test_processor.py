from __future__ import annotations

from pathlib import Path

import pytest

from jaeval.engines.processor import multiplies_bfloat16


@pytest.mark.parametrize(
    ("cpuinfo", "fast"),
    [
        ("processor : 0\nflags\t\t: fpu sse avx avx2 fma bmi2\n", False),
        ("processor : 0\nflags\t\t: fpu avx2 avx512f avx512bw avx512vl\n", True),
        ("processor : 0\nflags\t\t: fpu avx2 avx512bw avx512_bf16 amx_bf16\n", True),
        ("processor : 0\nFeatures\t: fp asimd i8mm bf16\n", True),
        ("processor : 0\nFeatures\t: fp asimd\n", False),
        ("nothing that is known\n", True),
    ],
)
def test_bfloat16_needs_instructions_of_its_own(cpuinfo: str, fast: bool, tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(cpuinfo)
    assert multiplies_bfloat16(file) is fast


def test_where_nothing_can_be_told_the_checkpoint_decides(tmp_path: Path) -> None:
    assert multiplies_bfloat16(tmp_path / "none")
