"""Figures, measured: `./gezel bench [GROUP …] [--json FILE]`.

Nothing is quoted that was not measured here. A figure is the median of at least three runs and
stands beside a baseline taken in the same run on the same machine, because a bare number from a
busy box says little.
"""
