"""The demonstration: two tiny parents, neither good at Japanese arithmetic, and the merge that a search finds.

Everything is the real thing in small: vLLM, the tasks, mergekit, CMA-ES, the split guard, and a report on items that
neither the search nor the choice saw.
"""

from __future__ import annotations

from pathlib import Path

from jaeval.evaluation.progress import Progress
from jaeval.evaluation.run import evaluate
from jaeval.fitness.search.config import SearchConfig, read_config, with_nano_folders
from jaeval.fitness.search.progress import SearchProgress
from jaeval.fitness.search.run import Searched, search
from jaeval.leaderboard.leaderboard import Leaderboard
from jaeval.leaderboard.site import write_atomically
from jaeval.nano import MEMBERS, checkpoint
from jaeval.results.run import Run

TASKS = ("nano_ja_math", "nano_en_math", "nano_ja_comprehension")
MERGED = "merged"
BOARD = Path(__file__).parent / "board.yaml"


class Merging:
    """The steps of the demonstration, in order.

    Args:
        out: a new folder: `runs/`, `search/` and `site/` are made below it.
        trials: of the search; those of the recipe `nano` unless given.
        engine: "vllm", or another that can change its weights.

    Attributes:
        config: the search's.
        runs: of the base, the parents and the merge, by name, once they are evaluated.

    Raises:
        JaevalError: something is not installed, or damaged.
    """

    def __init__(self, out: Path, *, trials: int | None = None, engine: str = "vllm") -> None:
        recipe = with_nano_folders(read_config("nano"))
        self._out = out
        self.config: SearchConfig = recipe.model_copy(
            update={
                "out": str(out / "search"),
                "trials": trials or recipe.trials,
                "fitness": recipe.fitness.model_copy(update={"engine": engine}),
            }
        )
        self.runs: dict[str, Run] = {}

    def evaluate_parents(self, progress: Progress) -> None:
        """Evaluate the base and the parents on the items that are kept for the report."""
        for member in MEMBERS:
            self._evaluate(member, checkpoint(member), progress)

    def search(self, progress: SearchProgress) -> Searched:
        """Search for a merge, choose one, report it, and write it."""
        return search(self.config, progress=progress)

    def evaluate_merged(self, searched: Searched, progress: Progress) -> None:
        """Evaluate the chosen merge on all tasks; what the search's report asked is known by now."""
        self._evaluate(MERGED, searched.folder / MERGED, progress)

    def make_page(self) -> Path:
        """Make a leaderboard's page of all that was evaluated."""
        board = Leaderboard.open(BOARD).build([self._out / "runs"])
        return write_atomically(board, self._out / "site")[0]

    def _evaluate(self, name: str, folder: Path, progress: Progress) -> None:
        self.runs[name] = evaluate(
            folder,
            TASKS,
            engine=self.config.fitness.engine,
            engine_args=self.config.fitness.engine_args,
            out=self._out / "runs" / name,
            progress=progress,
        )
