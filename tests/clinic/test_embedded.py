"""The embedded PostgreSQL: private, whole, and clear about what it cannot do."""

import os
import stat
from pathlib import Path

import psycopg2
import pytest

from clinic.embedded.postgres import APP, OWNER, Cluster
from clinic.embedded.redis import Broker
from clinic.embedded.trouble import CannotStart


@pytest.fixture
def home(tmp_path_factory):
    """A short path: a socket's may have a hundred letters."""
    return tmp_path_factory.mktemp("h")


@pytest.fixture
def cluster(home):
    cluster = Cluster(home, fast=True)
    yield cluster
    cluster.stop()


def test_two_roles_of_which_the_application_owns_nothing(cluster):
    cluster.start(with_parent=True)
    cluster.ensure_database()
    cluster.ensure_database()

    with cluster.connect("clinic", OWNER) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id int)")
    app = cluster.connect("clinic", APP)
    with app.cursor() as cursor:
        cursor.execute("INSERT INTO kept VALUES (1)")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("TRUNCATE kept")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE mine (id int)")
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
    app.close()
    owner.close()


def test_nobody_else_reads_the_data_or_reaches_the_socket(cluster):
    cluster.start(with_parent=True)
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    with cluster.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs PostgreSQL itself")
def test_a_closed_folder_above_is_opened_for_passing_only_and_that_is_said(home):
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "d", fast=True)
    try:
        cluster.start(with_parent=True)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o701
        assert any(f"Changed {closed} from 700 to 701" in sentence for sentence in cluster.said)
    finally:
        cluster.stop()


def test_a_start_that_was_killed_half_way_is_begun_anew(cluster):
    (cluster.home / "postgres.unfinished").mkdir()
    (cluster.home / "postgres.unfinished" / "PG_VERSION").write_text("18\n")

    cluster.start(with_parent=True)

    assert cluster.answers()
    assert not (cluster.home / "postgres.unfinished").exists()


def test_the_number_of_a_process_that_is_gone_stops_nothing(cluster):
    cluster.start(with_parent=True)
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")

    cluster.start(with_parent=True)

    assert cluster.answers()


def test_data_of_another_major_is_kept_aside_with_a_sentence_and_the_next_start_succeeds(cluster):
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("15\n")
    (cluster.data / "precious").write_text("rows")

    with pytest.raises(CannotStart, match="made by PostgreSQL 15") as refused:
        cluster.start(with_parent=True)

    kept = cluster.home / "postgres-15-kept"
    assert str(kept) in str(refused.value)
    assert (kept / "precious").read_text() == "rows"
    cluster.start(with_parent=True)
    assert cluster.answers()


def test_a_path_too_long_for_a_socket_gets_a_short_one(home):
    deep = Cluster(home / ("d" * 90))
    assert len(str(deep.socket_folder / ".s.PGSQL.5432")) < 100
    assert Path("/tmp") in deep.socket_folder.parents
    assert len(str(Broker(home / ("d" * 90)).socket)) < 100


def test_redis_starts_beside_it_on_a_private_socket(home):
    broker = Broker(home)
    broker.start(with_parent=True)
    try:
        assert broker.answers()
        assert broker.start(with_parent=True) is None
        assert stat.S_IMODE(broker.socket.stat().st_mode) == 0o700
    finally:
        broker.stop()
    assert not broker.answers()
