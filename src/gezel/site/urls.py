"""Every address of the house; each room has its own list."""

from django.urls import include, path

from gezel.site import shell, views
from gezel.site.about import about
from gezel.site.api import api
from gezel.site.first_steps import first_steps
from gezel.site.gallery import gallery
from gezel.site.interface import interface

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", about, name="about"),
    path("rest/", views.rest, name="rest"),
    path("team/", views.team, name="team"),
    path("first-steps/", first_steps, name="first_steps"),
    path("look/", views.look, name="look"),
    path("sw.js", shell.worker, name="worker"),
    path("app.webmanifest", shell.manifest, name="manifest"),
    path("offline/nl/", shell.offline, {"language": "nl"}, name="offline_nl"),
    path("offline/en/", shell.offline, {"language": "en"}, name="offline_en"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", interface, name="interface"),
    path("api/v1/", api.urls),
    path("kit/", gallery, name="gallery"),
    path("kit/", include("gezel.kit.urls")),
    path("account/", include("gezel.connect.urls")),
    path("people/", include("gezel.people.urls")),
    path("skills/", include("gezel.skills.urls")),
    path("learn/", include("gezel.catalogue.urls")),
    path("modules/", include("gezel.content.urls")),
    path("tests/", include("gezel.assessment.urls")),
    path("evc/", include("gezel.assessment.evc_urls")),
    path("certificates/", include("gezel.certificates.urls")),
    path("sessions/", include("gezel.gatherings.urls")),
    path("calendar/", include("gezel.gatherings.feed_urls")),
    path("paths/", include("gezel.paths.urls")),
    path("plan/", include("gezel.plans.urls")),
    path("records/", include("gezel.records.urls")),
    path("trust/", include("gezel.trust.urls")),
    path("", include("gezel.profile.urls")),
]

handler404 = "gezel.site.views.not_found"
handler403 = "gezel.site.views.forbidden"
handler429 = "gezel.site.views.too_many"  # allauth asks for this one
handler500 = "gezel.site.views.broken"
