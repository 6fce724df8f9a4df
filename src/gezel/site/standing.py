"""How this installation stands in what leaves the house, read from its settings."""

from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.api import Fact, tells


def _on(setting: str) -> "Promise | str":
    return _("on") if getattr(settings, setting) else _("off")


def _mail(organisation: Any) -> "Promise | str":
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return _("no mail leaves this installation")
    return _("through the mail server of whoever runs Gezel")


def tell() -> None:
    """Tell them once, when the house is opened."""
    asking = _("Asking issuers elsewhere when a credential is checked")
    reading = _("Reading the page of a shared link once, for its title")
    tells(Fact(asking, lambda organisation: _on("ASK_ISSUERS")))
    tells(Fact(reading, lambda organisation: _on("ASK_LINKS")))
    tells(Fact(_("Interface for public test suites"), lambda organisation: _on("VC_API")))
    tells(Fact(_("Mail"), _mail))
