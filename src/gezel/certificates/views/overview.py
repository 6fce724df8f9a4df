"""Who has what, on one screen: valid, about to lapse, lapsed, missing, waiting."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import overload

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel.certificates import policy, queries, rules
from gezel.certificates.forms import UnitForm
from gezel.certificates.noting import note, note_people
from gezel.certificates.views.shared import STATES, day, state_words
from gezel.kit.export import FORMS
from gezel.people.api import Location, Request, at_work, require
from gezel.trust.api import note_event

AHEAD = (1, 3, 6, 12)
PAGE = 50
CHUNK = 2_000


class _Rows(Sequence[queries.Row]):
    """The rows of an overview as a list of which only the asked page is read."""

    def __init__(self, found: queries.Found) -> None:
        self.found = found

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, part: int) -> queries.Row: ...
    @overload
    def __getitem__(self, part: slice) -> list[queries.Row]: ...
    def __getitem__(self, part: int | slice) -> queries.Row | list[queries.Row]:
        if isinstance(part, int):
            return self.found.rows(part, 1)[0]
        return self.found.rows(part.start, part.stop - part.start)


@at_work
@require_safe
def overview(request: Request) -> HttpResponseBase:
    """Who has what: by unit, place, type and month, as of any day; to filter, to take along."""
    visitor = request.visitor
    require(policy.may_overlook(visitor))
    organisation = visitor.organisation
    asked = request.GET
    chosen = UnitForm(asked, organisation=organisation)
    unit = chosen.cleaned_data.get("unit") if chosen.is_valid() else None
    places = list(Location.objects.filter(organisation=organisation))
    place = next((p for p in places if str(p.pk) == asked.get("place")), None)
    types = list(policy.types_to_read(visitor).order_by("name_nl", "name_en"))
    type_ = next((t for t in types if str(t.pk) == asked.get("type")), None)
    on = day(asked.get("on", "")) or timezone.localdate()
    state = asked.get("state", "")
    state = state if state in set(rules.State) else ""
    ahead = next((n for n in AHEAD if str(n) == asked.get("ahead")), 0)
    month = day(f"{asked.get('month', '')}-01")
    since, until = _between(on, ahead, month)
    found = queries.find(
        queries.Asked(
            None if visitor.is_hr else policy.people_to_read(visitor),
            organisation,
            [type_] if type_ else types,
            on,
            unit=unit,
            location=place,
            state=state,
            since=since,
            until=until,
            must=asked.get("must") == "1",
        )
    )
    if export := FORMS.get(asked.get("export", "")):
        about = set(found.told.table.person[found.which].tolist())
        note_people(request, about, "hr" if visitor.is_hr else "lead")
        note_event(
            visitor.organisation.pk,
            "export",
            what="certificates",
            by=visitor.person.pk,
            people=len(about),
        )
        return export(_("Certificates"), _header(), _cells(found, on))
    page = Paginator(_Rows(found), PAGE).get_page(asked.get("page"))
    note(request, [r.person for r in page])
    words = state_words()
    most = max((n for _day, n in found.months), default=0)
    shown = {
        "page": page,
        "counts": [(s, words[s], found.counts[s], *STATES[s]) for s in rules.ORDER],
        "chosen": chosen,
        "places": places,
        "types": types,
        "unit": unit,
        "place": place,
        "type": type_,
        "state": state,
        "ahead": ahead,
        "aheads": AHEAD,
        "must": asked.get("must") == "1",
        "month": month,
        "months": [(m, n, round(100 * n / most) if most else 0) for m, n in found.months],
        "on": on,
        "today": timezone.localdate(),
        "narrowed": asked.get("unit") or place or type_ or state or ahead or month,
        "states": STATES,
        "words": words,
    }
    return render(request, "certificates/overview.html", shown)


def _between(on: date, ahead: int, month: date | None) -> tuple[date | None, date | None]:
    """From when until when what is asked for lapses."""
    if month is not None:
        return max(month, on), rules.months_after(month, 1) - date.resolution
    if ahead:
        return on, rules.months_after(on, ahead)
    return None, None


def _header() -> list[str]:
    return [
        _("Name"), _("Unit"), _("Job"), _("Place of work"), _("Certificate"), _("Required"),
        _("State"), _("Number"), _("Issued on"), _("Valid until"), _("Because"),
        _("Confirmed by"), _("Confirmed on"), _("How it came in"), _("Issuer"),
        _("The term comes from"), _("Source"), _("Register to check it in"), _("As of"),
        _("This list was made on"),
    ]  # fmt: skip


def _cells(found: queries.Found, on: date) -> Iterator[list[object]]:
    """Every row that was found, read part by part, so that a list of any size is sent."""
    words, made = state_words(), timezone.now()
    for start in range(0, len(found), CHUNK):
        for r in found.rows(start, CHUNK):
            held = r.holding
            yield [
                r.person.name, r.unit, r.job, r.location, r.type.name, r.standing.must,
                words[r.standing.state], r.number, r.issued_on, r.valid_until, r.why,
                r.decided_by,
                timezone.localdate(held.decided_at) if held and held.decided_at else None,
                held.get_origin_display() if held else "", r.type.issuer,
                r.terms.get_basis_display() if r.terms else "",
                r.terms.source if r.terms else "", r.type.register_link, on, made,
            ]  # fmt: skip
