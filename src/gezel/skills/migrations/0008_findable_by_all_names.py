"""What stood in the index before it knew concepts is put in anew, by a job: it may take minutes."""

from django.db import migrations

KINDS = ["skill", "occupation", "skilllabel", "skillalias"]


def ask_for_a_job(apps, schema_editor):
    """On a new database nothing stands in the index, and nothing is asked."""
    entries = apps.get_model("kit", "SearchEntry").objects.filter(kind__in=KINDS, concepts="")
    if entries.exists():
        apps.get_model("kit", "Task").objects.create(name="skills.make_findable_anew")


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_search_concepts"), ("skills", "0007_ratings_side_by_side")]

    operations = [migrations.RunPython(ask_for_a_job, migrations.RunPython.noop)]
