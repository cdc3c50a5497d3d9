# The list and the free times of a room are read by day.

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sessions_and_approvals"),
        ("patients", "0004_history"),
        ("scheduling", "0003_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["clinic", "room", "starts_at"], name="appointment_room_day"),
        ),
    ]
