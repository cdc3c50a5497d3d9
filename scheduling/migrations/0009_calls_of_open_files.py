"""No call is noted in a file that was merged away."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER scheduling_callnote_of_open_file BEFORE INSERT ON scheduling_callnote
    FOR EACH ROW EXECUTE FUNCTION patients_file_is_open();
"""
BACK = "DROP TRIGGER scheduling_callnote_of_open_file ON scheduling_callnote;"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_announce"), ("patients", "0008_imports")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
