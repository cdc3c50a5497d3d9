from django.urls import path

from reminders.views import appointments, words

app_name = "reminders"
urlpatterns = [
    path("appointments/<int:pk>/", appointments.appointment_story, name="appointment_story"),
    path("words/", words.words_list, name="words_list"),
    path("words/<str:words>/<str:language>/", words.words_edit, name="words_edit"),
]
