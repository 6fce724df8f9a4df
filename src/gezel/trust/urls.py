"""Addresses of trust."""

from django.urls import path

from gezel.trust import views

app_name = "trust"
urlpatterns = [path("", views.who_sees_what, name="who_sees_what")]
