"""The bare page everything is held against: what `startproject` gives, a user, fifty rows.

Its middleware, template engine and context processors are those of a fresh Django project. So
what we do before a page (visitor, language, content policy, live sessions) is on our side of the
scales, and making that quicker is seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.test.utils import override_settings
from django.urls import path

from gezel.people.api import Person
from gezel.site.bench.sessions import signed_in

PAGE = "/bare/"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATE = """<!doctype html><title>Bare</title><p>{{ user.email }}</p><table>{% for p in rows %}
<tr><td>{{ p.first_name }}</td><td>{{ p.last_name }}</td><td>{{ p.email }}</td></tr>
{% endfor %}</table>"""

# As `startproject` has it; the page itself from memory, for the loader that reads from disk is
# wrapped in the cached one there too.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [("django.template.loaders.locmem.Loader", {"bare.html": TEMPLATE})],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def page(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and fifty rows."""
    return render(request, "bare.html", {"rows": Person.objects.order_by("pk")[:50]})


urlpatterns = [path(PAGE.strip("/") + "/", page)]


@contextmanager
def stock_django() -> Iterator[None]:
    """Within, a request meets a fresh Django project with this one page."""
    with override_settings(
        ROOT_URLCONF="gezel.site.bench.bare",
        MIDDLEWARE=MIDDLEWARE,
        TEMPLATES=TEMPLATES,
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
        SESSION_ENGINE="django.contrib.sessions.backends.db",
    ):
        yield


class KeptAside:
    """A fresh Django project with someone signed in, that is there within `with` and kept else.

    `stock_django` tells everyone that the settings changed, so that what was kept is thrown away
    and our next page would be measured cold. Here both are kept, and the one put in the other's
    place.
    """

    def __init__(self, person: Person) -> None:
        with stock_django():
            self.client = signed_in(person)
            self.client.get(PAGE)
            self.aside = self._what_is_there()

    def __enter__(self) -> None:
        self._change()

    def __exit__(self, *_: object) -> None:
        self._change()

    def _change(self) -> None:
        here = self._what_is_there()
        for owner, kept in zip((settings, engines), self.aside, strict=True):
            owner.__dict__.clear()
            owner.__dict__.update(kept)
        self.aside = here

    @staticmethod
    def _what_is_there() -> tuple[dict[str, object], dict[str, object]]:
        # Settings keep what was asked of them before beside where they come from.
        return dict(settings.__dict__), dict(engines.__dict__)
