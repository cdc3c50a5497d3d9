"""What the words of a paper may name: each name is one that something fills, and what must not be missing is there."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, Node, Variable, VariableNode
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.utils.translation import gettext as _

from documents.rendering import sandbox

EVERYWHERE = frozenset(
    {
        "language",
        "currency",
        *(
            f"clinic.{name}"
            for name in ["name", "phone", "emergency_phone", "email", "address", "time_zone", "is_demo"]
        ),
        *(f"patient.{name}" for name in ["name", "number", "born_on"]),
    }
)
CONSENT = frozenset(
    {
        *(
            f"practitioner.{name}"
            for name in ["name", "profession", "licence_number", "licence_issuer", "insurance", "interests"]
        ),
        *(f"protocol.{name}" for name in ["name", "evidence_grade", "evidence_note"]),
        *(
            f"options.{name}"
            for name in ["photos_record", "photos_teaching", "photos_marketing", "follow_up", "statistics", "observers"]
        ),
        *["sessions", "interval_text", "price", "price_per_session", "aim", "measures", "own_results"],
        *["ingredients", "risks", "alternatives", "reflection_hours"],
    }
)
AFTERCARE = frozenset(
    {
        *(f"session.{name}" for name in ["ordinal", "total", "on"]),
        *["practitioner.name", "next_visit.at", "emergency_phone", "zones", "products", "advice_for"],
        *["advice_general", "advice_zone", "red_flags_call", "red_flags_emergency"],
    }
)
RECEIPT = frozenset(
    {
        *(
            f"receipt.{name}"
            for name in ["kind", "number", "corrects", "reason", "lines", "method", "received_on", "currency"]
        ),
        *(f"receipt.{name}" for name in ["net", "tax", "tax_rate", "total"]),
        *(f"seller.{name}" for name in ["name", "address", "tax_number"]),
        *["buyer.address", "exemption"],
    }
)
KNOWN = {
    "consent": EVERYWHERE | CONSENT,
    "aftercare": EVERYWHERE | AFTERCARE,
    "receipt": EVERYWHERE | RECEIPT,
}
NEEDED = {
    "consent": frozenset({"patient.name", "protocol.evidence_note", "ingredients", "risks", "practitioner.name"}),
    "aftercare": frozenset({"products", "zones"}),
    "receipt": frozenset(
        {
            *["receipt.number", "receipt.lines", "receipt.net", "receipt.tax", "receipt.total", "receipt.corrects"],
            *["seller.name", "seller.tax_number", "exemption", "patient.name"],
        }
    ),
}


def flaws_in(kind: str, body: Mapping[str, Any]) -> list[str]:
    """List the names in the words of a paper that nothing fills, and those that it may not go without.

    A sort of paper whose names nobody has listed is not judged.
    """
    if kind not in KNOWN:
        return []
    used = {name for source in _sources(body) for name in names_in(source)}
    roots = {name.partition(".")[0] for name in KNOWN[kind]}
    unknown = sorted(name for name in used if not _is_known(name, KNOWN[kind], roots))
    missing = sorted(NEEDED[kind] - used)
    return [_("nothing fills “%(name)s”") % {"name": name} for name in unknown] + [
        _("“%(name)s” is missing") % {"name": name} for name in missing
    ]


def _sources(body: Mapping[str, Any]) -> Iterator[str]:
    yield str(body.get("title", ""))
    for part in body.get("sections", []):
        yield from (str(part["heading"]), str(part["body"]))


def _is_known(name: str, known: frozenset[str], roots: set[str]) -> bool:
    return name in known or name in roots


def names_in(source: str) -> set[str]:
    """List the names that a text fills in or asks about; those that a loop gives are its own."""
    try:
        nodes = sandbox().from_string(source).nodelist
    except TemplateSyntaxError:
        return set()
    return {name for node in nodes for name in _names(node, frozenset())}


def _names(node: Node, own: frozenset[str]) -> Iterator[str]:
    for expression in _expressions(node):
        yield from (name for name in _of(expression) if name.partition(".")[0] not in own)
    if isinstance(node, ForNode):
        own |= {"forloop", *node.loopvars}
    if isinstance(node, WithNode):
        own |= set(node.extra_context)
    if isinstance(node, IfNode):
        inner = [each for _condition, nodes in node.conditions_nodelists for each in nodes]
    else:
        inner = [each for name in node.child_nodelists for each in getattr(node, name, None) or ()]
    for each in inner:
        yield from _names(each, own)


def _expressions(node: Node) -> Iterator[Any]:
    if isinstance(node, VariableNode):
        yield node.filter_expression
    elif isinstance(node, ForNode):
        yield node.sequence
    elif isinstance(node, WithNode):
        yield from node.extra_context.values()
    elif isinstance(node, IfNode):
        for condition, _nodes in node.conditions_nodelists:
            yield from _operands(condition)


def _operands(condition: Any) -> Iterator[Any]:
    """Give the values between the operators of a condition."""
    if condition is None:
        return
    if isinstance(getattr(condition, "value", None), FilterExpression):
        yield condition.value
    for side in ("first", "second"):
        yield from _operands(getattr(condition, side, None))


def _of(expression: Any) -> Iterator[str]:
    if not isinstance(expression, FilterExpression):
        return
    arguments = [value for _filter, given in expression.filters for is_name, value in given if is_name]
    for each in (expression.var, *arguments):
        if isinstance(each, Variable) and each.lookups:
            yield ".".join(each.lookups[:2])
