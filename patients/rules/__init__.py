"""Who may, and is it the moment."""

from patients.rules import patients, statements, tasks

__all__ = ["patients", "statements", "tasks"]
