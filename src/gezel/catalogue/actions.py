"""What people do with the catalogue: one function per sentence of the business."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.models import (
    Activity,
    ActivitySkill,
    HiddenTip,
    LinkPreview,
    Provider,
    TipPreference,
)
from gezel.catalogue.previews import Preview, name_of
from gezel.catalogue.queries import KIND
from gezel.kit import search
from gezel.people.api import Organisation, Person
from gezel.skills.api import Skill, SkillAlias, SkillLabel

# "Not now" lets a tip rest for a season; by then the work, or the wish, may be another.
NOT_NOW = timedelta(days=90)
MOST_SKILLS = 12


class Outdated(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """Someone else changed the activity since this page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone changed this activity while you were writing. What you wrote is still "
                "here: look at what changed, and save again if it still fits."
            )
        )


@dataclass(frozen=True, slots=True)
class Taught:
    """A skill an activity teaches, from which level to which."""

    skill_pk: int
    from_level: int
    to_level: int


@transaction.atomic
def offer(
    organisation: Organisation,
    *,
    fields: Mapping[str, Any],
    teaches: Iterable[Taught] = (),
    provider: str = "",
    shared_by: Person | None = None,
    key: uuid.UUID | None = None,
) -> Activity:
    """Something to learn from goes into the catalogue.

    The same `key` again gives back the activity that stands, so a form sent twice is one.

    Raises:
        ValidationError: the key is another organisation's, or a level does not go up.
    """
    if key is not None and (known := Activity.objects.filter(key=key).first()):
        if known.organisation_id != organisation.pk or known.shared_by != shared_by:
            raise ValidationError(_("This form was used before. Open a new one."))
        return known
    activity = Activity.objects.create(
        organisation=organisation,
        provider=_provider(organisation, provider),
        shared_by=shared_by,
        key=key,
        **fields,
    )
    _teach(activity, teaches)
    keep_findable([activity.pk])
    return activity


@transaction.atomic
def change(
    activity: Activity,
    *,
    version: int,
    fields: Mapping[str, Any],
    teaches: Iterable[Taught],
    provider: str = "",
) -> None:
    """Other words, price, skills or state.

    Raises:
        Outdated: it changed since `version`.
        ValidationError: a level does not go up.
    """
    changed = Activity.objects.filter(pk=activity.pk, version=version).update(
        **fields, provider=_provider(activity.organisation, provider), version=version + 1
    )
    if not changed:
        raise Outdated
    # What was read of another page says nothing about this one.
    LinkPreview.objects.filter(activity=activity).exclude(link=fields.get("link", "")).delete()
    ActivitySkill.objects.filter(activity=activity).delete()
    _teach(activity, teaches)
    keep_findable([activity.pk])


def share(
    person: Person,
    organisation: Organisation,
    *,
    title: str,
    link: str,
    why: str,
    hours: Decimal,
    language: str,
    teaches: Iterable[Taught] = (),
    key: uuid.UUID | None = None,
) -> Activity:
    """A colleague shares something that helped them; it is on offer at once, with their name."""
    return offer(
        organisation,
        fields={
            f"title_{language}": title,
            "why_it_helped": why,
            "kind": Activity.Kind.READING,
            "mix": Activity.Mix.OTHERS,
            "form": Activity.Form.ONLINE,
            "hours": hours,
            "in_dutch": language == "nl",
            "in_english": language == "en",
            "link": link,
        },
        teaches=teaches,
        shared_by=person,
        key=key,
    )


@transaction.atomic
def keep_preview(activity_pk: int, link: str, found: Preview) -> bool:
    """What the page behind a link told of itself is shown beside it; once.

    Where the sharer left the title to the page, it becomes the title. False: the activity went,
    or its link is another by now.
    """
    activity = Activity.objects.select_for_update().filter(pk=activity_pk, link=link).first()
    if activity is None:
        return False
    LinkPreview.objects.get_or_create(
        activity=activity,
        defaults={
            "link": link,
            "title": found.title,
            "site": found.site,
            "picture": found.picture.data if found.picture else None,
            "width": found.picture.width if found.picture else 0,
            "height": found.picture.height if found.picture else 0,
        },
    )
    if found.title and name_of(link) in (activity.title_nl, activity.title_en):
        language = "nl" if activity.title_nl == name_of(link) else "en"
        Activity.objects.filter(pk=activity_pk).update(
            **{f"title_{language}": found.title}, version=F("version") + 1
        )
        keep_findable([activity_pk])
    return True


def drop_preview(activity: Activity) -> None:
    """Whoever keeps the activity does not want what was found beside it."""
    LinkPreview.objects.filter(activity=activity).delete()


