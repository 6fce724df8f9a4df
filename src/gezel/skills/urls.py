"""Addresses of skills."""

from django.urls import URLPattern, path

from gezel.skills import panels
from gezel.skills.views import (
    ahead,
    elsewhere,
    fading,
    ledger,
    names,
    needs,
    objections,
    other,
    profiles,
    skills,
)

app_name = "skills"

# What roles ask: profiles, occupations, skills.
ROLES: list[URLPattern] = [
    path("roles/", profiles.profiles, name="profiles"),
    path("roles/new/", profiles.profile_new, name="profile_new"),
    path("roles/new/<int:occupation_pk>/", profiles.profile_from, name="profile_from"),
    path("roles/<int:pk>/", profiles.profile, name="profile"),
    path("roles/<int:pk>/edit/", profiles.profile_edit, name="profile_edit"),
    path("roles/<int:pk>/add/", profiles.profile_add, name="profile_add"),
    path("roles/<int:pk>/ask/", profiles.profile_ask, name="profile_ask"),
    path(
        "roles/<int:pk>/take-over/<int:occupation_pk>/",
        profiles.profile_take_over,
        name="profile_take_over",
    ),
    path("roles/<int:pk>/remove/", profiles.profile_remove, name="profile_remove"),
    path("fading/", fading.fading, name="fading"),
    path("fading/<slug:of>/", fading.fading_of, name="fading_of"),
    path("occupations/", skills.occupations, name="occupations"),
    path("occupations/<int:pk>/", skills.occupation, name="occupation"),
    path("list/", skills.skills, name="skills"),
    path("list/new/", skills.skill_new, name="skill_new"),
    path("list/<int:pk>/", skills.skill, name="skill"),
    path("list/<int:pk>/edit/", skills.skill_edit, name="skill_edit"),
    path("list/<int:pk>/name/", skills.skill_name, name="skill_name"),
    path("list/<int:pk>/also/", names.alias_add, name="alias_add"),
    path("list/<int:pk>/merge/", names.merge, name="merge"),
    path("list/<int:pk>/apart/", names.apart, name="apart"),
    path("list/likely/", names.likely, name="likely"),
    path("also/<int:pk>/remove/", names.alias_remove, name="alias_remove"),
    path("names/", names.names, name="names"),
]

# What people show: the ledger, and the need map of oneself, a team, the organisation.
PEOPLE: list[URLPattern] = [
    path("mine/", needs.mine, name="mine"),
    path("people/<int:pk>/", needs.person, name="person"),
    path("people/<int:person_pk>/<int:skill_pk>/", ledger.ledger, name="ledger"),
    path("mine/<int:skill_pk>/ask/", ledger.ask, name="ask"),
    path("mine/given/", ledger.given, name="given"),
    path("mine/elsewhere/", elsewhere.elsewhere, name="elsewhere"),
    path("requests/<int:pk>/", ledger.answer, name="answer"),
    path("requests/<int:pk>/withdraw/", ledger.withdraw, name="withdraw"),
    path("evidence/<int:pk>/correct/", ledger.correct, name="correct"),
    path("evidence/<int:pk>/object/", ledger.object_to, name="object"),
    path("mine/rating/", ledger.rating, name="rating"),
    path("objections/", objections.objections, name="objections"),
    path("objections/<int:pk>/", objections.decide, name="decide"),
    path("objections/<int:pk>/withdraw/", objections.withdraw, name="withdraw_objection"),
    path("team/", needs.team, name="team"),
    path("organisation/", needs.organisation, name="organisation"),
    path("mine/ahead/", ahead.mine, name="ahead_mine"),
    path("people/<int:pk>/ahead/", ahead.person, name="ahead_person"),
    path("team/ahead/", ahead.team, name="ahead_team"),
    path("organisation/ahead/", ahead.organisation, name="ahead_organisation"),
    path("panels/mine/", panels.panel_mine, name="panel_mine"),
    path("panels/elsewhere/", panels.panel_elsewhere, name="panel_elsewhere"),
    path("panels/team/", panels.panel_team, name="panel_team"),
    path("panels/objections/", panels.panel_objections, name="panel_objections"),
    path("panels/organisation/", panels.panel_organisation, name="panel_organisation"),
]

# How near another role is: for oneself, and for a group by HR.
OTHER: list[URLPattern] = [
    path("near/", other.near, name="near"),
    path("near/role/<int:pk>/", other.role, name="other_role"),
    path("near/occupation/<int:pk>/", other.occupation, name="other_occupation"),
    path("programme/", other.programme_page, name="programme"),
]

urlpatterns = [*PEOPLE, *ROLES, *OTHER]
