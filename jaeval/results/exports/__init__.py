"""Submissions and runs in other tools' files."""
