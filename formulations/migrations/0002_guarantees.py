from django.db import migrations

LEDGER = """
CREATE FUNCTION formulations_lot_starts_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.balance := 0;
    ELSIF NEW.balance IS DISTINCT FROM OLD.balance AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the balance of a lot is the sum of its movements'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lot_balance_is_derived';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER formulations_lot_balance BEFORE INSERT OR UPDATE ON formulations_lot
    FOR EACH ROW EXECUTE FUNCTION formulations_lot_starts_empty();

CREATE FUNCTION formulations_pack_starts_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW."left" := NEW.volume;
    ELSIF NEW."left" IS DISTINCT FROM OLD."left" AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is left in a pack follows from its movements'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pack_left_is_derived';
    ELSIF (NEW.lot_id, NEW.dose, NEW.volume, NEW.opened_at) IS DISTINCT FROM
          (OLD.lot_id, OLD.dose, OLD.volume, OLD.opened_at) THEN
        RAISE EXCEPTION 'an opened pack stays what it was when it was opened'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pack_is_fixed';
    ELSIF NEW.patient_id IS DISTINCT FROM OLD.patient_id
          AND NOT patients_is_merging(OLD.patient_id, NEW.patient_id) THEN
        RAISE EXCEPTION 'an opened pack stays with its patient'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pack_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER formulations_pack_left BEFORE INSERT OR UPDATE ON formulations_pack
    FOR EACH ROW EXECUTE FUNCTION formulations_pack_starts_full();

CREATE FUNCTION formulations_movement_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lot record;
    pack formulations_pack;
    reversed formulations_stockmovement;
BEGIN
    SELECT l.state, l.expires_on, place.time_zone INTO lot
        FROM formulations_lot l JOIN accounts_location place ON place.id = l.location_id
        WHERE l.id = NEW.lot_id FOR UPDATE OF l;
    IF NEW.pack_id IS NOT NULL THEN
        SELECT * INTO pack FROM formulations_pack WHERE id = NEW.pack_id FOR UPDATE;
        IF pack.lot_id <> NEW.lot_id THEN
            RAISE EXCEPTION 'the pack is of another lot'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_movement_pack_of_lot';
        END IF;
    END IF;
    IF NEW.kind = 'draw' THEN
        IF lot.state <> 'active' THEN
            RAISE EXCEPTION 'the lot is %', lot.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_' || lot.state;
        ELSIF lot.expires_on < (NEW.at AT TIME ZONE lot.time_zone)::date THEN
            RAISE EXCEPTION 'the lot has expired'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_expired';
        ELSIF pack.state <> 'open' OR pack.discard_at <= NEW.at OR pack.opened_at > NEW.at THEN
            RAISE EXCEPTION 'the pack is past its time'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'container_expired';
        END IF;
    ELSIF NEW.kind = 'reversal' THEN
        SELECT * INTO reversed FROM formulations_stockmovement WHERE id = NEW.reversal_of_id;
        IF reversed.kind = 'reversal' OR reversed.quantity <> -NEW.quantity
           OR (reversed.lot_id, reversed.pack_id) IS DISTINCT FROM (NEW.lot_id, NEW.pack_id) THEN
            RAISE EXCEPTION 'a reversal undoes exactly one movement'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_movement_reversal_is_exact';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER formulations_stockmovement_allowed BEFORE INSERT ON formulations_stockmovement
    FOR EACH ROW EXECUTE FUNCTION formulations_movement_allowed();

CREATE FUNCTION formulations_movement_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE formulations_lot SET balance = balance + NEW.quantity WHERE id = NEW.lot_id;
    IF NEW.pack_id IS NOT NULL THEN
        UPDATE formulations_pack SET "left" = "left" + NEW.quantity WHERE id = NEW.pack_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER formulations_stockmovement_counts AFTER INSERT ON formulations_stockmovement
    FOR EACH ROW EXECUTE FUNCTION formulations_movement_counts();
"""

