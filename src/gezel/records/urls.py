"""Addresses of records; `/xapi/` has its own door (`xapi/door.py`)."""

from django.urls import path

from gezel.records import views

app_name = "records"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("statements.jsonl", views.download, name="download"),
    path("systems/", views.systems, name="systems"),
    path("systems/keys/", views.new_key, name="new_key"),
    path("systems/keys/<int:pk>/close/", views.close_key, name="close_key"),
    path("systems/forwards/", views.new_forward, name="new_forward"),
    path("systems/forwards/<int:pk>/", views.change_forward, name="change_forward"),
    path("systems/statements.jsonl", views.export, name="export"),
]
