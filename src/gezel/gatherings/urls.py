"""Addresses of gatherings."""

from django.urls import path

from gezel.gatherings.views import lists

app_name = "gatherings"
urlpatterns = [
    path("", lists.coming, name="coming"),
]