def _provider(organisation: Organisation, name: str) -> Provider | None:
    name = " ".join(name.split())
    if not name:
        return None
    known = Provider.objects.filter(organisation=organisation, name__iexact=name).first()
    return known or Provider.objects.create(organisation=organisation, name=name)


def _teach(activity: Activity, teaches: Iterable[Taught]) -> None:
    rows = {t.skill_pk: t for t in teaches}
    if len(rows) > MOST_SKILLS:
        raise ValidationError(
            _("Choose at most %(most)s skills: what teaches everything, teaches nothing.")
            % {"most": MOST_SKILLS}
        )
    if any(not 0 <= t.from_level < t.to_level <= 5 for t in rows.values()):
        raise ValidationError(_("The level afterwards must be higher than the level before."))
    ActivitySkill.objects.bulk_create(
        ActivitySkill(
            activity=activity,
            skill_id=t.skill_pk,
            from_level=t.from_level,
            to_level=t.to_level,
        )
        for t in rows.values()
    )


@transaction.atomic
def keep_findable(activity_pks: Iterable[int]) -> int:
    """What search knows of these activities is made anew; of what is gone, nothing.

    To be called by whoever makes or changes activities, in the same transaction.
    """
    pks = sorted(set(activity_pks))
    written = 0
    for at in range(0, len(pks), search.BATCH):
        some = pks[at : at + search.BATCH]
        rows = list(
            Activity.objects.filter(pk__in=some)
            .select_related("provider")
            .prefetch_related(
                "teaches__skill",
                Prefetch("teaches__skill__labels", SkillLabel.objects.order_by("pk")),
                Prefetch("teaches__skill__aliases", SkillAlias.objects.order_by("pk")),
            )
        )
        search.forget(KIND, set(some) - {a.pk for a in rows})
        written += search.index(KIND, (entry for a in rows for entry in _entries(a)))
    return written


def _entries(activity: Activity) -> Iterator[search.Entry]:
    """One for each language with a title; what it brings, its skills and provider go along.

    Its skills under all their names in both languages, so that who asks in Dutch finds what is
    told in English: that they are taught is what someone confirmed.
    """
    provider = activity.provider.name if activity.provider else ""
    about = "\n".join(
        name
        for taught in activity.teaches.all()
        for name in _names(taught.skill, activity.organisation_id)
    )
    rest = " ".join([provider, activity.location, activity.why_it_helped])
    for language, title, summary in (
        ("nl", activity.title_nl, activity.summary_nl),
        ("en", activity.title_en, activity.summary_en),
    ):
        if title:
            yield search.Entry(
                activity.pk,
                activity.organisation_id,
                language,
                title,
                f"{rest} {summary}",
                about,
            )


def _names(skill: Skill, organisation_pk: int) -> Iterator[str]:
    """All names of a skill that hold in an organisation."""
    yield from (skill.name_nl, skill.name_en, skill.aliases_nl, skill.aliases_en)
    for label in skill.labels.all():
        if label.organisation_id == organisation_pk:
            yield from (label.name_nl, label.name_en)
    yield from (a.words for a in skill.aliases.all() if a.organisation_id == organisation_pk)


# -- tips: what someone asks of them, for nobody else to see --------------------------------------


@transaction.atomic
def prefer(person: Person, **wishes: Any) -> TipPreference:
    """How someone wants to be suggested things, or not at all."""
    return TipPreference.objects.update_or_create(person=person, defaults=wishes)[0]


@transaction.atomic
def put_aside(
    person: Person, activity: Activity, *, for_good: bool, on: date | None = None
) -> None:
    """Someone does not want this tip: not now, or not at all."""
    until = None if for_good else (on or timezone.localdate()) + NOT_NOW
    HiddenTip.objects.update_or_create(
        person=person, activity=activity, defaults={"until_on": until}
    )


@transaction.atomic
def take_back(person: Person, activity_pk: int | None = None) -> None:
    """What someone put aside may be suggested again; without a key, all of it."""
    hidden = HiddenTip.objects.filter(person=person)
    if activity_pk is not None:
        hidden = hidden.filter(activity=activity_pk)
    hidden.delete()


def forget_old(today: date) -> int:
    """What was kept as long as we said goes; how many rows that were.

    Who shared what is no longer on offer (a module stays its maker's), and tips that were put
    aside until a day that passed.
    """
    shared = Activity.objects.filter(state=Activity.State.CLOSED).exclude(
        Q(shared_by=None) | Q(kind=Activity.Kind.MODULE)
    )
    hidden = HiddenTip.objects.filter(until_on__lt=today)
    return shared.update(shared_by=None) + hidden.delete()[0]
