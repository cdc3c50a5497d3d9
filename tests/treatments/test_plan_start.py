from datetime import date

from treatments.rules.courses import lines_of


def test_case_1_runs_on_its_six_days(plan):
    assert [line.window.target_on for line in lines_of(plan)] == [
        date(2025, 2, 3),
        date(2025, 2, 10),
        date(2025, 2, 17),
        date(2025, 2, 24),
        date(2025, 3, 10),
        date(2025, 3, 24),
    ]


def test_pages(plan, consent, as_user, practitioner):
    c = as_user(practitioner)
    for url in (
        f"/treatments/plans/",
        f"/treatments/plans/{plan.pk}/",
        f"/treatments/patients/{plan.patient_id}/plans/",
        f"/treatments/consents/{consent.pk}/",
    ):
        assert c.get(url).status_code == 200, url
