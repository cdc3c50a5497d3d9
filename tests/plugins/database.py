"""The real PostgreSQL: a database per test run, copied from a migrated template, used as the application's role."""

import fcntl
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from clinic.embedded.postgres import Cluster, locked
from clinic.embedded.processes import alive
from clinic.shape import shape
from clinic.testing import TEST_CLUSTER, TEST_DATABASE, TEST_HOME

KEPT = ("django_migrations", "django_content_type", "auth_permission")
TABLES = """
    SELECT c.relname, min(a.attname) FILTER (WHERE a.atttypid IN ('int4'::regtype, 'int8'::regtype))
    FROM pg_class c
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnatts = 1
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL(%s)
    GROUP BY c.relname
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
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


def make_template(cluster: Cluster, template: str) -> None:
    """Migrate once per shape, as the owner, and forget the shapes before the last few."""
    cluster.drop_database(TEST_DATABASE)
    cluster.ensure_database(TEST_DATABASE)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections.close_all()
    cluster.create_database(template, template=TEST_DATABASE)
    with cluster.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' ORDER BY oid DESC OFFSET 4")
        for (old,) in cursor.fetchall():
            cluster.drop_database(old)


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, django_db_blocker: Any) -> Iterator[None]:
    """A database of this run's own."""
    template = f"template_{shape()}"
    sweep(cluster)
    with locked(TEST_HOME / "template.lock"):
        if not cluster.has_database(template):
            with django_db_blocker.unblock():
                make_template(cluster, template)
        cluster.drop_database(TEST_DATABASE)
        cluster.create_database(TEST_DATABASE, template=template)
        cluster.prepare_database(TEST_DATABASE)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    cluster.drop_database(TEST_DATABASE)
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def sweep(cluster: Cluster) -> None:
    """Drop what test runs left behind that were killed."""
    with cluster.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_of\\_%'")
        for (name,) in cursor.fetchall():
            found = re.match(r"test_of_(\d+)", name)
            if found and not alive(int(found[1])):
                cluster.drop_database(name)
                shutil.rmtree(TEST_HOME / name, ignore_errors=True)


class Baseline:
    """The rows that are there before a test commits its own, by each table's highest key."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        with cluster.cursor(TEST_DATABASE) as cursor:
            cursor.execute(TABLES, [list(KEPT)])
            self.keys = dict(cursor.fetchall())
            cursor.execute(sql.SQL(" UNION ALL ").join(map(self.highest, self.keys.items())))
            self.high = dict(cursor.fetchall())

    def highest(self, table_and_key: tuple[str, str | None]) -> sql.Composable:
        table, key = table_and_key
        figure = sql.SQL("max({})").format(sql.Identifier(key)) if key else sql.SQL("count(*)")
        return sql.SQL("SELECT {}::text, {}::bigint FROM {}").format(sql.Literal(table), figure, sql.Identifier(table))

    def restore(self) -> None:
        """Delete what was committed since, past triggers and foreign keys, over a superuser's connection."""
        wipes = [sql.SQL("SET session_replication_role = replica; SET lock_timeout = '10s'")]
        for table, key in self.keys.items():
            high = self.high[table]
            if key and high is not None:
                where = sql.SQL(" WHERE {} > {}").format(sql.Identifier(key), sql.Literal(high))
            elif not key and high:
                continue
            else:
                where = sql.SQL("")
            wipes.append(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) + where)
        with closing(self.cluster.connect(TEST_DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL("; ").join(wipes))


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest, django_db_setup: None) -> None:
    """Tests that commit for real go through `committed`, never through Django's flush."""
    marker = request.node.get_closest_marker("django_db")
    for_real = marker and marker.kwargs.get("transaction")
    if for_real or {"committed", "transactional_db", "site"} & set(request.fixturenames):
        request.getfixturevalue("committed")
    else:
        request.getfixturevalue("_django_db_helper")


@pytest.fixture
def committed(cluster: Cluster, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Transactions of this test are real: other connections see them. What it committed is deleted afterwards."""
    with django_db_blocker.unblock():
        baseline = Baseline(cluster)
        yield
        connections.close_all()
        baseline.restore()


@pytest.fixture
def at_once(committed: None) -> Callable[..., list[Any]]:
    """at_once(function, arguments): call it for each argument in a thread of its own, all at the same moment.

    Answers what each returned, or the exception that it ended with, in the order of the arguments.
    """

    def run(function: Callable[[Any], Any], arguments: Any) -> list[Any]:
        arguments = list(arguments)
        gate = threading.Barrier(len(arguments))
        results: list[Any] = [None] * len(arguments)

        def one(place: int) -> None:
            try:
                gate.wait(30)
                results[place] = function(arguments[place])
            except BaseException as error:
                results[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=[place]) for place in range(len(arguments))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return results

    return run
