from scheduling.models.appointments import (
    APPOINTMENT_TRANSITIONS,
    BUSY_COLUMNS,
    LIVE,
    NOT_LIVE,
    Appointment,
    AppointmentOverride,
    AppointmentStatus,
    StatusChange,
)
from scheduling.models.courses import Course, CourseVisit
from scheduling.models.hours import Closure, ExceptionKind, HoursException, Weekday, WorkingHours
from scheduling.models.kinds import AppointmentKind, KindNeed, KindRoom, KindSegment, Resource
from scheduling.models.rooms import Device, Room
from scheduling.models.waiting import WaitingListEntry

__all__ = [
    "APPOINTMENT_TRANSITIONS",
    "BUSY_COLUMNS",
    "LIVE",
    "NOT_LIVE",
    "Appointment",
    "AppointmentKind",
    "AppointmentOverride",
    "AppointmentStatus",
    "Closure",
    "Course",
    "CourseVisit",
    "Device",
    "ExceptionKind",
    "HoursException",
    "KindNeed",
    "KindRoom",
    "KindSegment",
    "Resource",
    "Room",
    "StatusChange",
    "WaitingListEntry",
    "Weekday",
    "WorkingHours",
]
