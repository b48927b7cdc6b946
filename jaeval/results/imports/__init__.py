"""Results that other tools wrote, and jaeval's own runs, as submissions. Formats are told by content, not by name."""

from jaeval.results.imports.border import ResultFileError
from jaeval.results.imports.folder import read_submissions

__all__ = ["ResultFileError", "read_submissions"]
