from django.db import migrations

CLOSED = """
CREATE FUNCTION treatments_session_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF patients_only_moves(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    ELSIF OLD.state IN ('signed', 'abandoned') THEN
        RAISE EXCEPTION 'a % session is closed', OLD.state
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'session_closed';
    ELSIF (NEW.clinic_id, NEW.patient_id, NEW.plan_id, NEW.planned_session_id) IS DISTINCT FROM
          (OLD.clinic_id, OLD.patient_id, OLD.plan_id, OLD.planned_session_id) THEN
        RAISE EXCEPTION 'a session stays with its patient and its plan'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'session_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_treatmentsession_closed BEFORE UPDATE ON treatments_treatmentsession
    FOR EACH ROW EXECUTE FUNCTION treatments_session_closed();

CREATE FUNCTION treatments_session_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.patient_id <> (SELECT patient_id FROM treatments_treatmentplan WHERE id = NEW.plan_id)
       OR NEW.plan_id <> (SELECT plan_id FROM treatments_plannedsession WHERE id = NEW.planned_session_id)
       OR NEW.patient_id <> (SELECT patient_id FROM scheduling_appointment WHERE id = NEW.appointment_id) THEN
        RAISE EXCEPTION 'the session, its plan and its visit are of one patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'session_of_one_patient';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_treatmentsession_of_plan
    BEFORE INSERT OR UPDATE OF appointment_id ON treatments_treatmentsession
    FOR EACH ROW EXECUTE FUNCTION treatments_session_of_plan();

CREATE FUNCTION treatments_refuse_closed(touched bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_state text;
BEGIN
    SELECT state INTO now_state FROM treatments_treatmentsession WHERE id = touched FOR SHARE;
    IF now_state IN ('signed', 'abandoned') THEN
        RAISE EXCEPTION 'a % session is closed', now_state
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'session_closed';
    END IF;
END $$;

CREATE FUNCTION treatments_of_open_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM treatments_refuse_closed(OLD.session_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM treatments_refuse_closed(NEW.session_id);
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER treatments_screening_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_screening
    FOR EACH ROW EXECUTE FUNCTION treatments_of_open_session();
CREATE TRIGGER treatments_sessionpreparation_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_sessionpreparation
    FOR EACH ROW EXECUTE FUNCTION treatments_of_open_session();
CREATE TRIGGER treatments_immediatereaction_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_immediatereaction
    FOR EACH ROW EXECUTE FUNCTION treatments_of_open_session();
CREATE TRIGGER treatments_zoneapplication_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_zoneapplication
    FOR EACH ROW EXECUTE FUNCTION treatments_of_open_session();
CREATE TRIGGER treatments_sessionfinding_closed BEFORE UPDATE OR DELETE ON treatments_sessionfinding
    FOR EACH ROW EXECUTE FUNCTION treatments_of_open_session();

CREATE FUNCTION treatments_use_of_open_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM treatments_refuse_closed(
            (SELECT session_id FROM treatments_zoneapplication WHERE id = OLD.zone_application_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM treatments_refuse_closed(
            (SELECT session_id FROM treatments_zoneapplication WHERE id = NEW.zone_application_id));
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER treatments_componentuse_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_componentuse
    FOR EACH ROW EXECUTE FUNCTION treatments_use_of_open_session();

CREATE FUNCTION treatments_effect_of_open_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM treatments_refuse_closed(
            (SELECT session_id FROM treatments_immediatereaction WHERE id = OLD.reaction_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM treatments_refuse_closed(
            (SELECT session_id FROM treatments_immediatereaction WHERE id = NEW.reaction_id));
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER treatments_reactioneffect_closed BEFORE INSERT OR UPDATE OR DELETE ON treatments_reactioneffect
    FOR EACH ROW EXECUTE FUNCTION treatments_effect_of_open_session();
"""

CHAIN = """
CREATE FUNCTION treatments_preparation_of_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT patient_id FROM treatments_treatmentsession WHERE id = NEW.session_id) <>
       (SELECT patient_id FROM formulations_preparation WHERE id = NEW.preparation_id) THEN
        RAISE EXCEPTION 'the mix was drawn for another patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'session_preparation_of_patient';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_sessionpreparation_of_patient BEFORE INSERT OR UPDATE ON treatments_sessionpreparation
    FOR EACH ROW EXECUTE FUNCTION treatments_preparation_of_patient();

CREATE FUNCTION treatments_zone_of_preparation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.preparation_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM treatments_sessionpreparation
        WHERE session_id = NEW.session_id AND preparation_id = NEW.preparation_id) THEN
        RAISE EXCEPTION 'the mix was drawn for another session'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'zone_application_of_session_mix';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_zoneapplication_of_mix
    BEFORE INSERT OR UPDATE OF session_id, preparation_id ON treatments_zoneapplication
    FOR EACH ROW EXECUTE FUNCTION treatments_zone_of_preparation();

CREATE FUNCTION treatments_use_in_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    component formulations_preparationcomponent;
BEGIN
    SELECT * INTO component FROM formulations_preparationcomponent WHERE id = NEW.component_id;
    IF component.movement_id <> NEW.movement_id OR component.preparation_id IS DISTINCT FROM
       (SELECT preparation_id FROM treatments_zoneapplication WHERE id = NEW.zone_application_id) THEN
        RAISE EXCEPTION 'the chain from the zone to the lot is broken'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'component_use_in_chain';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_componentuse_in_chain BEFORE INSERT OR UPDATE ON treatments_componentuse
    FOR EACH ROW EXECUTE FUNCTION treatments_use_in_chain();
"""

