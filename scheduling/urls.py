from datetime import date

from django.urls import path, register_converter

from scheduling.views import appointments, bookings, days, series, set_up

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
    path("book/", bookings.appointment_book, name="appointment_book"),
    path("book/<int:pk>/", bookings.appointment_time, name="appointment_time"),
    path("book/<int:pk>/confirm/", bookings.appointment_confirm, name="appointment_confirm"),
    path("patients/<int:pk>/", bookings.patient_visits, name="patient_visits"),
    path("courses/<int:pk>/series/", series.course_propose, name="course_propose"),
    path("courses/<int:pk>/series/wish/", series.course_wish, name="course_wish"),
    path("courses/<int:pk>/series/book/", series.course_book, name="course_book"),
    path("visits/<int:pk>/", appointments.appointment_detail, name="appointment_detail"),
    path("visits/<int:pk>/move/", appointments.appointment_move, name="appointment_move"),
    path("visits/<int:pk>/cancel/", appointments.appointment_cancel, name="appointment_cancel"),
    path("visits/<int:pk>/status/", appointments.appointment_status, name="appointment_status"),
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
