"""Addresses of signing in and of one's account: ours and allauth's, below one roof."""

from django.urls import include, path

urlpatterns = [
    path("", include("gezel.connect.own_urls")),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
