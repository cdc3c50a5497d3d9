"""A report as a file that is handed out while it is written."""

from django.http import StreamingHttpResponse

from reports.tables.sheets import Asked, Report, csv_lines


def answer_with(report: Report, asked: Asked) -> StreamingHttpResponse:
    """Hand out a report as CSV, line by line; whoever hands it out notes it first."""
    sheet = report.sheet(asked)
    lines = csv_lines(report, sheet.rows, sheet.totals)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{report.name}.csv"'
    return answer
