"""`python -m jaeval`: the command line."""

from __future__ import annotations

from jaeval.cli.main import main

if __name__ == "__main__":
    main()
