"""HR as issuer: what is certified, to whom it was given, and the keys it is signed with."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.certificates.api import CertificateType
from gezel.kit.jobs import enqueue
from gezel.kit.tables import Column, Filter, Table
from gezel.people.api import Request, at_work, require
from gezel.profile import actions, forms, policy, queries, words
from gezel.profile.jobs import sign_credentials_again
from gezel.profile.models import Achievement, Credential
from gezel.skills.api import Skill
from gezel.trust.api import note_reading

MOST_SHOWN = 200


@at_work
@require_safe
def achievements(request: Request) -> HttpResponse:
    """What the organisation certifies."""
    require(policy.may_issue(request.visitor))
    found = (
        policy.achievements_to_edit(request.visitor)
        .select_related("skill", "certificate")
        .annotate(count=Count("issued", filter=Q(issued__revoked_at=None)))
        .order_by("archived", "name_nl", "name_en", "pk")
    )
    return render(request, "profile/achievements.html", {"achievements": found})


@at_work
def edit(request: Request, pk: int | None = None) -> HttpResponse:
    """HR adds or changes what is certified."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    found = get_object_or_404(policy.achievements_to_edit(visitor), pk=pk) if pk else None
    form = forms.AchievementForm(
        request.POST or None,
        instance=found or Achievement(organisation=visitor.organisation),
        skills=_skills(request, found),
        certificates=CertificateType.objects.filter(organisation=visitor.organisation).order_by(
            "name_nl", "name_en"
        ),
    )
    if request.method == "POST" and form.is_valid():
        actions.save_achievement(form.save(commit=False))
        messages.success(request, _("Kept. What was issued before keeps its own words."))
        return redirect("profile:achievements")
    status = 422 if form.errors else 200
    told = {"form": form, "achievement": found}
    return render(request, "profile/achievement.html", told, status=status)


def _skills(request: Request, found: Achievement | None) -> QuerySet[Skill]:
    """What role profiles here ask, our own skills, and what it shows already."""
    organisation = request.visitor.organisation
    asked = Skill.objects.filter(demands__profile__organisation=organisation)
    wanted = Q(pk__in=asked.values("pk")) | Q(organisation=organisation)
    if found and found.skill_id:
        wanted |= Q(pk=found.skill_id)
    return Skill.objects.filter(wanted).order_by("name_nl", "name_en")


@at_work
def issue(request: Request, pk: int) -> HttpResponse:
    """Who showed it and has it not yet; HR chooses to whom it is given."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    found = get_object_or_404(
        policy.achievements_to_edit(visitor).select_related("organisation", "skill"), pk=pk
    )
    waiting = (
        [] if found.archived else queries.certifiable(found, policy.people_to_certify(visitor))
    )
    if request.method == "POST":
        chosen = set(request.POST.getlist("person"))
        picked = [(p, shown) for p, shown in waiting if str(p.pk) in chosen][:MOST_SHOWN]
        done = 0
        for person, shown in picked:
            try:
                actions.issue(found, person, by=visitor.person, shown=shown)
                done += 1
            except ValidationError as problem:
                messages.error(request, f"{person.name}: {problem.messages[0]}")
        if done:
            messages.success(request, _("Issued: %(n)s.") % {"n": done})
        elif not picked:
            messages.error(request, _("Choose at least one person."))
        return redirect("profile:issue", found.pk)
    note_reading(
        reader_pk=visitor.person.pk,
        about=[person.pk for person, _shown in waiting[:MOST_SHOWN]],
        matter="skills",
        purpose="hr",
    )
    told = {
        "achievement": found,
        "waiting": waiting[:MOST_SHOWN],
        "more": max(0, len(waiting) - MOST_SHOWN),
        "is_me": visitor.person,
        "spoken": words.signed_in(found.languages),
    }
    return render(request, "profile/issue.html", told)


# -- what was given -------------------------------------------------------------------------------


def _state(credential: Credential) -> SafeString:
    if credential.revoked_at:
        return format_html('<span class="pill bad">{}</span>', _("withdrawn"))
    if credential.suspended_at:
        return format_html('<span class="pill warn">{}</span>', _("suspended"))
    return format_html('<span class="pill ok">{}</span>', _("stands"))


def _who(credential: Credential) -> str:
    """Of who left, the name is theirs again; the number is enough to withdraw."""
    return credential.person.name if credential.works_here else _("no longer works here")  # type: ignore[attr-defined]


@at_work
@require_safe
def given(request: Request) -> HttpResponseBase:
    """Everything the organisation issued."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    table = Table(
        request,
        queries.issued(policy.credentials_issued(visitor), visitor.organisation),
        key="credentials",
        columns=[
            Column("person", gettext_lazy("Person"), _who),
            Column("achievement", gettext_lazy("What"), lambda c: c.wording.name),
            Column("issued", gettext_lazy("Issued"), "issued_at", sort=("issued_at",)),
            Column("until", gettext_lazy("Until"), "valid_until", sort=("valid_until",)),
            Column(
                "state",
                gettext_lazy("State"),
                lambda c: (
                    "withdrawn" if c.revoked_at else "suspended" if c.suspended_at else "stands"
                ),
                html=_state,
                link=lambda c: reverse("profile:revoke", args=[c.pk]),
            ),
            Column("number", gettext_lazy("Number"), lambda c: str(c.pk), hidden=True),
        ],
        related=("person", "achievement"),
        filters=[
            Filter(
                "of",
                gettext_lazy("What"),
                lambda: [
                    (str(a.pk), a.name) for a in policy.achievements_to_edit(visitor)[:MOST_SHOWN]
                ],
                lambda rows, value: rows.filter(achievement=int(value)),
            ),
        ],
        sort="-issued",
    )
    people = {c.person_id for c in table.on_page if c.works_here}  # type: ignore[attr-defined] # annotated
    note_reading(reader_pk=visitor.person.pk, about=people, matter="credentials", purpose="hr")
    return table.answer("profile/given.html", {})


