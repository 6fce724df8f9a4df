"""Addresses of people."""

from django.urls import path

from gezel.people import panels
from gezel.people.views import importing, listing, person, settings, tree, units

app_name = "people"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("units/<int:pk>/", tree.unit, name="unit"),
    path("units/like/", units.unit_options, name="unit_options"),
    path("<int:pk>/", person.person, name="person"),
    path("<int:pk>/mandates", person.give, name="give_mandate"),
    path("mandates/<int:pk>/end", person.take_back, name="end_mandate"),
    path("employments/<int:pk>/end", person.end, name="end_employment"),
    path("list/", listing.people, name="list"),
    path("import/", importing.bring, name="import"),
    path("import/example.<str:form>", importing.example, name="import_example"),
    path("import/<uuid:pk>/columns", importing.columns, name="import_columns"),
    path("import/<uuid:pk>/", importing.preview, name="import_preview"),
    path("import/<uuid:pk>/confirm", importing.confirm, name="import_confirm"),
    path("import/<uuid:pk>/discard", importing.discard, name="import_discard"),
    path("settings/", settings.settings, name="settings"),
    path("logo/<int:pk>", settings.logo, name="logo"),
    path("switch", person.switch, name="switch"),
    path("asked/", person.asked, name="asked"),
    path("asked/<int:pk>", person.answer, name="answer"),
    path("panels/asked", panels.asked, name="panel_asked"),
    path("panels/team", panels.team, name="panel_team"),
]
