import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.constraints
import patients.models.imports

KEY = """
CREATE FUNCTION patients_name_key(given text, family text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(word, ' ' ORDER BY word), '')
    FROM regexp_split_to_table(patients_fold(concat_ws(' ', given, family)), '[^[:alnum:]]+') word
    WHERE word <> ''
$$;

CREATE TRIGGER patients_importrow_of_open_file BEFORE INSERT ON patients_importrow
    FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL) EXECUTE FUNCTION patients_file_is_open();
"""
BACK = """
DROP TRIGGER patients_importrow_of_open_file ON patients_importrow;
DROP FUNCTION patients_name_key(text, text);
"""


class Migration(migrations.Migration):
    """Files from other systems, their lines, and the names by which people are found again in them."""

    dependencies = [
        ("accounts", "0004_backups"),
        ("patients", "0007_portal_phones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[("patients", "Patients"), ("visits", "Booked visits")],
                        max_length=10,
                        verbose_name="what it holds",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="name of the file")),
                ("file", models.FileField(blank=True, max_length=200, upload_to=patients.models.imports.import_path)),
                ("format", models.JSONField(default=dict)),
                ("header", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("day_first", models.BooleanField(default=True, verbose_name="days stand before months")),
                (
                    "phone_region",
                    models.CharField(
                        blank=True, max_length=2, verbose_name="country of telephone numbers without a prefix"
                    ),
                ),
                (
                    "outside_hours",
                    models.BooleanField(default=False, verbose_name="book outside working hours as well"),
                ),
                (
                    "announce",
                    models.CharField(default="reminders", max_length=10, verbose_name="what patients are sent"),
                ),
                (
                    "duplicates",
                    models.CharField(
                        choices=[
                            ("skip", "Leave out"),
                            ("update", "Update the contact details"),
                            ("create", "Open a new file"),
                        ],
                        default="skip",
                        max_length=10,
                        verbose_name="who is here already",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Columns to be named"),
                            ("checking", "Being checked"),
                            ("checked", "Ready to be looked at"),
                            ("running", "Being imported"),
                            ("done", "Imported"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                            ("failed", "Could not be read"),
                            ("dropped", "Dropped"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("lines_read", models.PositiveIntegerField(default=0)),
                ("newest_patient", models.BigIntegerField(default=0)),
                ("uploaded_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("run_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("purged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "run_by",
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
                (
                    "undone_by",
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
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField(default=list)),
                ("cleaned", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("duplicate", "Here already"),
                            ("invalid", "Wrong"),
                            ("created", "Taken in"),
                            ("updated", "Contact details updated"),
                            ("skipped", "Left out"),
                            ("failed", "Refused"),
                            ("undone", "Undone"),
                            ("kept", "Kept, used since"),
                        ],
                        max_length=10,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=1000)),
                (
                    "likeness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same_person", "Same name and date of birth"),
                            ("like_name", "Same date of birth and a similar name"),
                            ("same_phone", "Same telephone number"),
                            ("same_email", "Same e-mail address"),
                            ("same_number", "Same number in the old system"),
                            ("same_line", "Twice in this file"),
                            ("same_visit", "This visit is booked already"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("skip", "Leave out"),
                            ("update", "Update the contact details"),
                            ("create", "Open a new file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("twin_line", models.PositiveIntegerField(blank=True, null=True)),
                ("before", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(blank=True, null=True)),
                ("made_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="patients.importbatch"
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_rows",
                        to="accounts.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_rows",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of an import",
                "verbose_name_plural": "lines of an import",
            },
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(fields=("clinic", "id"), name="patients_importbatch_owner"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject__in", ["patients", "visits"])), name="patients_importbatch_subject_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "uploaded",
                            "checking",
                            "checked",
                            "running",
                            "done",
                            "undoing",
                            "undone",
                            "failed",
                            "dropped",
                        ],
                    )
                ),
                name="patients_importbatch_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("duplicates__in", ["skip", "update", "create"])),
                name="patients_importbatch_duplicates_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("run_at__isnull", False), ("run_by__isnull", False)),
                    models.Q(("run_at__isnull", True), ("run_by__isnull", True)),
                    _connector="OR",
                ),
                name="patients_importbatch_run_at_paired",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                    models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                    _connector="OR",
                ),
                name="patients_importbatch_undone_at_paired",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("running", "undoing"))),
                fields=("clinic",),
                name="import_batch_writes_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["clinic", "batch", "state", "line"], name="import_row_by_state"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("clinic", "id"), name="patients_importrow_owner"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=common.constraints.SameOwner("batch", name="patients_importrow_batch_same_owner"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=common.constraints.SameOwner("patient", name="patients_importrow_patient_same_owner"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["new", "duplicate", "invalid", "created", "updated", "skipped", "failed", "undone", "kept"],
                    )
                ),
                name="patients_importrow_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("clinic", "batch", "line"), name="import_row_line_once"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("invalid", "failed", "kept")), _negated=True),
                    models.Q(("problem", ""), _negated=True),
                    _connector="OR",
                ),
                name="import_row_says_what_is_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("twin_line__isnull", True), ("twin_line__lt", models.F("line")), _connector="OR"),
                name="import_row_twin_stands_before",
            ),
        ),
        migrations.RunSQL(KEY, BACK),
    ]
