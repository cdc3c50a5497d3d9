"""Who sent a request: believed from the configured proxies, and from nobody else."""

import pytest

from clinic.middleware import Forwarded


@pytest.fixture
def arrive(rf, settings):
    def send(*, peer, forwarded="", proto="", proxies=()):
        settings.TRUSTED_PROXIES = list(proxies)
        seen = {}
        request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded, HTTP_X_FORWARDED_PROTO=proto)
        Forwarded(lambda request: seen.update(address=request.META["REMOTE_ADDR"], secure=request.is_secure()))(request)
        return seen["address"], seen["secure"]

    return send


def test_a_claim_of_a_stranger_is_not_believed(arrive):
    assert arrive(peer="203.0.113.9", forwarded="10.0.0.1", proto="https") == ("203.0.113.9", False)


def test_the_proxy_says_who_came_and_how(arrive):
    found = arrive(peer="172.31.250.2", forwarded="203.0.113.9", proto="https", proxies=["172.31.250.0/24"])
    assert found == ("203.0.113.9", True)


def test_what_the_visitor_wrote_before_the_proxy_s_own_word_is_not_read(arrive):
    found = arrive(peer="172.31.250.2", forwarded="1.2.3.4, 203.0.113.9", proxies=["172.31.250.0/24"])
    assert found == ("203.0.113.9", False)


def test_a_chain_of_proxies_is_followed_to_its_end(arrive):
    found = arrive(peer="172.31.250.2", forwarded="203.0.113.9, 172.31.250.7", proxies=["172.31.250.0/24"])
    assert found == ("203.0.113.9", False)


def test_words_that_are_no_address_are_left_aside(arrive):
    found = arrive(peer="172.31.250.2", forwarded="nobody", proxies=["172.31.250.0/24"])
    assert found == ("172.31.250.2", False)
