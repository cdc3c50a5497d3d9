from types import SimpleNamespace

from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from clinic.middleware import Busy


def timed_out():
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = type("Cause", (Exception,), {"pgcode": "55P03"})()
    return error


def visit(*outcomes):
    """A request whose view answers so on each further call."""
    calls = iter(outcomes)

    def view(request):
        outcome = next(calls)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    request = RequestFactory().get("/patients/")
    request.resolver_match = SimpleNamespace(func=view, args=(), kwargs={})
    return request


def busy():
    return Busy(lambda request: HttpResponse())


def test_a_request_that_ran_out_of_time_is_tried_once_more():
    answer = busy().process_exception(visit(HttpResponse("there")), timed_out())
    assert answer.text == "there"


def test_a_request_that_ran_out_of_time_twice_is_told_to_wait():
    answer = busy().process_exception(visit(timed_out()), timed_out())
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_any_other_mistake_goes_its_usual_way():
    assert busy().process_exception(visit(), ValueError("no")) is None


def test_an_exception_that_another_part_answers_still_reaches_it(as_user, owner):
    owner.set_password("correct horse battery staple")
    owner.save()
    browser = as_user(owner)
    answer = browser.get("/accounts/totp/activate/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
