import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.constraints

GUARD = """
CREATE TRIGGER patients_portalcode_of_open_file BEFORE INSERT ON patients_portalcode
    FOR EACH ROW EXECUTE FUNCTION patients_file_is_open();
"""
BACK = "DROP TRIGGER patients_portalcode_of_open_file ON patients_portalcode;"


class Migration(migrations.Migration):
    """Codes that open the portal, and the phones that are remembered."""

    dependencies = [
        ("accounts", "0003_pins_and_devices"),
        ("patients", "0006_open_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PortalCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "SMS"), ("phone", "Telephone"), ("post", "Post")],
                        max_length=10,
                    ),
                ),
                ("ticket_sha256", models.CharField(db_index=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_codes",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="portal_codes", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_portalcode_owner"),
                    common.constraints.SameOwner("patient", name="patients_portalcode_patient_same_owner"),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "phone", "post"])),
                        name="patients_portalcode_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="portal_code_runs_out"
                    ),
                    models.CheckConstraint(condition=models.Q(("tries__lte", 5)), name="portal_code_five_tries"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalPhone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_sha256", models.CharField(db_index=True, max_length=64)),
                ("label", models.CharField(max_length=80)),
                ("remembered_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                (
                    "access",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="phones", to="patients.portalaccess"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portal_phones",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "forgotten_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_portalphone_owner"),
                    common.constraints.SameOwner("access", name="patients_portalphone_access_same_owner"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("forgotten_at__isnull", False), ("forgotten_by__isnull", False)),
                            models.Q(("forgotten_at__isnull", True), ("forgotten_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="patients_portalphone_forgotten_at_paired",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("remembered_at"))), name="portal_phone_runs_out"
                    ),
                    models.UniqueConstraint(fields=("clinic", "secret_sha256"), name="portal_phone_secret_once"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
