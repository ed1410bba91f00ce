"""Measurements as commands, never as timed tests: `make bench` prints one table, ratios of one run."""
