"""The address at which calendar programs read: it stands at the root and stays."""

from django.urls import path

from gezel.gatherings.views import calendars

urlpatterns = [path("<str:secret>.ics", calendars.feed, name="calendar_feed")]
