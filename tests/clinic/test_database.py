import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone


@pytest.mark.django_db
def test_the_application_is_not_the_owner_of_its_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchall() == []
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("clinic_app",)


@pytest.mark.django_db
def test_the_application_cannot_empty_or_change_a_table():
    for statement in (
        "TRUNCATE django_session",
        "ALTER TABLE django_session ADD COLUMN x int",
        "CREATE TABLE x (y int)",
    ):
        refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_seen_by_other_connections_and_gone_afterwards(at_once, turn):
    assert Session.objects.count() == 0

    Session.objects.create(session_key="one", session_data="", expire_date=timezone.now())

    assert at_once(lambda _: Session.objects.count(), range(3)) == [1, 1, 1]
