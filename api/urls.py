"""Every address of API v1."""

from django.urls import path

from api.views import accounts, appointments, documents, messages

app_name = "api"
urlpatterns = [
    path("appointment-kinds/", appointments.AppointmentKinds.as_view(), name="appointment_kinds"),
    path("appointments/", appointments.Appointments.as_view(), name="appointments"),
    path("appointments/<int:pk>/", appointments.AppointmentDetail.as_view(), name="appointment"),
    path("appointments/<int:pk>/cancel/", appointments.AppointmentCancel.as_view(), name="appointment_cancel"),
    path("appointments/<int:pk>/move/", appointments.AppointmentMove.as_view(), name="appointment_move"),
    path("appointments/<int:pk>/status/", appointments.AppointmentStatus.as_view(), name="appointment_status"),
    path("documents/", documents.Documents.as_view(), name="documents"),
    path("documents/<int:pk>/", documents.DocumentDetail.as_view(), name="document"),
    path("documents/<int:pk>/file/", documents.DocumentFile.as_view(), name="document_file"),
    path("me/", accounts.Me.as_view(), name="me"),
    path("me/step-up/", accounts.MyStepUp.as_view(), name="me_step_up"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("practitioners/", accounts.Practitioners.as_view(), name="practitioners"),
    path("locations/", accounts.Locations.as_view(), name="locations"),
    path("rooms/", appointments.Rooms.as_view(), name="rooms"),
    path("slots/", appointments.Slots.as_view(), name="slots"),
]
