"""Addresses of paths."""

from django.urls import path

from gezel.paths import panels
from gezel.paths.views import building, people, ruling, walking

app_name = "paths"
urlpatterns = [
    path("", walking.mine, name="mine"),
    path("<int:pk>/", walking.walk, name="walk"),
    path("<int:pk>/steps/<slug:step>/done/", walking.done, name="done"),
    path("<int:pk>/steps/<slug:step>/undone/", walking.undone, name="undone"),
    path("<int:pk>/steps/<slug:step>/choose/", walking.choose, name="choose"),
    path("<int:pk>/steps/<slug:step>/anyway/", walking.anyway, name="anyway"),
    path("<int:pk>/steps/<slug:step>/reply/", walking.reply, name="reply"),
    path("<int:pk>/stay/", walking.stay, name="stay"),
    path("<int:pk>/stop/", walking.stop, name="stop"),
    path("team/", walking.team, name="team"),
    path("all/", building.everything, name="all"),
    path("all/new/", building.new, name="new"),
    path("all/<int:pk>/", building.build, name="build"),
    path("all/<int:pk>/about/", building.about, name="about"),
    path("all/<int:pk>/order/", building.order, name="order"),
    path("all/<int:pk>/publish/", building.publish, name="publish"),
    path("all/<int:pk>/use/", building.in_use, name="in_use"),
    path("all/<int:pk>/drop/", building.drop, name="drop"),
    path("all/<int:pk>/versions/", building.versions, name="versions"),
    path("all/<int:pk>/move/", building.move, name="move"),
    path("all/<int:pk>/figures/", building.figures, name="figures"),
    path("all/<int:pk>/add/<slug:into>/<slug:kind>/", building.add_step, name="add_step"),
    path("all/<int:pk>/steps/<slug:step>/", building.edit_step, name="edit_step"),
    path("all/<int:pk>/steps/<slug:step>/remove/", building.remove_step, name="remove_step"),
    path("all/<int:pk>/steps/<slug:step>/move/", building.move_step, name="move_step"),
    path("all/<int:pk>/steps/<slug:step>/forms/", building.which_form, name="which_form"),
    path("all/<int:pk>/people/", people.people, name="people"),
    path("all/<int:pk>/list/", people.by_list, name="by_list"),
    path("all/<int:pk>/exceptions/", people.exemptions, name="exemptions"),
    path("exceptions/<int:pk>/end/", people.end_exemption, name="end_exemption"),
    path("all/<int:pk>/rules/new/", ruling.new_rule, name="new_rule"),
    path("rules/<int:pk>/", ruling.rule, name="rule"),
    path("rules/<int:pk>/change/", ruling.change_rule, name="change_rule"),
    path("rules/<int:pk>/use/", ruling.use_rule, name="use_rule"),
    path("rules/<int:pk>/stop/", ruling.stop_rule, name="stop_rule"),
    path("panels/mine/", panels.panel_mine, name="panel_mine"),
    path("panels/team/", panels.panel_team, name="panel_team"),
]
