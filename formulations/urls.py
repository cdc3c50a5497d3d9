from django.urls import path

from formulations.views import catalogue, lots, preparations, products, recipes

app_name = "formulations"
urlpatterns = [
    path("lots/", lots.lot_list, name="lot_list"),
    path("lots/<int:pk>/", lots.lot_detail, name="lot_detail"),
    path("lots/<int:pk>/move/", lots.lot_move, name="lot_move"),
    path("lots/<int:pk>/quarantine/", lots.lot_quarantine, name="lot_quarantine"),
    path("lots/<int:pk>/release/", lots.lot_release, name="lot_release"),
    path("lots/<int:pk>/recall/", lots.lot_recall, name="lot_recall"),
    path("movements/<int:pk>/reverse/", lots.movement_reverse, name="movement_reverse"),
    path("packs/<int:pk>/discard/", preparations.pack_discard, name="pack_discard"),
    path("products/", products.product_list, name="product_list"),
    path("products/add/", products.product_add, name="product_add"),
    path("products/<int:pk>/", products.product_detail, name="product_detail"),
    path("products/<int:pk>/receive/", lots.lot_receive, name="lot_receive"),
    path("ingredients/", catalogue.ingredient_list, name="ingredient_list"),
    path("ingredients/proposed/<int:pk>/", catalogue.ingredient_approve, name="ingredient_approve"),
    path("ingredients/<slug:slug>/", catalogue.ingredient_detail, name="ingredient_detail"),
    path("ingredients/<slug:slug>/sign/", catalogue.ingredient_sign, name="ingredient_sign"),
    path("incompatibilities/", catalogue.pair_rule_list, name="pair_rule_list"),
    path("recipes/", recipes.formulation_list, name="formulation_list"),
    path("recipes/add/", recipes.formulation_add, name="formulation_add"),
    path("recipes/<int:pk>/", recipes.formulation_detail, name="formulation_detail"),
    path("recipes/<int:pk>/approve/", recipes.formulation_approve, name="formulation_approve"),
    path("preparations/<int:pk>/", preparations.preparation_detail, name="preparation_detail"),
    path("preparations/<int:pk>/check/", preparations.preparation_confirm, name="preparation_confirm"),
    path("preparations/<int:pk>/discard/", preparations.preparation_discard, name="preparation_discard"),
]
