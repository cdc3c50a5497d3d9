import pytest

from clinic.beat import SoleBeat, is_at_work
from clinic.celery import app
from clinic.schedule import SCHEDULE


@pytest.fixture
def beats(committed):
    made = []

    def begin():
        beat = SoleBeat.__new__(SoleBeat)
        made.append(beat)
        return beat

    yield begin
    for beat in made:
        beat.let_go()


def test_of_two_beats_one_is_at_work(beats):
    first, second = beats(), beats()
    assert not is_at_work()

    assert first.at_work()
    assert not second.at_work()
    assert first.at_work()
    assert is_at_work()


def test_when_a_beat_dies_the_next_takes_over(beats):
    first, second = beats(), beats()
    assert first.at_work()

    first.held.close()

    assert second.at_work()
    assert not first.at_work()


def test_what_beat_asks_for_is_a_task_that_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)
