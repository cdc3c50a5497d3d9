import pytest

from tests.cast import PASSWORD


@pytest.fixture
def not_confirmed(as_user, owner):
    """The owner, who has a password and has not shown it again."""
    owner.set_password(PASSWORD)
    owner.save()
    return as_user(owner)
