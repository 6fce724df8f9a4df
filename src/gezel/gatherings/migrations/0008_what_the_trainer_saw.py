from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gatherings", "0007_gives_another"),
    ]

    operations = [
        migrations.AlterField(
            model_name="news",
            name="what",
            field=models.CharField(
                choices=[
                    ("moved_up", "You moved up from the waiting list: you have a place."),
                    ("changed", "The time or place has changed."),
                    ("cancelled", "The session is cancelled."),
                    ("goes_on", "It is certain now: the session goes ahead."),
                    ("approved", "Your lead approved: you have a place."),
                    ("refused", "Your lead did not approve."),
                    ("reserved", "A place was reserved for you."),
                    ("taken_off", "You were taken off the list."),
                    ("elsewhere", "Your session was planned again: you come at this time now."),
                    ("room", "It is in another room."),
                    ("gives", "You give this session."),
                    ("gives_not", "You no longer give this session."),
                    ("gives_now", "You give this session now, and the other no longer."),
                    ("saw", "Who gave it wrote down what they saw you show."),
                ],
                max_length=9,
            ),
        ),
    ]
