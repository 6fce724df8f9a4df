"""The demo: two invented organisations with eighteen months of history, and scale for measuring.

The people, skills, modules and stories are data in `data/*.toml`; here they are brought to
life, the same way every time.
"""
