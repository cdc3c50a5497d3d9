from django.db import migrations

HISTORY = [
    "patients_alertevent",
    "patients_allergyevent",
    "patients_conditionevent",
    "patients_contactconsentevent",
    "patients_medicineevent",
    "patients_patientevent",
    "patients_weightmeasurementevent",
]

SEARCH = """
CREATE FUNCTION patients_fold(said text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT lower(unaccent(normalize(said, NFKC)))
$$;

CREATE FUNCTION patients_patient_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text := lower(normalize(concat_ws(' ', NEW.given_name, NEW.family_name, NEW.given_name,
        NEW.preferred_name, array_to_string(NEW.former_names, ' ')), NFKC));
    spelled text;
BEGIN
    spelled := replace(replace(replace(replace(replace(replace(names, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'),
        'ø', 'oe'), 'å', 'aa'), 'ñ', 'ny');
    NEW.search := concat_ws(' ',
        patients_fold(names),
        CASE WHEN spelled <> names THEN patients_fold(spelled) END,
        CASE WHEN names ~ '[^[:alnum:][:space:]]'
            THEN patients_fold(regexp_replace(names, '[^[:alnum:][:space:]]', '', 'g')) END,
        lower(NEW.number),
        regexp_replace(NEW.number, '[^0-9]', '', 'g'),
        regexp_replace(NEW.phone, '[^0-9]', '', 'g'),
        lower(NEW.email));
    RETURN NEW;
END $$;

CREATE TRIGGER patients_patient_search BEFORE INSERT OR UPDATE ON patients_patient
    FOR EACH ROW EXECUTE FUNCTION patients_patient_search();
"""

REFUSE = """
CREATE FUNCTION clinic_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER patients_mergemove_append_only BEFORE UPDATE OR DELETE ON patients_mergemove
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();

CREATE FUNCTION patients_is_merging(was bigint, becomes bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM patients_merge
        WHERE applying AND ((from_patient_id = was AND to_patient_id = becomes)
                         OR (from_patient_id = becomes AND to_patient_id = was)))
$$;
"""

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM clinic_app;
    END IF;
END $$;
""".format(tables=", ".join([*HISTORY, "patients_mergemove"]))

BACK = """
DROP FUNCTION patients_is_merging(bigint, bigint);
DROP TRIGGER patients_mergemove_append_only ON patients_mergemove;
DROP FUNCTION clinic_append_only();
DROP TRIGGER patients_patient_search ON patients_patient;
DROP FUNCTION patients_patient_search();
DROP FUNCTION patients_fold(text);
"""


class Migration(migrations.Migration):
    """What the database itself holds to: how patients are found, what only grows, when a merge is under way."""

    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL([SEARCH, REFUSE, GRANTS], BACK)]
