from django.urls import path

from messaging.views import messages

app_name = "messaging"
urlpatterns = [
    path("", messages.message_list, name="message_list"),
    path("in-doubt/", messages.doubt_list, name="doubt_list"),
    path("<int:pk>/", messages.message_show, name="message_show"),
    path("<int:pk>/decide/", messages.message_decide, name="message_decide"),
]
