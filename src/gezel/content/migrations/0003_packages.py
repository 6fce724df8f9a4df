"""Packages that others made, and someone playing one."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import gezel.content.models.packages


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_dates_and_what_comes_first"),
        ("content", "0002_versions_and_effects"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("scorm12", "SCORM 1.2"),
                            ("scorm2004", "SCORM 2004"),
                            ("cmi5", "cmi5"),
                            ("h5p", "H5P"),
                            ("pages", "web pages"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=250)),
                ("filename", models.CharField(blank=True, max_length=250)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("files", models.PositiveIntegerField()),
                ("manifest", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "brought_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "activity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="package",
                        to="catalogue.activity",
                    ),
                ),
                (
                    "current",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="content.edition",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="edition",
            name="package",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="editions",
                to="content.package",
            ),
        ),
        migrations.CreateModel(
            name="PackageAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("registration", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "key",
                    models.CharField(
                        default=gezel.content.models.packages.new_key, max_length=32, unique=True
                    ),
                ),
                ("key_until", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("passed", models.BooleanField(blank=True, null=True)),
                ("score", models.FloatField(blank=True, null=True)),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("tree", models.JSONField(default=dict)),
                ("effect", models.JSONField(default=list)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="content.edition",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="content.package",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnitState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit", models.CharField(max_length=255)),
                ("data", models.JSONField(default=dict)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("completed", models.BooleanField(default=False)),
                ("passed", models.BooleanField(blank=True, null=True)),
                ("score", models.FloatField(blank=True, null=True)),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="content.packageattempt",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["digest"], name="edition_by_content"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                fields=("package", "number"), name="one_edition_a_number"
            ),
        ),
        migrations.AddIndex(
            model_name="packageattempt",
            index=models.Index(fields=["person", "-last_at"], name="package_under_way"),
        ),
        migrations.AddConstraint(
            model_name="packageattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("completed_at__isnull", True)),
                fields=("person", "package"),
                name="one_open_attempt_a_package",
            ),
        ),
        migrations.AddConstraint(
            model_name="packageattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score", None),
                    models.Q(("score__gte", -1), ("score__lte", 1)),
                    _connector="OR",
                ),
                name="score_is_scaled",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitstate",
            constraint=models.UniqueConstraint(fields=("attempt", "unit"), name="one_state_a_unit"),
        ),
    ]
