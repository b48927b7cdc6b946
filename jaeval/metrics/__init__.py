"""Scoring rules that a task YAML names: one published rule per file, its source and its quirks in the docstring."""