def _to_decide_on(request: Request, pk: uuid.UUID) -> Credential:
    """One that HR may withdraw or suspend: another's."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    found = get_object_or_404(
        queries.issued(policy.credentials_issued(visitor), visitor.organisation).select_related(
            "organisation", "person", "achievement", "revoked_by"
        ),
        pk=pk,
    )
    require(found.person_id != visitor.person.pk)
    return found


@at_work
def revoke(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR withdraws one, with the reason."""
    visitor = request.visitor
    found = _to_decide_on(request, pk)
    form = forms.RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if actions.revoke(found, reason=form.cleaned_data["reason"], by=visitor.person):
            messages.success(request, _("Withdrawn. Within a minute every verifier sees it."))
        else:
            messages.info(request, _("It was withdrawn already."))
        return redirect("profile:given")
    return _decide(request, found, form=form)


def _decide(
    request: Request,
    found: Credential,
    *,
    form: forms.RevokeForm | None = None,
    for_now: forms.RevokeForm | None = None,
) -> HttpResponse:
    """What can be decided on it: for good, and where it was signed for that, for now."""
    refused = any(one is not None and one.errors for one in (form, for_now))
    told = {
        "credential": found,
        "form": form or forms.RevokeForm(),
        "for_now": for_now or forms.RevokeForm(prefix="now"),
        "who": _who(found),
    }
    return render(request, "profile/revoke.html", told, status=422 if refused else 200)


@at_work
@require_POST
def suspend(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says that one does not count for now, with the reason."""
    return _for_now(
        request, pk, actions.suspend,
        done=_("Suspended. Within a minute every verifier sees it, until you lift it."),
        stood=_("It was suspended or withdrawn already."),
    )  # fmt: skip


@at_work
@require_POST
def lift(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says that one counts again, with the reason."""
    return _for_now(
        request, pk, actions.lift,
        done=_("Lifted. Within a minute every verifier sees that it counts again."),
        stood=_("It was not suspended any more."),
    )  # fmt: skip


def _for_now(
    request: Request, pk: uuid.UUID, action: Callable[..., bool], *, done: str, stood: str
) -> HttpResponse:
    found = _to_decide_on(request, pk)
    form = forms.RevokeForm(request.POST, prefix="now")
    if form.is_valid():
        try:
            changed = action(found, reason=form.cleaned_data["reason"], by=request.visitor.person)
        except ValidationError as problem:
            form.add_error("reason", problem)
        else:
            told = (messages.success, done) if changed else (messages.info, stood)
            told[0](request, told[1])
            return redirect("profile:revoke", found.pk)
    return _decide(request, found, for_now=form)


# -- keys -----------------------------------------------------------------------------------------


@at_work
@require_safe
def keys(request: Request) -> HttpResponse:
    """The keys: which signs, which were put away, which leaked."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    found = policy.keys_to_keep(visitor).annotate(
        count=Count("signed", filter=Q(signed__revoked_at=None))
    )
    told = {"keys": found, "did": queries.did_of(visitor.organisation)}
    return render(request, "profile/keys.html", told)


@at_work
@require_POST
def make_key(request: Request) -> HttpResponse:
    """A fresh key signs from now on."""
    require(policy.may_issue(request.visitor))
    actions.make_key(request.visitor.organisation)
    messages.success(request, _("A new key signs from now on. What was signed before stays valid."))
    return redirect("profile:keys")


@at_work
def leaked(request: Request, pk: int) -> HttpResponse:
    """Others may have had a key from a day on."""
    visitor = request.visitor
    require(policy.may_issue(visitor))
    found = get_object_or_404(policy.keys_to_keep(visitor), pk=pk)
    form = forms.LeakedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if actions.mark_leaked(found, since=form.cleaned_data["since"]):
            enqueue(sign_credentials_again, by=visitor.person, signing_key=found.pk)
            messages.success(
                request, _("Marked. What it signed is being signed anew with a new key.")
            )
        else:
            messages.info(request, _("It was marked with an earlier day already."))
        return redirect("profile:keys")
    status = 422 if form.errors else 200
    return render(request, "profile/leaked.html", {"key": found, "form": form}, status=status)
