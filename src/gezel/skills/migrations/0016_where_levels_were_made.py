"""Stored levels say where they were made; what was taken over from a file was chosen already.

A thousand people at a time, each time for as long as an update takes: who writes meanwhile waits no
longer than that. May be begun anew. Where people have evidence of several employers the levels of
each are worked out by a job; until then that employer reads less, never more.
"""

from collections import defaultdict

from django.db import migrations
from django.utils import timezone

A_CHUNK = 1_000


def brought_pieces_belong_to_the_person(apps, schema_editor):
    evidence, showing = (apps.get_model("skills", name) for name in ("Evidence", "Showing"))
    brought = evidence.objects.filter(
        rests_on__startswith="profile:brought:", organisation__isnull=False
    )
    while some := list(brought.order_by("pk")[:A_CHUNK]):
        showing.objects.bulk_create(
            [
                showing(
                    evidence=one,
                    organisation_id=one.organisation_id,
                    shown_on=timezone.localdate(one.created_at),
                )
                for one in some
            ],
            ignore_conflicts=True,
        )
        evidence.objects.filter(pk__in=[one.pk for one in some]).update(organisation=None)


def say_where_levels_were_made(apps, schema_editor):
    evidence, standing, skills = (
        apps.get_model("skills", name) for name in ("Evidence", "Standing", "Skill")
    )
    employments = apps.get_model("people", "Employment").objects
    tasks = apps.get_model("kit", "Task").objects
    roots = dict(skills.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    today = timezone.localdate()
    anew = set()
    last = 0
    people = standing.objects.order_by("person_id").values_list("person_id", flat=True).distinct()
    while some := list(people.filter(person_id__gt=last)[:A_CHUNK]):
        last = some[-1]
        made_at = defaultdict(lambda: defaultdict(set))
        for person, skill, at in (
            evidence.objects.filter(person__in=some, level__gt=0, corrected_by=None)
            .values_list("person_id", "skill_id", "organisation_id")
            .iterator()
        ):
            made_at[person][roots.get(skill, skill)].add(at)
        whole = defaultdict(list)
        mixed = []
        for person, shown in made_at.items():
            places = set().union(*shown.values())
            if len(places) == 1 and None not in places:
                whole[places.pop()].append(person)
            else:
                mixed.append(person)
        for at, those in whole.items():
            standing.objects.filter(person__in=those).update(all_from=at)
        _of_each_skill(standing, mixed, made_at, roots)
        for person, at, ends_on in employments.filter(person__in=some).values_list(
            "person_id", "organisation_id", "ends_on"
        ):
            places = set().union(*made_at[person].values())
            if places - {at} and (ends_on is None or ends_on >= today):
                anew.add(at)
    for organisation in sorted(anew):
        tasks.create(name="skills.recompute_organisation", arguments={"organisation": organisation})


def _of_each_skill(standing, people, made_at, roots):
    there = defaultdict(list)
    for pk, person, skill in standing.objects.filter(person__in=people).values_list(
        "pk", "person_id", "skill_id"
    ):
        places = made_at[person][roots.get(skill, skill)]
        if len(places) == 1 and None not in places:
            there[next(iter(places))].append(pk)
    for at, pks in there.items():
        for start in range(0, len(pks), A_CHUNK):
            standing.objects.filter(pk__in=pks[start : start + A_CHUNK]).update(all_from=at)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("kit", "0003_search_concepts"),
        ("skills", "0015_an_employer_counts_what_was_made_there"),
    ]

    operations = [
        migrations.RunPython(brought_pieces_belong_to_the_person, migrations.RunPython.noop),
        migrations.RunPython(say_where_levels_were_made, migrations.RunPython.noop),
    ]
