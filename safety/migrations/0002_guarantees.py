from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER safety_casestep_append_only BEFORE UPDATE OR DELETE ON safety_casestep
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();
CREATE TRIGGER safety_sideeffectcase_kept BEFORE DELETE ON safety_sideeffectcase
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON safety_casestep, safety_sideeffectcaseevent FROM clinic_app;
        REVOKE DELETE, TRUNCATE ON safety_sideeffectcase FROM clinic_app;
    END IF;
END $$;
"""

BACK = """
DROP TRIGGER safety_sideeffectcase_kept ON safety_sideeffectcase;
DROP TRIGGER safety_casestep_append_only ON safety_casestep;
"""


class Migration(migrations.Migration):
    """The steps of a case are only added, and no case disappears."""

    dependencies = [("safety", "0001_initial"), ("patients", "0003_closed_rows")]
    operations = [migrations.RunSQL(APPEND_ONLY, BACK)]
