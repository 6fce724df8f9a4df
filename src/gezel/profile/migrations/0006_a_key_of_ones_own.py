import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_staff_lists_and_join_requests"),
        ("profile", "0005_credentials_in_several_languages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="bound",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="takeout",
            name="keys",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="Answered",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("document", models.JSONField(null=True)),
                ("shown_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public", models.CharField(max_length=56)),
                ("sealed", models.BinaryField()),
                ("sealed_with", models.CharField(max_length=16)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("put_away_at", models.DateTimeField(blank=True, null=True)),
                (
                    "brought",
                    models.BooleanField(default=False, verbose_name="whether it was brought along"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "public"), name="one_row_a_key"),
                    models.UniqueConstraint(
                        condition=models.Q(("put_away_at", None)),
                        fields=("person",),
                        name="one_key_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpentPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("replaced", "replaced"),
                            ("withdrawn", "withdrawn, and its person erased"),
                            ("stands", "its person erased"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "place"), name="spent_once")
                ],
            },
        ),
    ]
