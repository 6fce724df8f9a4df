"""Addresses of the kit."""

from django.urls import path

from gezel.kit import views

app_name = "kit"
urlpatterns = [
    path("bundle/<str:name>", views.bundled, name="bundle"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:pk>", views.task, name="task"),
    path("tasks/<uuid:pk>/retry", views.retry, name="retry"),
]
