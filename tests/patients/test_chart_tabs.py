import re

import pytest

pytestmark = pytest.mark.django_db


def links_in(page, start, end):
    part = page[page.index(start) : page.index(end, page.index(start))]
    return [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+)"', part)]


@pytest.mark.parametrize("who", ["practitioner", "nurse", "owner", "front_desk", "auditor"])
def test_every_tab_and_next_step_that_is_shown_opens(patient, as_user, request, who):
    browser = as_user(request.getfixturevalue(who))
    page = browser.get(f"/patients/{patient.pk}/").content.decode()
    tabs = links_in(page, 'class="tabs"', "</nav>")

    assert tabs[0] == f"/patients/{patient.pk}/"
    for url in [*tabs, *links_in(page, 'class="page-actions"', 'class="columns')]:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        if f"patient={patient.pk}" in url:
            assert patient.full_name in answer.content.decode(), url


def test_the_page_in_front_is_the_marked_tab(patient, nurse, as_user):
    page = as_user(nurse).get(f"/patients/{patient.pk}/history/").content.decode()

    assert f'<a href="/patients/{patient.pk}/history/" aria-current="page">' in page
    assert f'<a href="/patients/{patient.pk}/" aria-current="page">' not in page
