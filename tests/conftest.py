"""What every test may ask for."""

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from clinic.embedded.postgres import locked
from clinic.testing import ROOT, TEST_CLUSTER, TEST_DATABASE, TEST_HOME


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """The one fast PostgreSQL of all test runs on this machine; the last run to end stops it."""
    TEST_HOME.mkdir(parents=True, exist_ok=True)
    with (TEST_HOME / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        TEST_CLUSTER.start(with_parent=False)
        with locked(TEST_HOME / "roles.lock"):
            TEST_CLUSTER.ensure_roles()
        yield TEST_CLUSTER
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        TEST_CLUSTER.stop()


def schema_stamp() -> str:
    """A name for the database's shape: it changes whenever a migration or an installed package does."""
    stamp = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    stamp.update(repr(settings.INSTALLED_APPS).encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        stamp.update(path.read_bytes())
    stamp.update((ROOT / "clinic" / "embedded" / "postgres.py").read_bytes())
    return stamp.hexdigest()[:16]


@pytest.fixture(scope="session")
def django_db_setup(cluster: Any, django_db_blocker: Any) -> Iterator[None]:
    """A database of this run's own: a copy of one migrated by the owner, used as the application."""
    template = f"template_{schema_stamp()}"
    with locked(TEST_HOME / "template.lock"):
        if not cluster.has_database(template):
            cluster.drop_database(TEST_DATABASE)
            cluster.ensure_database(TEST_DATABASE)
            with django_db_blocker.unblock():
                call_command("migrate", database="owner", verbosity=0, interactive=False)
                connections.close_all()
            cluster.create_database(template, template=TEST_DATABASE)
        cluster.drop_database(TEST_DATABASE)
        cluster.create_database(TEST_DATABASE, template=template)
        cluster.prepare_database(TEST_DATABASE)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    cluster.drop_database(TEST_DATABASE)
