"""Fingerprints: of the words at issue, and of the file when it is made."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def frozen(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a payload into plain values, exactly as the database keeps them: days and decimals become text."""
    return dict(json.loads(json.dumps(payload, cls=DjangoJSONEncoder)))


def canonical(value: Any) -> bytes:
    """Write a value in the one way that a fingerprint is taken of."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def version_sha256(body: Mapping[str, Any], *, kind: str, language: str, number: str) -> str:
    """Give the fingerprint of the words of a template version."""
    return hashlib.sha256(canonical({"kind": kind, "language": language, "number": number, "body": body})).hexdigest()


def document_sha256(payload: Mapping[str, Any], *, template_sha256: str, number: str) -> str:
    """Give the fingerprint of what was issued: the payload, the words it fills, and the number on the paper."""
    return hashlib.sha256(canonical({"number": number, "template": template_sha256, "payload": payload})).hexdigest()


def file_sha256(content: bytes) -> str:
    """Give the fingerprint of a file."""
    return hashlib.sha256(content).hexdigest()
