"""Text that exists in two languages."""

from django.utils.translation import get_language


def in_language(*, nl: str, en: str, language: str | None = None) -> str:
    """The text in the reader's language, or in the other one where this one is missing.

    A missing translation shows the other language rather than nothing: a Dutch skill without a
    Dutch label is still a skill someone can look for.

    Args:
        language: the reader's, for who names many and asked for it once.
    """
    if (language or get_language() or "en").startswith("nl"):
        return nl or en
    return en or nl
