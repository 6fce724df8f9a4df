"""Addresses of trust."""

from django.urls import path, re_path

from gezel.trust.views import braking, consent, drafts, erasure, kept, log

app_name = "trust"
urlpatterns = [
    path("", kept.who_sees_what, name="who_sees_what"),
    path("looked/", kept.who_looked, name="who_looked"),
    path("many/", braking.many, name="many"),
    path("many/stopped/", braking.stopped, name="stopped"),
    path("limits/", braking.limits_reached, name="limits_reached"),
    path("limits/<int:pk>/", braking.let_go_on, name="let_go_on"),
    path("mine/", erasure.mine, name="mine"),
    path("mine/<int:pk>/back/", erasure.take_back, name="take_back"),
    path("object/<str:kind>/", erasure.object_to, name="object"),
    path("erase/", erasure.erase, name="erase"),
    path("erased/<uuid:pk>/", erasure.gone, name="gone"),
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
    path("organisation/compare/", kept.compare, name="compare"),
    path("organisation/changes/", kept.changes, name="changes"),
    path("organisation/consent/", consent.consent, name="consent"),
    path("organisation/consent/<str:setting>/", consent.decision, name="decision"),
    path("organisation/consent/<str:setting>.pdf", consent.consent_pack, name="consent_pack"),
    path("organisation/dpia/", drafts.dpia, name="dpia"),
    path("organisation/dpia.pdf", drafts.dpia_paper, name="dpia_paper"),
    path("organisation/register/", drafts.register, name="register"),
    re_path(
        r"^organisation/register\.(?P<form>csv|xlsx)$", drafts.register_sheet, name="register_sheet"
    ),
    path("organisation/fill/<str:place>/", drafts.fill, name="fill"),
    path("organisation/objections/", erasure.objections, name="objections"),
    path("organisation/objections/<int:pk>/", erasure.answer, name="answer"),
]
