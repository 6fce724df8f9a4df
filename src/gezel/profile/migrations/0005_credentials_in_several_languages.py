from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profile", "0004_status_of_what_suites_had_signed"),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="editions",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
