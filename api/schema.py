"""Small corrections to the description of the API, so that it says what the door does."""

from typing import Any

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "reasons": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["code", "detail", "reasons"],
}
REFUSALS = {
    "400": "Malformed: a field is unknown, missing or wrong.",
    "401": "No log-in.",
    "403": "Not allowed, or a confirmation is needed.",
    "404": "Not there, or not yours.",
    "409": "Refused: the reasons say why and how to mend it.",
    "413": "Too large.",
    "503": "Busy: send it again.",
}

SECOND_PERSON = "Not done yet: a second person has to agree, or time has to pass; `approval` is what they agree to."


def describe_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to each operation the ways in which the door says no."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            told = {"202": SECOND_PERSON, **REFUSALS} if method == "post" else REFUSALS
            for status, text in told.items():
                operation["responses"].setdefault(status, {"description": text, "content": content})
    return result
