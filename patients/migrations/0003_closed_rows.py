from django.db import migrations

ONLY_MOVES = """
CREATE FUNCTION patients_only_moves(was jsonb, becomes jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT was - 'patient_id' = becomes - 'patient_id'
       AND patients_is_merging((was ->> 'patient_id')::bigint, (becomes ->> 'patient_id')::bigint)
$$;

CREATE FUNCTION clinic_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'never_deleted', TABLE = TG_TABLE_NAME;
END $$;
"""

BACK = """
DROP FUNCTION clinic_never_deleted();
DROP FUNCTION patients_only_moves(jsonb, jsonb);
"""


class Migration(migrations.Migration):
    """The one change that a closed row lets through: its patient, while a merge says so."""

    dependencies = [("patients", "0002_guarantees")]
    operations = [migrations.RunSQL(ONLY_MOVES, BACK)]
