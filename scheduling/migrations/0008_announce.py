import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A visit that was agreed elsewhere is not confirmed again."""

    dependencies = [
        ("accounts", "0004_backups"),
        ("patients", "0008_imports"),
        ("scheduling", "0007_daily_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="appointment",
            name="announce",
            field=models.CharField(
                choices=[
                    ("all", "Confirmation and reminders"),
                    ("reminders", "Reminders only"),
                    ("nothing", "Nothing"),
                ],
                db_default="all",
                default="all",
                max_length=10,
                verbose_name="what the patient is sent",
            ),
        ),
        migrations.AddField(
            model_name="appointmentevent",
            name="announce",
            field=models.CharField(
                choices=[
                    ("all", "Confirmation and reminders"),
                    ("reminders", "Reminders only"),
                    ("nothing", "Nothing"),
                ],
                db_default="all",
                default="all",
                max_length=10,
                verbose_name="what the patient is sent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_appointmentevent" ("announce", "booked_at", "booked_by_id", "cancel_reason", "changed_at", "clinic_id", "device_busy", "device_id", "ends_at", "held_until", "id", "kind_id", "location_id", "note", "overlap_at", "overlap_by_id", "overlap_reason", "patient_busy", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_busy", "practitioner_id", "room_busy", "room_id", "sequence", "starts_at", "status", "uid") VALUES (NEW."announce", NEW."booked_at", NEW."booked_by_id", NEW."cancel_reason", NEW."changed_at", NEW."clinic_id", NEW."device_busy", NEW."device_id", NEW."ends_at", NEW."held_until", NEW."id", NEW."kind_id", NEW."location_id", NEW."note", NEW."overlap_at", NEW."overlap_by_id", NEW."overlap_reason", NEW."patient_busy", NEW."patient_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."practitioner_busy", NEW."practitioner_id", NEW."room_busy", NEW."room_id", NEW."sequence", NEW."starts_at", NEW."status", NEW."uid"); RETURN NULL;',
                    hash="47a79c45be18755f0d1990f324b186b4fae74ded",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cdcf2",
                    table="scheduling_appointment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "scheduling_appointmentevent" ("announce", "booked_at", "booked_by_id", "cancel_reason", "changed_at", "clinic_id", "device_busy", "device_id", "ends_at", "held_until", "id", "kind_id", "location_id", "note", "overlap_at", "overlap_by_id", "overlap_reason", "patient_busy", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_busy", "practitioner_id", "room_busy", "room_id", "sequence", "starts_at", "status", "uid") VALUES (NEW."announce", NEW."booked_at", NEW."booked_by_id", NEW."cancel_reason", NEW."changed_at", NEW."clinic_id", NEW."device_busy", NEW."device_id", NEW."ends_at", NEW."held_until", NEW."id", NEW."kind_id", NEW."location_id", NEW."note", NEW."overlap_at", NEW."overlap_by_id", NEW."overlap_reason", NEW."patient_busy", NEW."patient_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."practitioner_busy", NEW."practitioner_id", NEW."room_busy", NEW."room_id", NEW."sequence", NEW."starts_at", NEW."status", NEW."uid"); RETURN NULL;',
                    hash="3d4bba16978504195b21bff187d79a4e4b68fc76",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7193b",
                    table="scheduling_appointment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "scheduling_appointmentevent" ("announce", "booked_at", "booked_by_id", "cancel_reason", "changed_at", "clinic_id", "device_busy", "device_id", "ends_at", "held_until", "id", "kind_id", "location_id", "note", "overlap_at", "overlap_by_id", "overlap_reason", "patient_busy", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practitioner_busy", "practitioner_id", "room_busy", "room_id", "sequence", "starts_at", "status", "uid") VALUES (OLD."announce", OLD."booked_at", OLD."booked_by_id", OLD."cancel_reason", OLD."changed_at", OLD."clinic_id", OLD."device_busy", OLD."device_id", OLD."ends_at", OLD."held_until", OLD."id", OLD."kind_id", OLD."location_id", OLD."note", OLD."overlap_at", OLD."overlap_by_id", OLD."overlap_reason", OLD."patient_busy", OLD."patient_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."practitioner_busy", OLD."practitioner_id", OLD."room_busy", OLD."room_id", OLD."sequence", OLD."starts_at", OLD."status", OLD."uid"); RETURN NULL;',
                    hash="d5272a1b8f52516e382fa2d7ca8a45f0c23d4c1e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c56ad",
                    table="scheduling_appointment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("announce__in", ["all", "reminders", "nothing"])),
                name="scheduling_appointment_announce_known",
            ),
        ),
    ]
