"""Recording what the works council said, and opening and shutting settings by it."""

import hashlib
import json
import uuid
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gezel import __version__
from gezel.trust import queries
from gezel.trust.models import CouncilDecision, Filled, SettingChange, Told
from gezel.trust.widening import widening


def require_consent(organisation: Any, setting: str) -> None:
    """Before a setting that widens is opened.

    Raises:
        ValidationError: the works council has not agreed; it tells HR what to do.
    """
    if queries.may_open(organisation.pk, setting):
        return
    known = widening(setting)
    raise ValidationError(
        _(
            "This needs the consent of the works council (art. 27 WOR), and there is none on "
            "record: “%(what)s”. Ask for it, and record it under “What Gezel does with data”, "
            "Consent."
        )
        % {"what": known.what if known else setting},
        code="consent",
    )


def note_setting(
    organisation: Any, setting: str, *, before: object, after: object, by: Any = None
) -> None:
    """Keep for the council that a setting changed; the same value again is no change."""
    if str(before) == str(after):
        return
    SettingChange.objects.create(
        organisation=organisation,
        setting=setting,
        before=str(before)[:200],
        after=str(after)[:200],
        by=by if isinstance(by, get_user_model()) else None,
    )


@transaction.atomic
def record_decision(
    organisation: Any,
    setting: str,
    *,
    step: str,
    decided_on: date,
    decided_by: str,
    document: str = "",
    conditions: str = "",
    by: Any,
    key: uuid.UUID,
) -> CouncilDecision:
    """Write down a step of the council. Withdrawn or refused, the setting is shut at once.

    The same key again is the step that stands, so a form sent twice is one.
    """
    known = widening(setting)
    if known is None:
        raise ValidationError(_("There is no such setting."))
    decision, new = CouncilDecision.objects.get_or_create(
        key=key,
        defaults={
            "organisation": organisation,
            "setting": setting,
            "step": step,
            "decided_on": decided_on,
            "decided_by": decided_by,
            "document": document,
            "conditions": conditions,
            "recorded_by": by,
        },
    )
    if new and not decision.opens and step != CouncilDecision.Step.ASKED:
        shut(organisation, setting, by=by)
    return decision


def shut(organisation: Any, setting: str, *, by: Any = None) -> None:
    """Shut a setting and keep that it was shut."""
    known = widening(setting)
    if known is None or not known.is_open(organisation):
        return
    before = known.stands(organisation)
    known.shut(organisation)
    note_setting(organisation, setting, before=before, after=known.stands(organisation), by=by)


def tell_anew() -> Told | None:
    """Keep what this version says it does with data, if that differs from the last time."""
    said = {}
    for language in ("nl", "en"):
        with translation.override(language):
            said[language] = queries.said_in_general()
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        last = Told.objects.order_by("-made_at", "-pk").first()
        if last is not None and last.digest == digest:
            return None
        return Told.objects.create(digest=digest, version=__version__, said=said)


def fill(organisation: Any, *, place: str, text: str, by: Any) -> None:
    """Keep what a human wrote at one place of a draft."""
    Filled.objects.update_or_create(
        organisation=organisation, place=place, defaults={"text": text, "by": by}
    )
