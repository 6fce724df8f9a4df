from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0005_terms_of_what_is_there"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="certificatetype",
            name="basis",
        ),
        migrations.RemoveField(
            model_name="certificatetype",
            name="source_en",
        ),
        migrations.RemoveField(
            model_name="certificatetype",
            name="source_nl",
        ),
        migrations.RemoveField(
            model_name="certificatetype",
            name="valid_months",
        ),
    ]
