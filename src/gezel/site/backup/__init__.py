"""A copy of the whole house in one file, and putting it back.

`form.py` says what the file is and when it is not believed; `databases.py` copies and fills the
two kinds of database; `making.py` and `restoring.py` are the two commands. Decision 0023.
"""
