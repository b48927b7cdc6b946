"""The command line: one file for each subcommand, assembled in `main.py`. It parses, calls and prints."""
