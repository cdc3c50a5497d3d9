#!/bin/bash
# Runs once, on an empty database folder: the owner migrates, the application does everything else.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
CREATE ROLE clinic_owner LOGIN PASSWORD :'owner';
CREATE ROLE clinic_app LOGIN PASSWORD :'app';
CREATE DATABASE clinic OWNER clinic_owner;
REVOKE ALL ON DATABASE clinic FROM PUBLIC;
GRANT CONNECT ON DATABASE clinic TO clinic_app;
\connect clinic
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO clinic_owner;
GRANT USAGE ON SCHEMA public TO clinic_app;
ALTER DEFAULT PRIVILEGES FOR ROLE clinic_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO clinic_app;
ALTER DEFAULT PRIVILEGES FOR ROLE clinic_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO clinic_app;
SQL
