"""Addresses of skills."""

from django.urls import URLPattern

app_name = "skills"

# What roles ask: profiles, occupations, skills.
ROLES: list[URLPattern] = []

# What people show: the ledger, and the need map of oneself, a team, the organisation.
PEOPLE: list[URLPattern] = []

urlpatterns = [*PEOPLE, *ROLES]
