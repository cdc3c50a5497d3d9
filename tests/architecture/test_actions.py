"""Every write is an action: it names its event, says who and when, and explains itself."""

import ast

import pytest

from tests.factories.sources import ROOMS, called, functions, modules, tree

ACTIONS = [(path, function) for app in ROOMS for path in modules(f"{app}/actions") for function in functions(path)]
OF_ITSELF = {"enter": {"by"}}  # who comes in by a link is who the link was made for


def named(decorators: list[ast.expr]) -> set[str]:
    return {ast.unparse(decorator).partition("(")[0].rpartition(".")[2] for decorator in decorators}


def keywords(function: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in function.args.kwonlyargs}


def public(function: ast.FunctionDef) -> bool:
    return not function.name.startswith("_")


WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def writes(function: ast.FunctionDef) -> bool:
    return any(getattr(call.func, "attr", "") in WRITES for call in called(function))


def asked_for_by_doors() -> set[tuple[str, str]]:
    """(module, name) of everything that a page, the API, a task or a command calls in a module of actions."""
    doors = [
        path
        for app in [*ROOMS, "clinic"]
        for room in ("views", "tasks", "management")
        for path in modules(f"{app}/{room}")
    ]
    return {
        (call.func.value.id, call.func.attr)
        for path in doors
        for call in called(tree(path))
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    }


ASKED_FOR = asked_for_by_doors()


@pytest.mark.parametrize(("path", "function"), ACTIONS, ids=lambda found: getattr(found, "name", None))
def test_what_a_door_calls_and_what_writes_is_audited(path, function):
    if (path.stem, function.name) in ASKED_FOR and writes(function):
        assert {"audited"} <= named(function.decorator_list), f"{path}:{function.lineno} {function.name}"


@pytest.mark.parametrize(("path", "function"), ACTIONS, ids=lambda found: getattr(found, "name", None))
def test_an_audited_action_says_who_and_when_by_name(path, function):
    if "audited" in named(function.decorator_list):
        assert {"by", "at"} - OF_ITSELF.get(function.name, set()) <= keywords(function), (
            f"{path}:{function.lineno} {function.name}"
        )


@pytest.mark.parametrize(("path", "function"), ACTIONS, ids=lambda found: getattr(found, "name", None))
def test_an_action_says_in_a_sentence_what_it_means(path, function):
    if public(function):
        assert ast.get_docstring(function), f"{path}:{function.lineno} {function.name}"


def test_events_are_named_as_a_noun_and_what_happened_to_it():
    kinds = {
        decorator.args[0].value
        for _path, function in ACTIONS
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and named([decorator]) == {"audited"}
    }
    assert kinds
    assert {
        kind for kind in kinds if kind.count(".") != 1 or not kind.replace("_", "").replace(".", "").islower()
    } == set()
