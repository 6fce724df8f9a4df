"""Addresses of assessment."""

from django.urls import path

from gezel.assessment import panels
from gezel.assessment.views import making, taking

app_name = "assessment"
urlpatterns = [
    path("", taking.mine, name="mine"),
    path("<int:test_pk>/", taking.about, name="about"),
    path("<int:test_pk>/start/", taking.start, name="start"),
    path("sittings/<uuid:registration>/", taking.sit, name="sit"),
    path("sittings/<uuid:registration>/answer/", taking.answer, name="answer"),
    path("sittings/<uuid:registration>/result/", taking.result, name="result"),
    path("sittings/<uuid:registration>/keep/", taking.keep, name="keep"),
    path("answers/", taking.answers, name="answers"),
    path("pictures/<int:item_pk>/<str:name>", taking.picture, name="picture"),
    path("panel/skill/<int:skill_pk>/", panels.panel_skill, name="panel_skill"),
    path("panel/under-way/", panels.panel_under_way, name="panel_under_way"),
    path("banks/", making.banks, name="banks"),
    path("banks/new/", making.new, name="new"),
    path("banks/<int:test_pk>/", making.bank, name="bank"),
    path("banks/<int:test_pk>/parts/", making.parts, name="parts"),
    path("banks/<int:test_pk>/open/", making.open_up, name="open"),
    path("banks/<int:test_pk>/figures/", making.figures, name="figures"),
    path("banks/<int:test_pk>/add/<slug:kind>/", making.add, name="add"),
    path("banks/<int:test_pk>/bring/", making.bring, name="bring"),
    path("banks/intakes/<uuid:pk>/", making.intake, name="intake"),
    path("banks/intakes/<uuid:pk>/take-over/", making.take_over, name="take_over"),
    path("banks/intakes/<uuid:pk>/drop/", making.drop, name="drop"),
    path("banks/items/<int:item_pk>/", making.item, name="item"),
    path("banks/items/<int:item_pk>/change/", making.change, name="change"),
    path("banks/items/<int:item_pk>/step/", making.step, name="step"),
]
