from django.urls import path

from reminders.views import appointments

app_name = "reminders"
urlpatterns = [
    path("appointments/<int:pk>/", appointments.appointment_story, name="appointment_story"),
]
