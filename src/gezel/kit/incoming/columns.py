"""Which column of a list is which, from the words above it. Plain Python: rules stand on it."""

from collections.abc import Mapping, Sequence


def normal(header: str) -> str:
    """A header without what people write differently: capitals, signs, double spaces."""
    return " ".join("".join(c if c.isalnum() else " " for c in header.casefold()).split())


def meanings(headers: Mapping[str, str]) -> dict[str, str]:
    """Word above a column → field, from the words people use for each (`;` between them)."""
    return {normal(word): field for field, words in headers.items() for word in words.split(";")}


def guess(
    header: Sequence[str], recipe: Mapping[str, str], meant: Mapping[str, str]
) -> dict[str, int]:
    """Field → number of its column. What was chosen before goes first, then the usual words.

    Every field and every column is used once; the first column that fits has it.
    """
    fields = set(meant.values())
    found: dict[str, int] = {}
    names = [normal(name) for name in header]
    for words in (recipe, meant):
        for number, name in enumerate(names):
            field = words.get(name, "")
            if field in fields and field not in found and number not in found.values():
                found[field] = number
    return found


def remembered(header: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The choice as it is kept for the next file, which may have its columns elsewhere."""
    return {normal(header[number]): field for field, number in columns.items() if header[number]}


def learned(
    recipe: Mapping[str, str], header: Sequence[str], columns: Mapping[str, int]
) -> dict[str, str]:
    """What is remembered after this choice too."""
    chosen = remembered(header, columns)
    # A header that now means something else, or nothing, is no longer what it was.
    told = {normal(name) for name in header}
    kept = {
        word: field
        for word, field in recipe.items()
        if word not in told and field not in chosen.values()
    }
    return kept | chosen
