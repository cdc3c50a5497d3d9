from scheduling.models.appointments import (
    APPOINTMENT_TRANSITIONS,
    BUSY_COLUMNS,
    LIVE,
    NOT_LIVE,
    Appointment,
    AppointmentOverride,
    AppointmentQuerySet,
    AppointmentStatus,
    StatusChange,
)
from scheduling.models.courses import Course, CourseQuerySet, CourseVisit, CourseVisitQuerySet
from scheduling.models.hours import Closure, ExceptionKind, HoursException, HoursQuerySet, Weekday, WorkingHours
from scheduling.models.kinds import AppointmentKind, KindNeed, KindQuerySet, KindRoom, KindSegment, Resource
from scheduling.models.rooms import Device, PlaceQuerySet, Room
from scheduling.models.waiting import WaitingListEntry, WaitingListQuerySet
from scheduling.models.wishes import TimeWish, TimeWishQuerySet

__all__ = [
    "APPOINTMENT_TRANSITIONS",
    "BUSY_COLUMNS",
    "LIVE",
    "NOT_LIVE",
    "Appointment",
    "AppointmentKind",
    "AppointmentOverride",
    "AppointmentQuerySet",
    "AppointmentStatus",
    "Closure",
    "Course",
    "CourseQuerySet",
    "CourseVisit",
    "CourseVisitQuerySet",
    "Device",
    "ExceptionKind",
    "HoursException",
    "HoursQuerySet",
    "KindNeed",
    "KindQuerySet",
    "KindRoom",
    "KindSegment",
    "PlaceQuerySet",
    "Resource",
    "Room",
    "StatusChange",
    "TimeWish",
    "TimeWishQuerySet",
    "WaitingListEntry",
    "WaitingListQuerySet",
    "Weekday",
    "WorkingHours",
]
