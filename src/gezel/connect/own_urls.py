"""Addresses of our own pages around the account."""

from django.urls import path

from gezel.connect import views

app_name = "connect"
urlpatterns = [
    path("", views.account, name="account"),
    path("step-in/", views.step_in, name="step_in"),
    path("keys/", views.tokens, name="tokens"),
    path("keys/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("invite/", views.invite_all, name="invite_all"),
    path("invite/<int:person_pk>/", views.invite, name="invite"),
    path("invite/<int:person_pk>/panel/", views.panel_invite, name="panel_invite"),
    path("own/", views.own, name="own"),
    path("own/<str:token>/", views.confirm_own, name="confirm_own"),
    path("mail/", views.mail, name="mail"),
    path("mail/stop/<str:token>/", views.stop_mail, name="stop_mail"),
    path("mail/trouble/", views.mail_trouble, name="mail_trouble"),
    path("mail/trouble/<uuid:pk>/", views.settle_mail, name="settle_mail"),
]
