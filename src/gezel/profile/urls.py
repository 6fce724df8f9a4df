"""Addresses of profile: what is mine, what I share, what HR issues, and what outsiders ask."""

from django.urls import path

from gezel.profile.views import issuing, mine, outside, patterns, profile, reading, shares

app_name = "profile"
urlpatterns = [
    path("profile/", profile.own, name="own"),
    path("profile/arrange/", profile.arrange, name="arrange"),
    path("profile/part/<slug:code>/", profile.write, name="write"),
    path("profile/part/<slug:code>/show/", profile.show_part, name="show_part"),
    path("profile/patterns/", patterns.patterns, name="patterns"),
    path("profile/patterns/switch/", patterns.switch, name="switch_patterns"),
    path("profile/links/", shares.shares, name="shares"),
    path("profile/links/new/", shares.new_share, name="new_share"),
    path("profile/links/<int:pk>/", shares.share, name="share"),
    path("profile/links/<int:pk>/preview/", shares.share_preview, name="share_preview"),
    path("profile/links/<int:pk>/withdraw/", shares.withdraw_share, name="withdraw_share"),
    path("profile/links/<int:pk>/until/", shares.move_share, name="move_share"),
    path("profile/links/<int:pk>/address/", shares.renew_share, name="renew_share"),
    # What stands in an address of ours may be anything: each gets the same answer.
    path("shared/<str:secret>/", reading.read, name="read"),
    path("shared/<str:secret>/<uuid:pk>/", reading.read_credential, name="read_credential"),
    path(
        "shared/<str:secret>/<uuid:pk>/credential.json",
        reading.read_credential_file,
        name="read_credential_file",
    ),
    path("verify/", outside.verify, name="verify"),
    path("verify/<uuid:pk>/", outside.shared, name="shared"),
    path("verify/<uuid:pk>/credential.json", outside.shared_file, name="shared_file"),
    path("did/<slug:slug>/did.json", outside.did_document, name="did"),
    path("credentials/status/<slug:slug>/<int:number>/", outside.status, name="status"),
    path("vc-api/credentials/issue", outside.api_issue, name="api_issue"),
    path("vc-api/credentials/verify", outside.api_verify, name="api_verify"),
    path(
        "vc-api/presentations/verify",
        outside.api_verify_presentation,
        name="api_verify_presentation",
    ),
    path("credentials/", mine.mine, name="mine"),
    path("credentials/<uuid:pk>/", mine.credential, name="credential"),
    path("credentials/<uuid:pk>/open/", mine.open_to_link, name="open"),
    path("credentials/<uuid:pk>/close/", mine.close, name="close"),
    path("credentials/<uuid:pk>/file/<str:form>/", mine.file, name="file"),
    path("credentials/record/<slug:slug>/", mine.record, name="record"),
    path("credentials/given/", issuing.given, name="given"),
    path("credentials/given/<uuid:pk>/revoke/", issuing.revoke, name="revoke"),
    path("credentials/achievements/", issuing.achievements, name="achievements"),
    path("credentials/achievements/new/", issuing.edit, name="new_achievement"),
    path("credentials/achievements/<int:pk>/", issuing.edit, name="achievement"),
    path("credentials/achievements/<int:pk>/issue/", issuing.issue, name="issue"),
    path("credentials/keys/", issuing.keys, name="keys"),
    path("credentials/keys/new/", issuing.make_key, name="make_key"),
    path("credentials/keys/<int:pk>/leaked/", issuing.leaked, name="leaked"),
]
