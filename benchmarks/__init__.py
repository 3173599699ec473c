"""Measurements. ``python -m benchmarks [module ...]``; each module has ``measure() -> list[Table]``."""
