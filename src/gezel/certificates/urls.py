"""Addresses of certificates."""

from django.urls import path

from gezel.certificates import panels, views

app_name = "certificates"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("register/", views.register, name="register"),
    path("<int:pk>/", views.holding, name="holding"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/file/", views.file, name="file"),
    path("overview/", views.overview, name="overview"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:person_pk>/register/", views.register, name="register_for"),
    path("types/", views.types, name="types"),
    path("types/new/", views.edit_type, name="new_type"),
    path("types/<int:pk>/", views.edit_type, name="type"),
    path("panels/mine/", panels.panel_mine, name="panel_mine"),
    path("panels/team/", panels.panel_team, name="panel_team"),
    path("panels/organisation/", panels.panel_organisation, name="panel_organisation"),
]
