"""Addresses of trust."""

from django.urls import path

from gezel.trust import views

app_name = "trust"
urlpatterns = [
    path("", views.who_sees_what, name="who_sees_what"),
    path("looked/", views.who_looked, name="who_looked"),
    path("organisation/", views.organisation, name="organisation"),
    path("organisation.json", views.organisation_file, name="organisation_file"),
]
