"""Benchmarks, each a command; a figure is a ratio to something measured in the same run."""
