from django.urls import path

from safety.views import lots, side_effects

app_name = "safety"
urlpatterns = [
    path("", side_effects.side_effect_list, name="side_effect_list"),
    path("<int:pk>/", side_effects.side_effect_detail, name="side_effect_detail"),
    path("count/", side_effects.side_effect_count, name="side_effect_count"),
    path("<int:pk>/review/", side_effects.side_effect_review, name="side_effect_review"),
    path("<int:pk>/move/", side_effects.side_effect_move, name="side_effect_move"),
    path("<int:pk>/close/", side_effects.side_effect_close, name="side_effect_close"),
    path("<int:pk>/lift/", side_effects.side_effect_lift, name="side_effect_lift"),
    path("<int:pk>/suspects/<int:suspect>/", side_effects.suspect_judge, name="suspect_judge"),
    path("lots/<int:pk>/", lots.lot_exposure, name="lot_exposure"),
    path("patients/<int:pk>/", side_effects.patient_side_effects, name="patient_side_effects"),
    path("patients/<int:pk>/report/", side_effects.side_effect_report, name="side_effect_report"),
]
