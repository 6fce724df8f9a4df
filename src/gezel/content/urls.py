"""Addresses of content."""

from django.urls import path

from gezel.content import panels
from gezel.content.views import files, keeping, making, playing, sending, uploads

app_name = "content"
urlpatterns = [
    path("<int:module_pk>/", playing.play, name="play"),
    path("<int:module_pk>/start/", playing.start, name="start"),
    path("attempts/<uuid:registration>/step/", playing.step, name="step"),
    path("attempts/<uuid:registration>/finish/", playing.finish, name="finish"),
    path("attempts/<uuid:registration>/", playing.result, name="result"),
    path("answers/", sending.answers, name="answers"),
    path("<int:module_pk>/media/<int:media_pk>/<str:name>", files.media, name="media"),
    path("<int:module_pk>/captions/<int:block_pk>/nl.vtt", files.captions, {"language": "nl"},
         name="captions_nl"),
    path("<int:module_pk>/captions/<int:block_pk>/en.vtt", files.captions, {"language": "en"},
         name="captions_en"),
    path("uploads/", uploads.begin, name="uploads"),
    path("uploads/<uuid:pk>", uploads.part, name="upload"),
    path("kept/", keeping.kept, name="kept"),
    path("phone/", keeping.phone, name="phone"),
    path("<int:module_pk>/keep/", keeping.keep, name="keep"),
    path("<int:module_pk>/kept/", keeping.kept_module, name="kept_module"),
    path("panel/continue/", panels.panel_continue, name="panel_continue"),
    path("panel/start/<int:activity_pk>/", panels.panel_start, name="panel_start"),
    path("new/", making.new, name="new"),
    path("<int:module_pk>/preview/", playing.preview, name="preview"),
    path("<int:module_pk>/edit/", making.edit, name="edit"),
    path("<int:module_pk>/edit/about/", making.about, name="about"),
    path("<int:module_pk>/edit/add/<slug:kind>/", making.add, name="add_block"),
    path("<int:module_pk>/edit/<int:block_pk>/", making.change, name="change_block"),
    path("<int:module_pk>/edit/<int:block_pk>/move/", making.move, name="move_block"),
    path("<int:module_pk>/edit/<int:block_pk>/remove/", making.remove, name="remove_block"),
    path("<int:module_pk>/edit/offer/", making.offer, name="offer"),
]  # fmt: skip
