from django.db import migrations

CLOSED = """
CREATE FUNCTION billing_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF patients_only_moves(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % never change: money is given back by another row', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER billing_payment_never_changes BEFORE UPDATE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_never_changes();
CREATE TRIGGER billing_receipt_never_changes BEFORE UPDATE ON billing_receipt
    FOR EACH ROW EXECUTE FUNCTION billing_never_changes();
CREATE TRIGGER billing_payment_kept BEFORE DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
CREATE TRIGGER billing_receipt_kept BEFORE DELETE ON billing_receipt
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
CREATE TRIGGER billing_dayclose_kept BEFORE DELETE ON billing_dayclose
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();
CREATE TRIGGER billing_package_append_only BEFORE UPDATE OR DELETE ON billing_package
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();

CREATE FUNCTION billing_count_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['reopened_at', 'reopened_by_id', 'reopen_reason'];
BEGIN
    IF OLD.reopened_at IS NOT NULL OR to_jsonb(OLD) - open_columns <> to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'a count is not changed: the day is opened again and counted anew'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'count_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_dayclose_stands BEFORE UPDATE ON billing_dayclose
    FOR EACH ROW EXECUTE FUNCTION billing_count_stands();
"""

SOUND = """
CREATE FUNCTION billing_payment_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid billing_payment;
BEGIN
    IF (NEW.plan_id IS NOT NULL
        AND NEW.patient_id <> (SELECT patient_id FROM treatments_treatmentplan WHERE id = NEW.plan_id))
    OR (NEW.appointment_id IS NOT NULL
        AND NEW.patient_id <> (SELECT patient_id FROM scheduling_appointment WHERE id = NEW.appointment_id)) THEN
        RAISE EXCEPTION 'the money, its plan and its visit are of one patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_of_one_patient';
    END IF;
    IF EXISTS (SELECT FROM billing_dayclose WHERE clinic_id = NEW.clinic_id AND day = NEW.received_on
               AND reopened_at IS NULL) THEN
        RAISE EXCEPTION 'the day is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_day_open';
    END IF;
    IF NEW.refund_of_id IS NOT NULL THEN
        SELECT * INTO paid FROM billing_payment WHERE id = NEW.refund_of_id FOR UPDATE;
        IF paid.refund_of_id IS NOT NULL OR paid.patient_id <> NEW.patient_id OR paid.currency <> NEW.currency
           OR paid.plan_id IS DISTINCT FROM NEW.plan_id
           OR paid.amount + NEW.amount
              + (SELECT coalesce(sum(amount), 0) FROM billing_payment WHERE refund_of_id = paid.id) < 0 THEN
            RAISE EXCEPTION 'no more is given back than was paid'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_payment';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_sound BEFORE INSERT ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_payment_sound();

CREATE FUNCTION billing_receipt_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid billing_payment;
BEGIN
    SELECT * INTO paid FROM billing_payment WHERE id = NEW.payment_id;
    IF NEW.total <> paid.amount OR NEW.patient_id <> paid.patient_id OR NEW.currency <> paid.currency
       OR NEW.plan_id IS DISTINCT FROM paid.plan_id
       OR NEW.total <> (SELECT coalesce(sum((line ->> 'amount')::numeric), 0)
                        FROM jsonb_array_elements(NEW.lines) line) THEN
        RAISE EXCEPTION 'a receipt says what was paid, by whom and for what'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_of_payment';
    END IF;
    IF NEW.corrects_id IS DISTINCT FROM (SELECT id FROM billing_receipt WHERE payment_id = paid.refund_of_id) THEN
        RAISE EXCEPTION 'a credit note corrects the receipt of what is given back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_of_receipt';
    END IF;
    IF NEW.serial > 1 AND NOT EXISTS (
        SELECT FROM billing_receipt WHERE clinic_id = NEW.clinic_id AND kind = NEW.kind AND year = NEW.year
        AND serial = NEW.serial - 1) THEN
        RAISE EXCEPTION 'the numbers of receipts have no gap'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_gapless';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_receipt_sound BEFORE INSERT ON billing_receipt
    FOR EACH ROW EXECUTE FUNCTION billing_receipt_sound();
"""

GUARDED = """
CREATE TRIGGER billing_payment_of_open_file BEFORE INSERT ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION patients_file_is_open();
CREATE TRIGGER billing_receipt_of_open_file BEFORE INSERT ON billing_receipt
    FOR EACH ROW EXECUTE FUNCTION patients_file_is_open();
"""

GRANTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE DELETE, TRUNCATE ON billing_payment, billing_receipt, billing_dayclose FROM clinic_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON billing_package, billing_daycloseevent FROM clinic_app;
    END IF;
END $$;
"""

BACK = """
DROP TRIGGER billing_receipt_of_open_file ON billing_receipt;
DROP TRIGGER billing_payment_of_open_file ON billing_payment;
DROP TRIGGER billing_receipt_sound ON billing_receipt;
DROP TRIGGER billing_payment_sound ON billing_payment;
DROP TRIGGER billing_dayclose_stands ON billing_dayclose;
DROP TRIGGER billing_package_append_only ON billing_package;
DROP TRIGGER billing_dayclose_kept ON billing_dayclose;
DROP TRIGGER billing_receipt_kept ON billing_receipt;
DROP TRIGGER billing_payment_kept ON billing_payment;
DROP TRIGGER billing_receipt_never_changes ON billing_receipt;
DROP TRIGGER billing_payment_never_changes ON billing_payment;
DROP FUNCTION billing_receipt_sound(), billing_payment_sound(), billing_count_stands(), billing_never_changes();
"""


class Migration(migrations.Migration):
    """Money is only added: no receipt changes or goes, no number is left out, no more goes back than came in."""

    dependencies = [("billing", "0001_initial"), ("patients", "0006_open_files")]
    operations = [migrations.RunSQL([CLOSED, SOUND, GUARDED, GRANTS], BACK)]
