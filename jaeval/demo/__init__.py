"""The demonstration: a small real checkpoint that needs no account, and the installation behind `make demo`."""
