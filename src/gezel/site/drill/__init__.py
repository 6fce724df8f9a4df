"""Fault drills: real processes, real faults, bounded in time: `./gezel drill [NAME …]`.

Each drill starts Gezel on a database of its own, lets people write, breaks something, and then
counts what was confirmed against what is there. "Saved" must mean kept, once and whole.
"""
