"""What roles ask, for reading and for editing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gezel.kit.text import in_language
from gezel.people.api import Employment, Job, Organisation
from gezel.skills import rules
from gezel.skills.models import Demand, Level, ProfileJob, RoleProfile, Skill
from gezel.skills.queries.merged import as_one, by_profile, stays
from gezel.skills.queries.taxonomy import give_own_names


@dataclass(slots=True)
class ProfileRow:
    """One line of the list of role profiles."""

    profile: RoleProfile
    skills: int = 0
    people: int = 0
    next_change_on: date | None = None
    jobs: list[str] = field(default_factory=list)


def profile_rows(
    profiles: Iterable[RoleProfile], organisation: Organisation, on: date | None = None
) -> list[ProfileRow]:
    """The lines of a page of the list, in three queries however many they are."""
    day = on or timezone.localdate()
    rows = {profile.pk: ProfileRow(profile) for profile in profiles}
    demands = by_profile(
        (pk, skill, read_as, rules.DatedDemand(skill, level, essential, from_on))
        for pk, skill, read_as, level, essential, from_on in (
            Demand.objects.filter(profile__in=rows)
            .order_by("from_on", "position", "pk")
            .values_list("profile_id", "skill_id", stays(), "level", "essential", "from_on")
        )
    )
    for pk, dated in demands.items():
        rows[pk].skills = len(rules.demand_on(dated, day))
        ahead = rules.changes_ahead(dated, day)
        rows[pk].next_change_on = ahead[0].from_on if ahead else None
    jobs = ProfileJob.objects.filter(profile__in=rows).select_related("job").order_by("job__name")
    profile_of_job = {}
    for held in jobs:
        rows[held.profile_id].jobs.append(held.job.name)
        profile_of_job[held.job_id] = held.profile_id
    for job, people in people_in_jobs(organisation, profile_of_job, day).items():
        rows[profile_of_job[job]].people += people
    return list(rows.values())


def people_in_jobs(organisation: Organisation, jobs: Collection[int], on: date) -> dict[int, int]:
    """How many people work in each job on a date."""
    return dict(
        Employment.objects.current(on)
        .filter(organisation=organisation, job__in=jobs)
        .values_list("job")
        .annotate(people=Count("person", distinct=True))
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A skill a role asks, in words."""

    skill: Skill
    level: int
    essential: bool

    @property
    def word(self) -> str:
        return str(Level(self.level).label)

    @property
    def meaning(self) -> str:
        """What this level means for this skill, where someone wrote it down."""
        nl, en = self.skill.levels_nl, self.skill.levels_en
        at = self.level - 1
        return in_language(nl=nl[at] if at < len(nl) else "", en=en[at] if at < len(en) else "")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date from which a role asks something else, and what."""

    on: date
    changes: Sequence[rules.Change]


@dataclass(frozen=True, slots=True)
class RolePage:
    """What the page of a role profile shows, as of a date."""

    essential: Sequence[Asked]
    optional: Sequence[Asked]
    moments: Sequence[Moment]

    @property
    def count(self) -> int:
        return len(self.essential) + len(self.optional)

    @property
    def asks_nothing(self) -> bool:
        return not self.count and not self.moments


def role_page(profile: RoleProfile, organisation: Organisation, on: date) -> RolePage:
    """What a role asks on a date and what will change after it."""
    demands = list(
        Demand.objects.filter(profile=profile)
        .select_related("skill__merged_into")
        .defer(*(f"skill__{n}" for n in ("about_nl", "about_en", "aliases_nl", "aliases_en")))
        .order_by("position", "pk")
    )
    give_own_names((d.skill.merged_into or d.skill for d in demands), organisation)
    dated = as_one(
        rules.DatedDemand(d.skill, d.level, d.essential, d.from_on, d.low, d.high) for d in demands
    )
    asked = [
        Asked(r.skill, r.level, r.essential)
        for r in rules.demand_on(dated, on)
        if isinstance(r.skill, Skill)
    ]
    ahead = rules.changes_ahead(dated, on)
    return RolePage(
        [a for a in asked if a.essential],
        [a for a in asked if not a.essential],
        [Moment(day, list(changes)) for day, changes in groupby(ahead, lambda c: c.from_on)],
    )


def dated_demands(profile: RoleProfile) -> list[rules.DatedDemand]:
    """All a profile asks and asked, in order; `skill` is the key of the skill that stays."""
    demands = (
        Demand.objects.filter(profile=profile)
        .annotate(read_as=stays())
        .order_by("position", "from_on", "pk")
    )
    rows = [
        (
            profile.pk,
            d.skill_id,
            d.read_as,
            rules.DatedDemand(d.skill_id, d.level, d.essential, d.from_on, d.low, d.high),
        )
        for d in demands
    ]
    return by_profile(rows).get(profile.pk, [])


def under_merged_names(profile: RoleProfile) -> dict[int, dict[int, dict[date, Demand]]]:
    """Skill that stays → skill merged into it → from when → what is asked under that name."""
    found: dict[int, dict[int, dict[date, Demand]]] = {}
    merged = Demand.objects.filter(profile=profile, skill__merged_into__gt=0)
    for demand in merged.annotate(read_as=stays()).order_by("from_on"):
        names = found.setdefault(demand.read_as, {})
        names.setdefault(demand.skill_id, {})[demand.from_on] = demand
    return found


def picture(profile: RoleProfile, on: date) -> rules.Picture:
    """The profile as the edit page shows it; a merged skill as the one that stays."""
    return rules.picture_of(
        dated_demands(profile),
        on,
        name_nl=profile.name_nl,
        name_en=profile.name_en,
        jobs=ProfileJob.objects.filter(profile=profile).values_list("job_id", flat=True),
    )


@dataclass(frozen=True, slots=True)
class JobChoice:
    """A job with the role profile that it has now, if any."""

    job: Job
    profile: RoleProfile | None


def job_choices(organisation: Organisation) -> list[JobChoice]:
    """The jobs of the organisation, each with its profile."""
    held = {
        pj.job_id: pj.profile
        for pj in ProfileJob.objects.filter(profile__organisation=organisation).select_related(
            "profile"
        )
    }
    return [
        JobChoice(job, held.get(job.pk))
        for job in Job.objects.filter(organisation=organisation).order_by("name")
    ]


def profiles_asking(skill: Skill, profiles: "QuerySet[RoleProfile]") -> list[RoleProfile]:
    """Which of these profiles ask a skill, now or later."""
    one = Q(skill=skill) | Q(skill__merged_into=skill)
    asking = Demand.objects.filter(one, level__gt=0).values("profile_id")
    return list(profiles.filter(pk__in=asking).order_by("name_nl", "name_en", "pk"))
