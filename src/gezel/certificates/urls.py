"""Addresses of certificates."""

from django.urls import path

from gezel.certificates import panels
from gezel.certificates.views import holdings, loading, overview, team, types

app_name = "certificates"
urlpatterns = [
    path("", holdings.mine, name="mine"),
    path("register/", holdings.register, name="register"),
    path("<int:pk>/", holdings.holding, name="holding"),
    path("<int:pk>/decide/", holdings.decide, name="decide"),
    path("<int:pk>/file/", holdings.file, name="file"),
    path("hours/", holdings.register_hours, name="register_hours"),
    path("hours/<int:pk>/decide/", holdings.decide_hours, name="decide_hours"),
    path("reminders/<int:pk>/seen/", holdings.seen, name="seen"),
    path("overview/", overview.overview, name="overview"),
    path("team/", team.team, name="team"),
    path("people/<int:pk>/", holdings.person, name="person"),
    path("people/<int:person_pk>/register/", holdings.register, name="register_for"),
    path("people/<int:person_pk>/hours/", holdings.register_hours, name="register_hours_for"),
    path("types/", types.types, name="types"),
    path("types/new/", types.edit_type, name="new_type"),
    path("types/<int:pk>/", types.edit_type, name="type"),
    path("types/<int:pk>/terms/", types.change_terms, name="change_terms"),
    path("terms/<int:pk>/take-back/", types.take_back_terms, name="take_back_terms"),
    path("types/<int:pk>/duties/", types.duties, name="duties"),
    path("types/<int:pk>/duties/count/", types.count_duty, name="count_duty"),
    path("duties/<int:pk>/drop/", types.drop_duty, name="drop_duty"),
    path("exemptions/<int:pk>/end/", types.end_exemption, name="end_exemption"),
    path("tasks/", types.tasks, name="tasks"),
    path("tasks/new/", types.edit_task, name="new_task"),
    path("tasks/<int:pk>/", types.edit_task, name="task"),
    path("tasks/<int:pk>/drop/", types.drop_task, name="drop_task"),
    path("load/", loading.bring, name="load"),
    path("load/example/<str:form>/", loading.example, name="load_example"),
    path("load/<uuid:pk>/", loading.preview, name="load_preview"),
    path("load/<uuid:pk>/columns/", loading.columns, name="load_columns"),
    path("load/<uuid:pk>/confirm/", loading.confirm, name="load_confirm"),
    path("load/<uuid:pk>/discard/", loading.discard, name="load_discard"),
    path("panels/mine/", panels.panel_mine, name="panel_mine"),
    path("panels/team/", panels.panel_team, name="panel_team"),
    path("panels/confirm/", panels.panel_confirm, name="panel_confirm"),
    path("panels/may/", panels.panel_may, name="panel_may"),
    path("panels/lapsing/", panels.panel_lapsing, name="panel_lapsing"),
    path("panels/path/<int:pk>/", panels.panel_path, name="panel_path"),
    path("panels/organisation/", panels.panel_organisation, name="panel_organisation"),
]
