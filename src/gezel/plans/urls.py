"""Addresses of plans."""

from django.urls import path

from gezel.plans import panels
from gezel.plans.views import goals as views
from gezel.plans.views import making

app_name = "plans"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("goals/new/", views.set_goal, name="set_goal"),
    path("goals/<int:pk>/", views.goal, name="goal"),
    path("goals/<int:pk>/edit/", views.edit_goal, name="edit_goal"),
    path("goals/<int:pk>/share/", views.share, name="share"),
    path("goals/<int:pk>/end/", views.end_goal, name="end_goal"),
    path("goals/<int:pk>/wish/", views.write_wish, name="write_wish"),
    path("goals/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("goals/<int:pk>/steps/", views.steps, name="steps"),
    path("steps/<int:pk>/", views.step, name="step"),
    path("steps/<int:pk>/done/", views.mark_step, name="mark_step"),
    path("steps/<int:pk>/remove/", views.remove_step, name="remove_step"),
    path("add/<int:activity_pk>/", views.add_activity, name="add_activity"),
    path("make/", making.make, name="make"),
    path("make/choose/", making.choose, name="choose_plan"),
    path("rules/", making.planning_rules, name="planning_rules"),
    path("team/", views.team, name="team"),
    path("team/<int:person_pk>/wish/", views.make_wish, name="make_wish"),
    path("wishes/<int:pk>/aside/", views.put_wish_aside, name="put_wish_aside"),
    path("shared/", views.shared, name="shared"),
    path("shared/new/", views.set_shared_goal, name="set_shared_goal"),
    path("shared/<int:pk>/", views.edit_shared_goal, name="edit_shared_goal"),
    path("panels/goal/", panels.panel_goal, name="panel_goal"),
    path("panels/next/", panels.panel_next, name="panel_next"),
    path("panels/team/", panels.panel_team, name="panel_team"),
    path("panels/add/<int:activity_pk>/", panels.panel_add_step, name="panel_add_step"),
    path("panels/shared/", panels.panel_shared, name="panel_shared"),
]
