"""A list that someone brings in: chosen, its columns told, looked at row by row, and taken over.

What a list does is its room's: people, certificates. How it comes in is the same for all and
stands here once: `columns` guesses which column is which (plain Python, for rules), `models` are
what is kept of a list, `actions` its steps, `forms`, `pages` and `work` what people and workers do
with it. A room says what is its own in one `pages.Desk`.
"""