CONSENTS = """
CREATE FUNCTION treatments_consent_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['state', 'presented_at', 'presented_by_id', 'signed_at', 'signed_by_id',
        'countersigned_at', 'countersigned_by_id', 'withdrawn_at', 'withdrawn_by_id', 'withdraw_reason',
        'consent_until'];
BEGIN
    IF patients_only_moves(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    ELSIF OLD.state <> 'draft' AND (NEW.state = 'draft'
       OR to_jsonb(NEW) - open_columns <> to_jsonb(OLD) - open_columns) THEN
        RAISE EXCEPTION 'a consent that was shown changes only as a new one'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'consent_frozen';
    ELSIF (OLD.signed_at IS NOT NULL AND NEW.signed_at IS DISTINCT FROM OLD.signed_at)
       OR (OLD.countersigned_at IS NOT NULL AND NEW.countersigned_at IS DISTINCT FROM OLD.countersigned_at)
       OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn') THEN
        RAISE EXCEPTION 'a consent is signed once and withdrawn once'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'consent_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treatments_consent_frozen BEFORE UPDATE ON treatments_consent
    FOR EACH ROW EXECUTE FUNCTION treatments_consent_frozen();

CREATE FUNCTION treatments_consent_list_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    consent bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.consent_id ELSE OLD.consent_id END;
    consent_state text;
BEGIN
    SELECT state INTO consent_state FROM treatments_consent WHERE id = consent FOR SHARE;
    IF consent_state NOT IN ('draft', 'presented') OR (TG_OP <> 'INSERT' AND consent_state <> 'draft') THEN
        RAISE EXCEPTION 'a consent that was shown changes only as a new one'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'consent_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER treatments_consentingredient_frozen BEFORE INSERT OR UPDATE OR DELETE ON treatments_consentingredient
    FOR EACH ROW EXECUTE FUNCTION treatments_consent_list_frozen();
"""

ONLY_ADDED = [
    "treatments_planstatechange",
    "treatments_phasedecision",
    "treatments_waiver",
    "treatments_deviation",
    "treatments_addendum",
]
KEPT = [
    "treatments_treatmentsession",
    "treatments_treatmentplan",
    "treatments_plannedsession",
    "treatments_consent",
    "treatments_outcomemeasure",
    "treatments_declined",
]
HISTORY = [
    "treatments_treatmentplanevent",
    "treatments_treatmentsessionevent",
    "treatments_zoneapplicationevent",
    "treatments_outcomemeasureevent",
    "treatments_consentevent",
]

GROWS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION clinic_append_only();\n"
    for table in ONLY_ADDED
) + "".join(
    f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();\n"
    for table in KEPT
)

GRANTS = f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join([*ONLY_ADDED, *HISTORY])} FROM clinic_app;
        REVOKE DELETE, TRUNCATE ON {", ".join(KEPT)} FROM clinic_app;
    END IF;
END $$;
"""

BACK = (
    "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in ONLY_ADDED)
    + "".join(f"DROP TRIGGER {table}_kept ON {table};\n" for table in KEPT)
    + """
DROP TRIGGER treatments_consentingredient_frozen ON treatments_consentingredient;
DROP TRIGGER treatments_consent_frozen ON treatments_consent;
DROP TRIGGER treatments_componentuse_in_chain ON treatments_componentuse;
DROP TRIGGER treatments_zoneapplication_of_mix ON treatments_zoneapplication;
DROP TRIGGER treatments_sessionpreparation_of_patient ON treatments_sessionpreparation;
DROP TRIGGER treatments_reactioneffect_closed ON treatments_reactioneffect;
DROP TRIGGER treatments_componentuse_closed ON treatments_componentuse;
DROP TRIGGER treatments_sessionfinding_closed ON treatments_sessionfinding;
DROP TRIGGER treatments_zoneapplication_closed ON treatments_zoneapplication;
DROP TRIGGER treatments_immediatereaction_closed ON treatments_immediatereaction;
DROP TRIGGER treatments_sessionpreparation_closed ON treatments_sessionpreparation;
DROP TRIGGER treatments_screening_closed ON treatments_screening;
DROP TRIGGER treatments_treatmentsession_of_plan ON treatments_treatmentsession;
DROP TRIGGER treatments_treatmentsession_closed ON treatments_treatmentsession;
DROP FUNCTION treatments_consent_list_frozen(), treatments_consent_frozen(), treatments_use_in_chain(),
    treatments_zone_of_preparation(), treatments_preparation_of_patient(), treatments_effect_of_open_session(),
    treatments_use_of_open_session(), treatments_of_open_session(), treatments_refuse_closed(bigint),
    treatments_session_of_plan(), treatments_session_closed();
"""
)


class Migration(migrations.Migration):
    """A signed session is closed with all that belongs to it, and the chain from the zone to the lot cannot be broken."""

    dependencies = [
        ("treatments", "0001_initial"),
        ("formulations", "0002_guarantees"),
        ("scheduling", "0001_initial"),
        ("patients", "0003_closed_rows"),
    ]
    operations = [migrations.RunSQL([CLOSED, CHAIN, CONSENTS, GROWS, GRANTS], BACK)]
