import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_application_is_not_the_owner_of_its_tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM pg_tables WHERE tableowner = current_user GROUP BY 1")
        assert cursor.fetchall() == []
