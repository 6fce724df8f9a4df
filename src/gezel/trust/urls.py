"""Addresses of trust."""

from django.urls import path

from gezel.trust.views import kept

app_name = "trust"
urlpatterns = [
    path("", kept.who_sees_what, name="who_sees_what"),
    path("looked/", kept.who_looked, name="who_looked"),
    path("organisation/", kept.organisation, name="organisation"),
    path("organisation.json", kept.organisation_file, name="organisation_file"),
]
