"""What a password must be, in the words of this house: Django judges, we say what to do."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(password_validation.MinimumLengthValidator):
    """Length is what helps most; no rules about signs and capitals."""

    def get_error_message(self) -> str:
        return ngettext(
            "Too short: use at least %(n)s character. A few words after each other is fine.",
            "Too short: use at least %(n)s characters. A few words after each other is fine.",
            self.min_length,
        ) % {"n": self.min_length}

    def get_help_text(self) -> str:
        return ngettext(
            "At least %(n)s character: a few words after each other is fine.",
            "At least %(n)s characters: a few words after each other is fine.",
            self.min_length,
        ) % {"n": self.min_length}


class NotEveryones(password_validation.CommonPasswordValidator):
    """Not one of the twenty thousand that are tried first."""

    def get_error_message(self) -> str:
        return _("Many people use this one, so it is guessed first. Choose another.")

    def get_help_text(self) -> str:
        return _("Not one that many people use.")


class NotYourself(password_validation.UserAttributeSimilarityValidator):
    """Not what a stranger reads in the address."""

    def get_error_message(self) -> str:
        return _("This is too much like your name or e-mail address. Choose another.")

    def get_help_text(self) -> str:
        return _("Not your name or e-mail address.")
