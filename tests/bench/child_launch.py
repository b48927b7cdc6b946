"""Time one command as a whole: `python child_launch.py RESULT COMMAND...` writes JSON of seconds, memory and exit code.

It stands between a `--wrap` command, which may wait for a quiet machine, and the command measured. Standard library
only, so that it starts in no time and measures nothing of itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from pathlib import Path

STAT = Path("/proc/stat")
ADOPT = 36
"""Linux's PR_SET_CHILD_SUBREAPER: processes whose parent has ended become children of this one."""
PATIENCE_S = 60.0
"""How long processes that the command left behind may take to end."""


def timed(command: list[str]) -> dict[str, float | None]:
    """Run a command to its end.

    Returns:
        `whole`: seconds from its start to its end; `rss_mib`: the peak of the largest process that it started, itself
        included, in MiB; `others`: how many cores everything else on the machine kept busy meanwhile, None where the
        system does not tell; `exit_code`: 0 where all went well.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    busy_before, begun = busy_seconds(), time.monotonic()
    child = os.spawnvpe(os.P_NOWAIT, command[0], command, dict(os.environ))
    _, status, usage = os.wait4(child, 0)
    whole, used = time.monotonic() - begun, [usage]
    while time.monotonic() < begun + whole + PATIENCE_S:
        try:
            left, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if left:
            used.append(usage)
        else:
            time.sleep(0.05)
    busy_after, elapsed = busy_seconds(), time.monotonic() - begun
    others = None
    if busy_before is not None and busy_after is not None:
        own = sum(usage.ru_utime + usage.ru_stime for usage in used)
        others = max(busy_after - busy_before - own, 0.0) / elapsed
    return {
        "whole": whole,
        "rss_mib": max(usage.ru_maxrss for usage in used) / 1024,  # Linux counts in KiB
        "others": others,
        "exit_code": os.waitstatus_to_exitcode(status),
    }


def busy_seconds() -> float | None:
    """Seconds that all cores together have computed since the machine started; None where Linux does not tell."""
    try:
        user, nice, system, _idle, _wait, interrupts, soft, stolen = STAT.read_text().split("\n")[0].split()[1:9]
    except (OSError, ValueError):
        return None
    return sum(map(int, (user, nice, system, interrupts, soft, stolen))) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    result = timed(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps(result), encoding="utf-8")
    sys.exit(0 if result["exit_code"] == 0 else 1)
