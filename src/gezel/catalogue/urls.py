"""Addresses of catalogue."""

from django.urls import path

from gezel.catalogue.views import dates, finding, offering, tips

app_name = "catalogue"
urlpatterns = [
    path("", finding.search, name="search"),
    path("<int:pk>/", finding.activity, name="activity"),
    path("new/", offering.new, name="new"),
    path("<int:pk>/edit/", offering.edit, name="edit"),
    path("<int:pk>/dates/", dates.dates, name="dates"),
    path("<int:pk>/preview/picture/", offering.preview_picture, name="preview_picture"),
    path("<int:pk>/preview/remove/", offering.remove_preview, name="remove_preview"),
    path("share/", offering.share, name="share"),
    path("tips/", tips.settings, name="tips"),
    path("tips/<int:pk>/aside/", tips.hide, name="hide_tip"),
    path("tips/back/", tips.take_back, name="take_back"),
    path("panels/tips/", tips.panel_tips, name="panel_tips"),
    path("panels/teaches/<int:skill_pk>/", tips.panel_teaches, name="panel_teaches"),
]
