from django.db import migrations

TABLES = [
    "patients_alert",
    "patients_allergy",
    "patients_careteam",
    "patients_condition",
    "patients_contact",
    "patients_contactconsent",
    "patients_draft",
    "patients_emergencyaccess",
    "patients_medicine",
    "patients_portalaccess",
    "patients_portallink",
    "patients_receivedfile",
    "patients_task",
    "patients_weightmeasurement",
    "scheduling_appointment",
    "scheduling_course",
    "scheduling_timewish",
    "scheduling_waitinglistentry",
    "formulations_pack",
    "formulations_preparation",
    "documents_document",
    "messaging_message",
    "messaging_optout",
    "treatments_consent",
    "treatments_declined",
    "treatments_order",
    "treatments_outcomemeasure",
    "treatments_treatmentplan",
    "treatments_treatmentsession",
    "safety_sideeffectcase",
]

GUARD = """
CREATE FUNCTION patients_file_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT merged_into_id FROM patients_patient WHERE id = NEW.patient_id FOR KEY SHARE) IS NOT NULL THEN
        RAISE EXCEPTION 'this file was merged into another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_file_is_open';
    END IF;
    RETURN NEW;
END $$;
"""
GUARDED = "".join(
    f"CREATE TRIGGER {table}_of_open_file BEFORE INSERT ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION patients_file_is_open();\n"
    for table in TABLES
)

SEARCH = """
CREATE OR REPLACE FUNCTION patients_patient_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text := lower(normalize(concat_ws(' ', NEW.given_name, NEW.family_name, NEW.given_name,
        NEW.preferred_name, array_to_string(NEW.former_names, ' ')), NFKC));
    numbers text := lower(concat_ws(' ', NEW.number, array_to_string(NEW.former_numbers, ' ')));
    spelled text;
BEGIN
    spelled := replace(replace(replace(replace(replace(replace(names, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'),
        'ø', 'oe'), 'å', 'aa'), 'ñ', 'ny');
    NEW.search := concat_ws(' ',
        patients_fold(names),
        CASE WHEN spelled <> names THEN patients_fold(spelled) END,
        CASE WHEN names ~ '[^[:alnum:][:space:]]'
            THEN patients_fold(regexp_replace(names, '[^[:alnum:][:space:]]', '', 'g')) END,
        numbers,
        regexp_replace(numbers, '[^0-9 ]', '', 'g'),
        regexp_replace(NEW.phone, '[^0-9]', '', 'g'),
        lower(NEW.email));
    RETURN NEW;
END $$;
"""

PAPERS = """
CREATE FUNCTION patients_receivedfile_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['entered_in_error', 'error_reason'];
BEGIN
    IF patients_only_moves(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    ELSIF to_jsonb(NEW) - open_columns <> to_jsonb(OLD) - open_columns
       OR (OLD.entered_in_error AND NOT NEW.entered_in_error) THEN
        RAISE EXCEPTION 'a paper that was received stays as it came'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'received_file_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER patients_receivedfile_frozen BEFORE UPDATE ON patients_receivedfile
    FOR EACH ROW EXECUTE FUNCTION patients_receivedfile_kept();
CREATE TRIGGER patients_receivedfile_kept BEFORE DELETE ON patients_receivedfile
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
"""

BACK = (
    "".join(f"DROP TRIGGER {table}_of_open_file ON {table};\n" for table in TABLES)
    + """
DROP FUNCTION patients_file_is_open();
DROP TRIGGER patients_receivedfile_kept ON patients_receivedfile;
DROP TRIGGER patients_receivedfile_frozen ON patients_receivedfile;
DROP FUNCTION patients_receivedfile_kept();
"""
)


class Migration(migrations.Migration):
    """Nothing is written into a file that was merged away, and a paper that came from outside stays as it came."""

    dependencies = [
        ("patients", "0005_merges_and_papers"),
        ("scheduling", "0005_time_wishes"),
        ("formulations", "0001_initial"),
        ("documents", "0001_initial"),
        ("messaging", "0001_initial"),
        ("treatments", "0004_orders"),
        ("safety", "0001_initial"),
    ]
    operations = [migrations.RunSQL([GUARD, GUARDED, SEARCH, PAPERS], BACK)]
