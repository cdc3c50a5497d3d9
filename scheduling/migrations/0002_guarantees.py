from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER scheduling_statuschange_append_only BEFORE UPDATE OR DELETE ON scheduling_statuschange
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();
CREATE TRIGGER scheduling_appointmentoverride_append_only BEFORE UPDATE OR DELETE ON scheduling_appointmentoverride
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE
            ON scheduling_statuschange, scheduling_appointmentoverride, scheduling_appointmentevent FROM clinic_app;
    END IF;
END $$;
"""

BACK = """
DROP TRIGGER scheduling_appointmentoverride_append_only ON scheduling_appointmentoverride;
DROP TRIGGER scheduling_statuschange_append_only ON scheduling_statuschange;
"""


class Migration(migrations.Migration):
    """Moments of a visit and reasons given for it are only added."""

    dependencies = [("scheduling", "0001_initial"), ("patients", "0002_guarantees")]
    operations = [migrations.RunSQL(APPEND_ONLY, BACK)]
