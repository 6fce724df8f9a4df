"""Addresses of records."""

from django.urls import path

from gezel.records import views

app_name = "records"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("statements.jsonl", views.download, name="download"),
]
