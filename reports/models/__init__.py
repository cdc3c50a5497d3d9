from reports.models.exports import EXPORT_TRANSITIONS, Export, ExportQuerySet, ExportState

__all__ = ["EXPORT_TRANSITIONS", "Export", "ExportQuerySet", "ExportState"]
