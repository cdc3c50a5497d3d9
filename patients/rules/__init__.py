"""Who may, and is it the moment."""

from patients.rules import care_teams, patients, statements, tasks

__all__ = ["care_teams", "patients", "statements", "tasks"]
