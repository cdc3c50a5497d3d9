from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER messaging_deliveryevent_append_only BEFORE UPDATE OR DELETE ON messaging_deliveryevent
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON messaging_deliveryevent FROM clinic_app;
    END IF;
END $$;
"""

BACK = "DROP TRIGGER messaging_deliveryevent_append_only ON messaging_deliveryevent;"


class Migration(migrations.Migration):
    """What happened to a message on its way is only added."""

    dependencies = [("messaging", "0001_initial"), ("patients", "0003_closed_rows")]
    operations = [migrations.RunSQL(APPEND_ONLY, BACK)]
