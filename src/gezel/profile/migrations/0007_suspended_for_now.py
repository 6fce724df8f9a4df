"""A credential may be suspended and lifted again, where it was signed with a list for that."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_staff_lists_and_join_requests"),
        ("profile", "0006_a_key_of_ones_own"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="achievement",
            name="can_be_suspended",
            field=models.BooleanField(default=False, verbose_name="can be suspended"),
        ),
        migrations.AddField(
            model_name="credential",
            name="suspended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="suspended_because",
            field=models.CharField(blank=True, max_length=300, verbose_name="why it was suspended"),
        ),
        migrations.AddField(
            model_name="credential",
            name="suspended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="spentplace",
            name="why",
            field=models.CharField(
                choices=[
                    ("replaced", "replaced"),
                    ("withdrawn", "withdrawn, and its person erased"),
                    ("suspended", "suspended, and its person erased"),
                    ("stands", "its person erased"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                condition=models.Q(("suspended_at__isnull", False)),
                fields=["organisation", "place"],
                name="credential_suspended",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("suspended_at", None),
                    models.Q(("suspended_because", ""), _negated=True),
                    _connector="OR",
                ),
                name="suspended_with_a_reason",
            ),
        ),
    ]
