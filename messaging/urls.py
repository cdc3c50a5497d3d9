from django.urls import path

from messaging.views import messages, opt_outs

app_name = "messaging"
urlpatterns = [
    path("", messages.message_list, name="message_list"),
    path("in-doubt/", messages.doubt_list, name="doubt_list"),
    path("<int:pk>/", messages.message_show, name="message_show"),
    path("<int:pk>/opt-out/", opt_outs.opt_out_record, name="opt_out_record"),
    path("opt-outs/<int:pk>/lift/", opt_outs.opt_out_lift, name="opt_out_lift"),
    path("<int:pk>/decide/", messages.message_decide, name="message_decide"),
]
