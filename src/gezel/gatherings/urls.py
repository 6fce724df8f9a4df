"""Addresses of gatherings."""

from django.urls import path

from gezel.gatherings import panels
from gezel.gatherings.views import attending, calendars, groups, lists, resources, sessions

app_name = "gatherings"
urlpatterns = [
    path("", lists.coming, name="coming"),
    path("been/", lists.been, name="been"),
    path("approvals/", lists.approvals, name="approvals"),
    path("news/<int:pk>/seen/", lists.seen, name="seen"),
    path("new/", sessions.set_up, name="set_up"),
    path("<int:pk>/", sessions.session, name="session"),
    path("<int:pk>/edit/", sessions.edit, name="edit"),
    path("<int:pk>/off/", sessions.call_off, name="call_off"),
    path("<int:pk>/on/", sessions.go_on, name="go_on"),
    path("<int:pk>/material/", sessions.material, name="material"),
    path("<int:pk>/book/", sessions.book, name="book"),
    path("<int:pk>/give-up/", sessions.give_up, name="give_up"),
    path("<int:pk>/reserve/", sessions.reserve, name="reserve"),
    path("<int:pk>/take-along/", sessions.take_along, name="take_along"),
    path("places/<int:pk>/decide/", sessions.decide, name="decide"),
    path("<int:pk>/screen/", attending.screen, name="screen"),
    path("<int:pk>/here/", attending.here, name="here"),
    path("<int:pk>/people/", attending.people, name="people"),
    path("<int:pk>/people/mark/", attending.mark, name="mark"),
    path("<int:pk>/people/add/", attending.add, name="add"),
    path("<int:pk>/people/off/", attending.take_off, name="take_off"),
    path("<int:pk>/round-off/", attending.round_off, name="round_off"),
    path("<int:pk>/session.ics", calendars.one, name="one"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("rooms/", resources.resources, name="resources"),
    path("rooms/new/", resources.resource, name="new_resource"),
    path("rooms/<int:pk>/", resources.resource, name="resource"),
    path("panels/mine/", panels.panel_mine, name="panel_mine"),
    path("panels/run/", panels.panel_run, name="panel_run"),
    path("panels/activity/<int:pk>/", panels.panel_activity, name="panel_activity"),
    path("<int:pk>/groups/", groups.groups, name="groups"),
    path("<int:pk>/groups/form/", groups.form_groups, name="form_groups"),
    path("<int:pk>/groups/change/", groups.change, name="change_groups"),
    path("<int:pk>/groups/rule/", groups.rule, name="group_rule"),
    path("<int:pk>/groups/move/<int:person>/", groups.move, name="move_in_groups"),
    path("<int:pk>/groups/why/", groups.why_not, name="why_not_together"),
    path("<int:pk>/groups/mine/", groups.mine, name="my_group"),
]
