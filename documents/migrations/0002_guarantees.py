from django.db import migrations

FROZEN = """
CREATE FUNCTION documents_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns text[] := ARRAY['state', 'file', 'file_sha256', 'sealed_at', 'render_after', 'claimed_at',
        'attempts', 'last_error', 'released_at', 'released_by_id'];
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
BEGIN
    IF patients_only_moves(was, becomes) THEN
        RETURN NEW;
    ELSIF was - open_columns <> becomes - open_columns THEN
        RAISE EXCEPTION 'an issued document never changes'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'document_frozen';
    ELSIF (OLD.file IS NOT NULL AND NEW.file IS DISTINCT FROM OLD.file)
       OR (OLD.file_sha256 IS NOT NULL AND NEW.file_sha256 IS DISTINCT FROM OLD.file_sha256)
       OR (OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS DISTINCT FROM OLD.sealed_at)
       OR (OLD.state = 'sealed' AND NEW.state <> 'sealed') THEN
        RAISE EXCEPTION 'the file of a document is written once'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'document_file_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_document_frozen BEFORE UPDATE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION documents_document_frozen();
CREATE TRIGGER documents_document_kept BEFORE DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION clinic_never_deleted();

CREATE FUNCTION documents_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.state = 'draft'
       OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state') THEN
        RAISE EXCEPTION 'published words change only as a new version'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'template_version_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER documents_templateversion_frozen BEFORE UPDATE OR DELETE ON documents_templateversion
    FOR EACH ROW EXECUTE FUNCTION documents_version_frozen();

CREATE FUNCTION documents_signature_names_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shown_sha256 IS DISTINCT FROM (SELECT sha256 FROM documents_document WHERE id = NEW.document_id) THEN
        RAISE EXCEPTION 'what was signed is not what was issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_of_what_was_shown';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_signature_names_hash BEFORE INSERT ON documents_signature
    FOR EACH ROW EXECUTE FUNCTION documents_signature_names_hash();
CREATE TRIGGER documents_signature_append_only BEFORE UPDATE OR DELETE ON documents_signature
    FOR EACH ROW EXECUTE FUNCTION clinic_append_only();

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON documents_signature, documents_templateversionevent FROM clinic_app;
        REVOKE DELETE, TRUNCATE ON documents_document FROM clinic_app;
    END IF;
END $$;
"""

BACK = """
DROP TRIGGER documents_signature_append_only ON documents_signature;
DROP TRIGGER documents_signature_names_hash ON documents_signature;
DROP TRIGGER documents_templateversion_frozen ON documents_templateversion;
DROP TRIGGER documents_document_kept ON documents_document;
DROP TRIGGER documents_document_frozen ON documents_document;
DROP FUNCTION documents_signature_names_hash(), documents_version_frozen(), documents_document_frozen();
"""


class Migration(migrations.Migration):
    """What was issued stays as it was issued, and a signature names what was shown."""

    dependencies = [("documents", "0001_initial"), ("patients", "0003_closed_rows")]
    operations = [migrations.RunSQL(FROZEN, BACK)]
