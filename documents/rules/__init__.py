"""Who may, and is it the moment."""

from documents.rules import documents, strokes, templates

__all__ = ["documents", "strokes", "templates"]
