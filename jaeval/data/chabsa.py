"""chABSA: 7,723 opinions in the reports of 230 Japanese companies (github.com/chakki-works/chABSA-dataset, CC BY 4.0).

The data are a zip archive of one JSON file for each report. It is read in memory: nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from jaeval.data import store
from jaeval.data.rows import Row, Splits, parsed, split
from jaeval.errors import DataError

if TYPE_CHECKING:
    import datasets

COLUMNS: dict[str, Any] = {
    "id": "string",
    "source_id": "string",
    "sentence": "string",
    "target": "string",
    "polarity": "string",
}
MAX_REPORTS = 5_000
MAX_REPORT_BYTES = 4 * 1024 * 1024
MAX_BYTES = 128 * 1024 * 1024
"""More than this is no chABSA: 230 reports, some kilobytes each."""

_ARCHIVE = "chABSA-dataset.zip"


class _Opinion(BaseModel):
    target: str
    polarity: Literal["positive", "neutral", "negative"]


class _Sentence(BaseModel):
    sentence: str
    opinions: list[_Opinion]


class _Report(BaseModel):
    sentences: list[_Sentence]


def load(**_: Any) -> Mapping[str, datasets.Dataset]:
    """The opinions as split `test`. `polarity` is positive, neutral or negative.

    Raises:
        DataError: the archive cannot be had, was changed, or is malformed.
    """
    return Splits(test=lambda: split(parse_archive(store.read("chabsa", _ARCHIVE), _ARCHIVE), COLUMNS))


def parse_archive(content: bytes, file: str) -> list[Row]:
    """Rows from the archive: one for each opinion. The opinions of one sentence share its `source_id`.

    Reports are taken in the order of their names (upstream takes them as the file system lists them, which changes
    the order of the items and no score).

    Raises:
        DataError: no zip archive, too large to be chABSA, or a report is malformed; the error names the report.
    """
    rows: list[Row] = []
    for name, report in _reports(content, file):
        stem = PurePosixPath(name).stem
        for i, sentence in enumerate(parsed(_Report, report, f"{file}/{name}").sentences):
            for j, opinion in enumerate(sentence.opinions):
                rows.append(
                    {
                        "id": f"chabsa/{stem}/{i}/{j}",
                        "source_id": f"chabsa/{stem}/{i}",
                        "sentence": sentence.sentence,
                        "target": opinion.target,
                        "polarity": opinion.polarity,
                    }
                )
    if not rows:
        raise DataError("no opinions", file=file)
    return rows


def _reports(content: bytes, file: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each report. A name is only compared, never a path to write to."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {PurePosixPath(info.filename).name: info for info in archive.infolist() if _is_report(info)}
            if len(members) < sum(map(_is_report, archive.infolist())):
                raise DataError("two reports have the same name", file=file)
            sizes = [info.file_size for info in members.values()]
            if len(sizes) > MAX_REPORTS or max(sizes, default=0) > MAX_REPORT_BYTES or sum(sizes) > MAX_BYTES:
                raise DataError("too large to be chABSA; not unpacked", file=file)
            for name, info in sorted(members.items()):
                yield name, archive.read(info)  # never more than the size that was checked
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise DataError(f"not a zip archive that can be read ({error})", file=file) from error


def _is_report(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return path.suffix == ".json" and not path.name.startswith(".") and "__MACOSX" not in path.parts
