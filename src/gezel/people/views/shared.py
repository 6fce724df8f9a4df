"""What several pages of people need."""

from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from gezel.people.models import Employment


def on_asked(request: HttpRequest) -> date | None:
    """The date the page is asked for ("as of"); nothing for today or for no date."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None
    return day if 1950 < day.year < 2100 and day != timezone.localdate() else None


def person_url(employment: Employment) -> str:
    """The card of whose employment it is."""
    return reverse("people:person", args=[employment.person_id])
