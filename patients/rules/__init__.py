"""Who may, and is it the moment."""

from patients.rules import care_teams, imports, merges, patients, received_files, statements, tasks

__all__ = ["care_teams", "imports", "merges", "patients", "received_files", "statements", "tasks"]
