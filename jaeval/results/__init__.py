"""Runs: their schema, their store, and how they leave for other tools."""
