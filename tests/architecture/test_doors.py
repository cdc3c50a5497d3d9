"""Every address says who may come in, and what is permitted is asked for somewhere."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.views import APIView

from accounts.access import TABLE, Access, Permission
from clinic.doors import Nobody
from tests.factories.sources import ROOMS, ROOT, called, modules, tree

# Addresses of the log-in package: those that a person reaches before they are logged in. All others want a log-in.
BEFORE_LOG_IN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
}


def addresses(patterns: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern
        else:
            yield from addresses(pattern.url_patterns, before + str(pattern.pattern))


ADDRESSES = dict(addresses(get_resolver().url_patterns))


def declared(pattern: URLPattern) -> Access | None:
    view = pattern.callback
    return getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)


def of_the_log_in(pattern: URLPattern) -> bool:
    return pattern.callback.__module__.startswith("allauth.")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_declares_who_may_come_in(address):
    pattern = ADDRESSES[address]
    if of_the_log_in(pattern):
        open_to_all = getattr(pattern.callback, "login_required", True) is False
        assert not open_to_all or pattern.name in BEFORE_LOG_IN
    else:
        access = declared(pattern)
        assert access is not None, f"{address} declares no access"
        assert access.kind in {"public", "member", "staff", "patient", "api"}
        if access.kind in {"staff", "api"}:
            assert access.methods, f"{address} demands no permission"


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_an_address_declared_public_is_open_without_a_log_in(address):
    pattern = ADDRESSES[address]
    access = declared(pattern)
    view_class = getattr(pattern.callback, "cls", None)
    if of_the_log_in(pattern) or (view_class and issubclass(view_class, APIView)):
        return
    is_open = getattr(pattern.callback, "login_required", True) is False
    assert not is_open or access.kind in {"public", "patient"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_resource_of_the_machine_s_door_checks_what_it_declares(address):
    view_class = getattr(ADDRESSES[address].callback, "cls", None)
    if view_class and issubclass(view_class, APIView):
        assert view_class.permission_classes, address
        assert view_class.permission_classes != [Nobody] or not declared(ADDRESSES[address])


def test_no_address_is_given_twice():
    every = addresses(get_resolver().url_patterns)
    found = [address for address, pattern in every if not of_the_log_in(pattern)]
    assert sorted({address for address in found if found.count(address) > 1}) == []


def test_every_permission_is_demanded_somewhere():
    demanded = set()
    for path in modules(*ROOMS, "clinic"):
        if path != ROOT / "accounts" / "access.py":
            demanded |= set(re.findall(r"Permission\.([A-Z_]+)", path.read_text()))
    assert {permission.name for permission in Permission} - demanded == set()


def test_every_permission_has_its_line_in_the_table():
    assert set(TABLE) == set(Permission)


WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "select_for_update",
}
NOT_ROWS = {"session", "cookies", "headers", "context", "data", "params", "cache", "hashlib", "response", "digest"}


@pytest.mark.parametrize("app", [*ROOMS, "clinic"])
def test_no_view_writes(app):
    writing = [
        f"{path}:{call.lineno}"
        for path in modules(f"{app}/views")
        for call in called(tree(path))
        if getattr(call.func, "attr", "") in WRITES and not NOT_ROWS & set(re.findall(r"\w+", spelled(call)))
    ]
    assert writing == []


def spelled(call: Any) -> str:
    return ast.unparse(call.func.value)
