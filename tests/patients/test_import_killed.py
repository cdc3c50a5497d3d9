"""A worker that is killed as the kernel kills, in the middle of an import."""

import pytest

from patients.actions import imports
from patients.models import ImportBatch, ImportState
from tests.cast import NOON
from tests.factories.imports import checked, csv_of, people

COUNT = 6_000


@pytest.mark.django_db(transaction=True)
def test_after_a_killed_worker_the_next_one_takes_in_the_rest_and_nobody_twice(workers, eventually, clinic, owner):
    batch = checked(clinic, csv_of(*people(COUNT)), by=owner)
    batch = imports.run(batch, duplicates="skip", by=owner, at=NOON)
    worker = workers.start()
    workers.ask("scheduling.tasks.import_due")
    eventually(lambda: clinic.patients.count() > 0, what="nobody was taken in")

    workers.kill(worker)
    taken = clinic.patients.count()
    assert 0 < taken < COUNT

    workers.start()
    workers.ask("scheduling.tasks.import_due")
    eventually(lambda: ImportBatch.objects.get(pk=batch.pk).state == ImportState.DONE, 120, "it was not finished")
    assert clinic.patients.count() == COUNT
    assert clinic.patients.values("family_name").distinct().count() == COUNT
    assert clinic.patients.values("number").distinct().count() == COUNT
