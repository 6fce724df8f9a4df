"""Addresses of trust."""

from django.urls import path

from gezel.trust.views import kept, log

app_name = "trust"
urlpatterns = [
    path("", kept.who_sees_what, name="who_sees_what"),
    path("looked/", kept.who_looked, name="who_looked"),
    path("organisation/", kept.organisation, name="organisation"),
    path("organisation.json", kept.organisation_file, name="organisation_file"),
    path("log/", log.my_events, name="my_events"),
    path("log/<int:pk>/proof.json", log.my_proof, name="my_proof"),
    path("log/watch/", log.watch, name="watch"),
    path("log/watch/seal/", log.seal, name="seal"),
    path("log/watch/check/", log.check, name="check"),
    path("log/watch/witness/", log.add_witness, name="add_witness"),
    path("log/watch/witness/<int:pk>/remove/", log.remove_witness, name="remove_witness"),
    path("log/watch/to-sign.json", log.to_witness, name="to_witness"),
    path("log/watch/seen/", log.cosign, name="cosign"),
    path("logs/<slug:slug>/", log.log, name="log"),
    path("logs/<slug:slug>/checkpoint", log.checkpoint, name="checkpoint"),
    path("logs/<slug:slug>/key", log.key, name="log_key"),
    path("logs/<slug:slug>/tile/<path:path>", log.tile, name="tile"),
    path("logs/<slug:slug>/consistency", log.consistency, name="consistency"),
]
