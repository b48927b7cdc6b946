"""The page's own files: scripts that parse, texts in both languages, Tabulator as it was published."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from jaeval.errors import JaevalError
from jaeval.leaderboard.page import assembly

PAGE = Path(str(resources.files("jaeval.leaderboard.page")))
SCRIPTS = sorted((PAGE / "assets").glob("*.js"))
TEMPLATES = sorted((PAGE / "templates").glob("*.j2"))
TEXTS = json.loads((PAGE / "assets" / "texts.json").read_text(encoding="utf-8"))


def test_every_script_parses() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    check = """
    const { readFileSync } = require("node:fs");
    const { Script } = require("node:vm");
    for (const filename of process.argv.slice(2)) new Script(readFileSync(filename, "utf8"), { filename });
    """
    files = [*map(str, SCRIPTS), str(PAGE / "vendor" / "tabulator" / "tabulator.min.js")]
    done = subprocess.run([node, "-", *files], input=check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [node, "--check", "-"], input=assembly.scripts()[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr  # all together: no name is declared twice


def test_every_style_sheet_closes_its_blocks() -> None:
    for sheet in sorted((PAGE / "assets").glob("*.css")):
        depth = 0
        for mark in re.findall(r"[{}]", re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)):
            depth += 1 if mark == "{" else -1
            assert 0 <= depth <= 3, sheet.name
        assert depth == 0, sheet.name


def test_no_script_reads_a_text_as_html() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    found = [
        (path.name, match.group()) for path in SCRIPTS if (match := forbidden.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_nothing_names_another_machine() -> None:
    named = re.compile(r"https?://(?!www\.w3\.org/(2000/svg|1999/xhtml))[\w.-]+|//cdn|@import|url\(")
    own = [*SCRIPTS, *TEMPLATES, *(PAGE / "assets").glob("*.css")]
    assert [path.name for path in own if named.search(path.read_text(encoding="utf-8"))] == []
    assert "sourceMappingURL" not in "".join(assembly.scripts()) + assembly.styles()


def test_the_data_are_never_marked_safe() -> None:
    assert [
        path.name for path in TEMPLATES if re.search(r"\|\s*safe|autoescape", path.read_text(encoding="utf-8"))
    ] == []


JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
SIGNS = ("mark.", "item.of", "task.range", "method.wilson", "p.holm")
"""Texts that are signs or names, and so the same in every language."""


def test_every_text_is_in_both_languages() -> None:
    assert [key for key, text in TEXTS.items() if set(text) != {"ja", "en"} or not all(text.values())] == []
    fields = {key: [set(re.findall(r"\{(\w+)\}", part)) for part in text.values()] for key, text in TEXTS.items()}
    assert [key for key, (one, other) in fields.items() if one != other] == []
    assert [key for key, text in TEXTS.items() if not JAPANESE.search(text["ja"]) and not key.startswith(SIGNS)] == []
    assert [key for key, text in TEXTS.items() if JAPANESE.search(text["en"])] == []


def used_keys() -> set[str]:
    found: set[str] = set()
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"\bsay\(([^)]*)", text):
            # Both branches of `say(x ? "one" : "other")`; keys made of parts are listed below.
            found |= set(re.findall(r'(?<!== )"([a-z][\w.]*)"', call.split("{")[0]))
        found |= set(re.findall(r'entry\("([\w.]+)"', text))
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:say\(|words\[|data-t(?:-label|-placeholder)?=)"([\w.]+)"', text))
        found |= set(re.findall(r'say\("[\w.]+" if [^)]* else "([\w.]+)"\)', text))
    made = {
        "chooser": ("size", "lic", "kind", "cols", "download"),
        "view": ("table", "figures", "tasks", "compare", "about"),
        "field": ("prompt", "target", "response", "reasoning", "extracted"),
        "verdict": ("right", "wrong", "partly", "failed", "none"),
        "mark": ("right", "wrong", "partly", "failed", "none"),
        "test": ("mcnemar", "t", "clustered"),
        "method": ("wilson", "t", "clustered", "bca", "normal", "source"),
        "domain": ("math", "finance", "reasoning"),
        "compare": ("a", "b"),
    }
    return found | {f"{group}.{name}" for group, names in made.items() for name in names}


def test_every_text_that_is_used_exists_and_every_text_is_used() -> None:
    singular = {key for key in TEXTS if key.endswith(".one") and key.removesuffix(".one") in used_keys()}
    assert used_keys() - set(TEXTS) == set()
    assert set(TEXTS) - used_keys() - singular == set()


def test_tabulator_is_the_published_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert f"Tabulator v{assembly.TABULATOR_VERSION}" in assembly.vendored("tabulator.min.js")
    assert "MIT" in assembly.vendored("LICENSE")
    shutil.copytree(PAGE / "vendor", tmp_path / "vendor")
    with (tmp_path / "vendor" / "tabulator" / "tabulator.min.js").open("a", encoding="utf-8") as file:
        file.write(" ")
    monkeypatch.setattr(assembly, "_PAGE", tmp_path)
    with pytest.raises(JaevalError, match=r"tabulator\.min\.js: sha256: is not the published file"):
        assembly.vendored.__wrapped__("tabulator.min.js")


def test_the_scripts_cannot_end_their_element_early() -> None:
    assert all("</script" not in script.lower() and "<!--" not in script for script in assembly.scripts())
    assert "</style" not in assembly.styles().lower()
