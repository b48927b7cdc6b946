"""axe-core on every view of the page, in both themes and languages, wide and on a phone.

axe-core (MPL-2.0) is not part of this repository: it is fetched once into a cache, or named by JAEVAL_AXE.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jaeval.leaderboard.page.plain_text import slug

pytestmark = pytest.mark.long
AXE = "axe-core@4.14.1"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "jaeval-tests" / AXE
MODEL, OTHER = slug("kakuu-lab/Hoshizora-32B"), slug("imaginary-inc/Minamo-40B")
ADDRESSES = {
    "table": "",
    "figures": "#v=figures",
    "tasks": "#v=tasks",
    "task": "#v=tasks&task=invented_exam",
    "compare": f"#v=compare&a={MODEL}&b={OTHER}",
    "about": "#v=about",
    "model": f"#open=model.{MODEL}",
    "number": f"#open=cell.{MODEL}.invented_exam",
    "items": f"#open=items.{MODEL}.invented_exam.2",
    "differing items": f"#open=differ.{MODEL}.{OTHER}.invented_exam.1",
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    named = os.environ.get("JAEVAL_AXE")
    script = Path(named) if named else CACHE / "axe.min.js"
    if not script.is_file() and not named:
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs axe-core: no npm to fetch it with, and JAEVAL_AXE is not set")
        CACHE.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([npm, "pack", AXE], cwd=CACHE, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"needs axe-core, which npm cannot fetch here ({done.stderr.strip()[-80:]})")
        with tarfile.open(next(CACHE.glob("*.tgz"))) as archive:
            content = archive.extractfile("package/axe.min.js")
            assert content is not None
            script.write_bytes(content.read())
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Callable[..., Any], axe: str, theme: str, language: str, width: int) -> None:
    # Only the test's own script needs a way round the page's policy.
    entry = visit(viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, bypass_csp=True)
    found = []
    for view, address in ADDRESSES.items():
        page = entry.go(address)
        page.wait_for_timeout(500)
        page.evaluate(axe)
        told = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        assert told["passes"], "axe-core looked at nothing"
        found += [
            (view, entry["impact"], entry["id"], entry["nodes"][0]["target"])
            for entry in told["violations"]
            if entry["impact"] in ("serious", "critical")
        ]
    assert found == []


def test_axe_would_find_something(visit: Callable[..., Any], axe: str) -> None:
    page = visit(bypass_csp=True).go()
    page.evaluate("() => document.body.append(document.createElement('button'))")
    page.evaluate(axe)
    told = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert "button-name" in [entry["id"] for entry in told["violations"]]
