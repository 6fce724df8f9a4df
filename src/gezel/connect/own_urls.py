"""Addresses of our own pages around the account."""

from django.urls import path

from gezel.connect import views

app_name = "connect"
urlpatterns = [
    path("", views.account, name="account"),
    path("step-in/", views.step_in, name="step_in"),
    path("keys/", views.tokens, name="tokens"),
    path("keys/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("invite/<int:person_pk>/", views.invite, name="invite"),
    path("invite/<int:person_pk>/panel/", views.panel_invite, name="panel_invite"),
]
