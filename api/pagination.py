"""Lists page by cursor, newest first, at most 200 rows at a time."""

from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """A cursor over the primary key; `?limit=` up to 200."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-pk"
