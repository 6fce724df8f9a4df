"""Addresses of the kit."""

from django.urls import path

from gezel.kit import views

app_name = "kit"
urlpatterns = [path("bundle/<str:name>", views.bundled, name="bundle")]
