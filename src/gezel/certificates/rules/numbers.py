"""How the number of a certificate looks, in a form HR can write: 9 a figure, A a letter.

`NL-9999-AA` fits "NL-2025-QX". Any other sign stands for itself, so no pattern can be costly.
"""


def fits(number: str, form: str) -> bool:
    """Whether a number looks as its certificate says; without a form every number does."""
    if not form:
        return True
    told = number.strip()
    return len(told) == len(form) and all(map(_fits, told, form))


def _fits(sign: str, wanted: str) -> bool:
    if wanted == "9":
        return sign.isascii() and sign.isdigit()
    if wanted == "A":
        return sign.isalpha()
    return sign.casefold() == wanted.casefold()


def compared(number: str) -> str:
    """A number as it is compared: capitals, blanks and signs between make no other number."""
    return "".join(sign for sign in number.casefold() if sign.isalnum())