PREPARED = """
CREATE FUNCTION formulations_component_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movement formulations_stockmovement;
    pack_patient bigint;
    mix_patient bigint;
BEGIN
    SELECT * INTO movement FROM formulations_stockmovement WHERE id = NEW.movement_id;
    SELECT patient_id INTO pack_patient FROM formulations_pack WHERE id = NEW.pack_id;
    SELECT patient_id INTO mix_patient FROM formulations_preparation WHERE id = NEW.preparation_id;
    IF pack_patient <> mix_patient THEN
        RAISE EXCEPTION 'the pack was opened for another patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'container_shared';
    ELSIF movement.kind <> 'draw' OR movement.pack_id IS DISTINCT FROM NEW.pack_id
          OR movement.quantity <> -NEW.volume_ml THEN
        RAISE EXCEPTION 'a component is what its movement drew'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'preparation_component_is_drawn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER formulations_preparationcomponent_drawn BEFORE INSERT ON formulations_preparationcomponent
    FOR EACH ROW EXECUTE FUNCTION formulations_component_drawn();

CREATE FUNCTION formulations_preparation_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mix bigint := CASE TG_TABLE_NAME WHEN 'formulations_preparation' THEN NEW.id
        ELSE (to_jsonb(NEW) ->> 'preparation_id')::bigint END;
BEGIN
    IF (SELECT total_ml FROM formulations_preparation WHERE id = mix) <>
       (SELECT coalesce(sum(volume_ml), 0) FROM formulations_preparationcomponent WHERE preparation_id = mix) THEN
        RAISE EXCEPTION 'the volume of a mix is the sum of its components'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'preparation_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER formulations_preparation_total AFTER INSERT ON formulations_preparation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION formulations_preparation_adds_up();
CREATE CONSTRAINT TRIGGER formulations_preparationcomponent_total AFTER INSERT ON formulations_preparationcomponent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION formulations_preparation_adds_up();

CREATE FUNCTION formulations_preparation_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF patients_only_moves(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    ELSIF OLD.state IN ('reconciled', 'discarded') THEN
        RAISE EXCEPTION 'a % mix is closed', OLD.state
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'preparation_closed';
    ELSIF (NEW.clinic_id, NEW.patient_id, NEW.total_ml, NEW.prepared_at, NEW.prepared_by_id, NEW.version_id)
          IS DISTINCT FROM
          (OLD.clinic_id, OLD.patient_id, OLD.total_ml, OLD.prepared_at, OLD.prepared_by_id, OLD.version_id) THEN
        RAISE EXCEPTION 'what was drawn cannot be changed'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'preparation_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER formulations_preparation_closed BEFORE UPDATE ON formulations_preparation
    FOR EACH ROW EXECUTE FUNCTION formulations_preparation_closed();
CREATE TRIGGER formulations_preparation_kept BEFORE DELETE ON formulations_preparation
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
"""

RECIPES = """
CREATE FUNCTION formulations_component_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    recipe bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
BEGIN
    IF (SELECT review FROM formulations_formulationversion WHERE id = recipe) <> 'proposed' THEN
        RAISE EXCEPTION 'an approved recipe is changed by a new version'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'formulation_version_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER formulations_formulationcomponent_frozen
    BEFORE INSERT OR UPDATE OR DELETE ON formulations_formulationcomponent
    FOR EACH ROW EXECUTE FUNCTION formulations_component_frozen();

CREATE FUNCTION formulations_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.review <> 'proposed' AND (TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['review', 'retired_at', 'retired_by_id']
          <> to_jsonb(OLD) - ARRAY['review', 'retired_at', 'retired_by_id']
       OR NEW.review = 'proposed') THEN
        RAISE EXCEPTION 'an approved recipe is changed by a new version'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'formulation_version_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER formulations_formulationversion_frozen BEFORE UPDATE OR DELETE ON formulations_formulationversion
    FOR EACH ROW EXECUTE FUNCTION formulations_version_frozen();
"""

ONLY_ADDED = [
    "formulations_stockmovement",
    "formulations_lotstatechange",
    "formulations_preparationcomponent",
    "formulations_preparationsubstance",
    "formulations_preparationfinding",
]
HISTORY = [
    "formulations_formulationversionevent",
    "formulations_lotevent",
    "formulations_preparationevent",
    "formulations_productevent",
    "formulations_productingredientevent",
]

GROWS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION clinic_append_only();\n"
    for table in ONLY_ADDED
)

GRANTS = f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join([*ONLY_ADDED, *HISTORY])} FROM clinic_app;
    END IF;
END $$;
"""

BACK = (
    "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in ONLY_ADDED)
    + """
DROP TRIGGER formulations_formulationversion_frozen ON formulations_formulationversion;
DROP TRIGGER formulations_formulationcomponent_frozen ON formulations_formulationcomponent;
DROP TRIGGER formulations_preparation_kept ON formulations_preparation;
DROP TRIGGER formulations_preparation_closed ON formulations_preparation;
DROP TRIGGER formulations_preparationcomponent_total ON formulations_preparationcomponent;
DROP TRIGGER formulations_preparation_total ON formulations_preparation;
DROP TRIGGER formulations_preparationcomponent_drawn ON formulations_preparationcomponent;
DROP TRIGGER formulations_stockmovement_counts ON formulations_stockmovement;
DROP TRIGGER formulations_stockmovement_allowed ON formulations_stockmovement;
DROP TRIGGER formulations_pack_left ON formulations_pack;
DROP TRIGGER formulations_lot_balance ON formulations_lot;
DROP FUNCTION formulations_version_frozen(), formulations_component_frozen(), formulations_preparation_closed(),
    formulations_preparation_adds_up(), formulations_component_drawn(), formulations_movement_counts(),
    formulations_movement_allowed(), formulations_pack_starts_full(), formulations_lot_starts_empty();
"""
)


class Migration(migrations.Migration):
    """Stock is the sum of its movements, what was drawn stays drawn, and an approved recipe stays as approved."""

    dependencies = [("formulations", "0001_initial"), ("patients", "0003_closed_rows")]
    operations = [migrations.RunSQL([LEDGER, PREPARED, RECIPES, GROWS, GRANTS], BACK)]
