from datetime import date

from django.urls import path, register_converter

from scheduling.views import appointments, boards, bookings, calls, daily_lists, days, imports, series, set_up, sheets

app_name = "scheduling"


class DayConverter:
    """A day in an address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("", days.day_today, name="day_today"),
    path("day/<day:day>/", days.day_show, name="day_show"),
    path("board/<day:day>/", boards.day_board, name="day_board"),
    path("week/<day:day>/", boards.week_board, name="week_board"),
    path("waiting/", boards.day_waiting, name="day_waiting"),
    path("calls/", calls.call_list, name="call_list"),
    path("book/", bookings.appointment_book, name="appointment_book"),
    path("book/<int:pk>/", bookings.appointment_time, name="appointment_time"),
    path("book/<int:pk>/confirm/", bookings.appointment_confirm, name="appointment_confirm"),
    path("patients/<int:pk>/", bookings.patient_visits, name="patient_visits"),
    path("courses/<int:pk>/series/", series.course_propose, name="course_propose"),
    path("courses/<int:pk>/series/wish/", series.course_wish, name="course_wish"),
    path("courses/<int:pk>/series/book/", series.course_book, name="course_book"),
    path("visits/<int:pk>/", appointments.appointment_detail, name="appointment_detail"),
    path("visits/<int:pk>/sheet/", sheets.appointment_sheet, name="appointment_sheet"),
    path("visits/<int:pk>/place/", sheets.appointment_place, name="appointment_place"),
    path("visits/<int:pk>/call/", calls.call_note, name="call_note"),
    path("visits/<int:pk>/move/", appointments.appointment_move, name="appointment_move"),
    path("visits/<int:pk>/cancel/", appointments.appointment_cancel, name="appointment_cancel"),
    path("visits/<int:pk>/status/", sheets.appointment_status, name="appointment_status"),
    path("daily-lists/", daily_lists.daily_list_show, name="daily_list_show"),
    path("daily-lists/card/", daily_lists.daily_list_card, name="daily_list_card"),
    path("daily-lists/history/", daily_lists.daily_entry_list, name="daily_entry_list"),
    path("daily-lists/set-up/", daily_lists.daily_list_set_up, name="daily_list_set_up"),
    path("daily-lists/set-up/add/", daily_lists.daily_list_add, name="daily_list_add"),
    path("daily-lists/set-up/<int:pk>/", daily_lists.daily_list_change, name="daily_list_change"),
    path("daily-lists/<int:pk>/", daily_lists.daily_list_record, name="daily_list_record"),
    path("daily-lists/entries/<int:pk>/correct/", daily_lists.daily_entry_correct, name="daily_entry_correct"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/send/", imports.import_upload, name="import_upload"),
    path("imports/<int:pk>/", imports.import_show, name="import_show"),
    path("imports/<int:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:pk>/wrong/", imports.import_wrong, name="import_wrong"),
    path("imports/<int:pk>/run/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/lines/<int:line>/", imports.import_decide, name="import_decide"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/drop/", imports.import_drop, name="import_drop"),
    path("set-up/", set_up.calendar_show, name="calendar_show"),
    path("set-up/rooms/", set_up.room_add, name="room_add"),
    path("set-up/rooms/<int:pk>/", set_up.room_edit, name="room_edit"),
    path("set-up/kinds/", set_up.kind_add, name="kind_add"),
    path("set-up/kinds/<int:pk>/", set_up.kind_edit, name="kind_edit"),
    path("set-up/hours/", set_up.hours_add, name="hours_add"),
    path("set-up/hours/<int:pk>/end/", set_up.hours_end, name="hours_end"),
    path("set-up/exceptions/", set_up.exception_add, name="exception_add"),
    path("set-up/exceptions/<int:pk>/remove/", set_up.exception_remove, name="exception_remove"),
    path("set-up/closures/", set_up.closure_add, name="closure_add"),
    path("set-up/closures/<int:pk>/remove/", set_up.closure_remove, name="closure_remove"),
]
