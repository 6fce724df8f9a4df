"""What rules of learning paths may ask about certificates: told to `paths`, which stands below."""

from datetime import date

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.certificates.models import CertificateType, Holding
from gezel.paths.api import ConditionKind, Ground, Value, pick


def _types(ground: Ground) -> dict[int, str]:
    """The certificates that are kept track of; asked once for all conditions of a page."""
    types: dict[int, str] = ground.once(
        "certificates",
        lambda: {
            t.pk: t.name for t in CertificateType.objects.filter(organisation=ground.organisation)
        },
    )
    return types


def _fields(ground: Ground) -> dict[str, forms.Field]:
    return {
        "type": pick(_("Certificate"), _types(ground)),
        "state": forms.ChoiceField(
            label=_("State"),
            choices=[
                ("valid", _("valid")),
                ("lacking", _("not valid, or never held")),
                ("lapsed", _("held once, and lapsed")),
            ],
        ),
    }


def _asks(value: Value, _ground: Ground, on: date) -> Q:
    held = Holding.objects.filter(
        person=OuterRef("person"),
        type=value["type"],
        state=Holding.State.CONFIRMED,
        issued_on__lte=on,
    )
    valid = Exists(held.exclude(valid_until__lt=on))
    if value["state"] == "valid":
        return Q(valid)
    if value["state"] == "lapsed":
        return Q(Exists(held)) & ~Q(valid)
    return ~Q(valid)


def _words(value: Value, ground: Ground) -> str:
    name = _types(ground).get(value["type"], _("a certificate that is no longer there"))
    if value["state"] == "valid":
        return _("with a valid certificate %(name)s") % {"name": name}
    if value["state"] == "lapsed":
        return _("whose certificate %(name)s has lapsed") % {"name": name}
    return _("without a valid certificate %(name)s") % {"name": name}


HOLDS = ConditionKind("holds", gettext_lazy("Certificate"), _fields, _asks, _words)
