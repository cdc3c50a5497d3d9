"""What a database holds, said in figures that can be compared: rows, fingerprints, shape and rights."""

import hashlib
from typing import Any

from psycopg2 import sql

from clinic.embedded.postgres import APP

TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
# Everything that guards the rows: columns, constraints, indexes, triggers and the functions that they call.
# Conditions are not compared letter by letter: read in again, PostgreSQL writes the same one with other casts.
SHAPE = """
    SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
       AND NOT a.attisdropped
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname,
           contype::text || condeferrable || condeferred || convalidated
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexrelid::regclass::text, i.indisunique::text || i.indisvalid
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid) || tgenabled::text
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'function', p.oid::regprocedure::text, md5(p.prosrc) || p.prosecdef
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1, 2, 3
"""
RIGHTS = """
    SELECT c.relname, r.privilege FROM pg_class c
     CROSS JOIN unnest(CASE WHEN c.relkind = 'S' THEN ARRAY['USAGE', 'SELECT', 'UPDATE']
                ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] END) AS r (privilege)
     WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace = 'public'::regnamespace
       AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%(app)s, c.oid, r.privilege)
           ELSE has_table_privilege(%(app)s, c.oid, r.privilege) END
     ORDER BY 1, 2
"""
HEADS = "SELECT DISTINCT ON (chain) chain, seq, hash FROM audit_event ORDER BY chain, seq DESC"


def tables_of(cursor: Any) -> dict[str, list[Any]]:
    """Count each table's rows and sum the fingerprints of all of them; the order of rows does not matter."""
    cursor.execute(TABLES)
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t").format(
                sql.Identifier(name)
            )
        )
        found[name] = list(cursor.fetchone())
    return found


def shape_of(cursor: Any) -> str:
    """Give one fingerprint of all columns, constraints, indexes, triggers and functions."""
    cursor.execute(SHAPE)
    return digest(cursor.fetchall())


def rights_of(cursor: Any) -> str:
    """Give one fingerprint of what the application's role may do with each table and sequence."""
    cursor.execute(RIGHTS, {"app": APP})
    return digest(cursor.fetchall())


def heads_of(cursor: Any) -> dict[str, list[Any]]:
    """Give the last number and hash of each audit chain."""
    cursor.execute(HEADS)
    return {str(chain): [seq, head] for chain, seq, head in cursor.fetchall()}


def same_words(cursor: Any) -> None:
    """Have the server write dates and numbers the same way whatever its settings, so that fingerprints compare."""
    cursor.execute(
        "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
        "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = public; "
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
    )


def digest(rows: Any) -> str:
    return hashlib.sha256("\n".join("\t".join(map(str, row)) for row in rows).encode()).hexdigest()
