"""Every address of API v1."""

from django.urls import path

from api.views import accounts, appointments, documents, formulations, messages, stock

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
    path("effects/", formulations.Effects.as_view(), name="effects"),
    path("formulations/", formulations.Formulations.as_view(), name="formulations"),
    path("formulations/<int:pk>/approve/", formulations.FormulationApprove.as_view(), name="formulation_approve"),
    path("formulations/check/", formulations.FormulationCheck.as_view(), name="formulation_check"),
    path("incompatibilities/", formulations.PairRules.as_view(), name="pair_rules"),
    path("indications/", formulations.Indications.as_view(), name="indications"),
    path("ingredients/", formulations.Ingredients.as_view(), name="ingredients"),
    path("ingredients/<slug:slug>/", formulations.IngredientDetail.as_view(), name="ingredient"),
    path("locations/", accounts.Locations.as_view(), name="locations"),
    path("lots/", stock.Lots.as_view(), name="lots"),
    path("lots/<int:pk>/", stock.LotDetail.as_view(), name="lot"),
    path("lots/<int:pk>/exposure/", stock.LotExposure.as_view(), name="lot_exposure"),
    path("lots/<int:pk>/movements/", stock.LotMovements.as_view(), name="lot_movements"),
    path("lots/<int:pk>/quarantine/", stock.LotQuarantine.as_view(), name="lot_quarantine"),
    path("lots/<int:pk>/recall/", stock.LotRecall.as_view(), name="lot_recall"),
    path("lots/<int:pk>/release/", stock.LotRelease.as_view(), name="lot_release"),
    path("me/", accounts.Me.as_view(), name="me"),
    path("me/step-up/", accounts.MyStepUp.as_view(), name="me_step_up"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("packs/", stock.Packs.as_view(), name="packs"),
    path("practitioners/", accounts.Practitioners.as_view(), name="practitioners"),
    path("preparations/", stock.Preparations.as_view(), name="preparations"),
    path("preparations/<int:pk>/", stock.PreparationDetail.as_view(), name="preparation"),
    path("preparations/<int:pk>/discard/", stock.PreparationDiscard.as_view(), name="preparation_discard"),
    path("products/", formulations.Products.as_view(), name="products"),
    path("products/<int:pk>/", formulations.ProductDetail.as_view(), name="product"),
    path("rooms/", appointments.Rooms.as_view(), name="rooms"),
    path("slots/", appointments.Slots.as_view(), name="slots"),
]
