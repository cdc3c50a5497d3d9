"""The containers: checked as far as a machine without a container engine can."""

import os
import re
import subprocess

import pytest
import yaml

from clinic.embedded.postgres import APP, OWNER, Cluster, programs
from clinic.testing import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
RIGHTS = """
    SELECT defaclobjtype, pg_get_userbyid(defaclrole), defaclacl::text FROM pg_default_acl ORDER BY 1
"""


def test_all_parts_are_there_and_each_is_watched():
    services = COMPOSE["services"]
    assert set(services) == {"database", "redis", "migrate", "web", "worker", "beat", "proxy"}
    unwatched = {name for name, service in services.items() if "healthcheck" not in service}
    assert unwatched == {"web"}
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_only_migrations_know_the_owner_s_password():
    knowing = {name for name, service in COMPOSE["services"].items() if "OWNER_DATABASE_URL" in str(service)}
    assert knowing == {"migrate"}


def test_nothing_secret_stands_in_the_files():
    for name in ("docker-compose.yml", "Dockerfile", "deploy/env.example"):
        given = re.findall(r"^ *(\w*(?:PASSWORD|SECRET_KEY|TOKEN))[:=] *(.*)$", (ROOT / name).read_text(), re.MULTILINE)
        assert {key: value for key, value in given if value and not value.startswith("${")} == {}
    addresses = re.findall(r"://\w*:([^@]*)@", (ROOT / "docker-compose.yml").read_text())
    assert addresses
    assert all(password.startswith("${") for password in addresses)


def test_what_the_file_asks_for_stands_in_the_example():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^(\w+)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE))
    assert asked == example


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_database_is_ready_when_others_reach_it_not_while_its_roles_are_made():
    assert "-h 127.0.0.1" in COMPOSE["services"]["database"]["healthcheck"]["test"][1]


@pytest.fixture
def two_clusters(tmp_path_factory):
    clusters = [Cluster(tmp_path_factory.mktemp("c"), fast=True) for _ in range(2)]
    for cluster in clusters:
        cluster.start(with_parent=True)
    yield clusters
    for cluster in clusters:
        cluster.stop()


def test_a_container_s_database_gives_the_same_rights_as_the_embedded_one(two_clusters):
    by_script, embedded = two_clusters
    embedded.ensure_database()
    subprocess.run(
        ["bash", "deploy/postgres/10-roles.sh"],
        cwd=ROOT,
        env={
            "PATH": f"{programs()}:{os.environ['PATH']}",
            "PGHOST": str(by_script.socket_folder),
            "POSTGRES_USER": "postgres",
            "OWNER_PASSWORD": "a'b",
            "APP_PASSWORD": "c",
        },
        check=True,
        capture_output=True,
    )
    found = []
    for cluster in two_clusters:
        with cluster.cursor("clinic") as cursor:
            cursor.execute(RIGHTS)
            rights = cursor.fetchall()
            cursor.execute("SELECT extname FROM pg_extension ORDER BY 1")
            extensions = cursor.fetchall()
            cursor.execute(
                "SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_schema_privilege(%s, 'public', 'CREATE')",
                [APP, OWNER],
            )
            found.append((rights, extensions, cursor.fetchone()))
    assert found[0] == found[1]
    assert found[0][2] == (False, True)
