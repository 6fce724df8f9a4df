"""HR says how fast kinds of skill fade here. What was said before keeps holding for its days."""

import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.skills.events import FadingChanged
from gezel.skills.models import FadingRule
from gezel.skills.queries.fading import fading_settings
from gezel.skills.rules import ageing

SHORTEST, LONGEST = 1, 240


@transaction.atomic
def set_fading(
    organisation: Organisation,
    *,
    of: str,
    half_life_months: float,
    reason: str,
    from_on: date,
    by: Person,
    key: uuid.UUID | None = None,
) -> FadingRule:
    """From a day on half of what was gained in a kind of skill is gone after so many months.

    Only ever added: an estimate of an earlier day keeps the rule of that day. The same `key`
    again gives back the rule that stands. Estimates are made anew afterwards (`listeners`).

    Raises:
        ValidationError: it is no kind, not within reason, of a day behind us, without a reason,
            or what holds on that day already.
    """
    own = key or uuid.uuid4()
    if standing := FadingRule.objects.filter(key=own, organisation=organisation).first():
        return standing
    check_fading(
        organisation, of=of, half_life_months=half_life_months, reason=reason, from_on=from_on
    )
    rule, new = FadingRule.objects.get_or_create(
        key=own,
        defaults={
            "organisation": organisation,
            "of": of,
            "half_life_months": half_life_months,
            "reason": reason.strip(),
            "from_on": from_on,
            "set_by": by,
        },
    )
    if new:
        announce(FadingChanged(organisation.pk, from_on))
    return rule


def check_fading(
    organisation: Organisation, *, of: str, half_life_months: float, reason: str, from_on: date
) -> None:
    """Refuse what nobody could mean, at its field.

    Raises:
        ValidationError: see `set_fading`.
    """
    if of not in FadingRule.Of.values:
        raise ValidationError(_("There is no such kind of skill."))
    if not SHORTEST <= half_life_months <= LONGEST:
        raise ValidationError({"half_life_months": _("Give between 1 and 240 months.")})
    if from_on < timezone.localdate():
        raise ValidationError(
            {
                "from_on": _(
                    "This date lies behind. What was shown of those days stays as it was: choose "
                    "today or later."
                )
            }
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Say why in a few words; who reads it later will ask.")})
    if ageing.half_life_on(of, fading_settings(organisation.pk), from_on) == half_life_months:
        raise ValidationError({"half_life_months": _("That is what holds on that day already.")})
