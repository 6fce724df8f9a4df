"""One's own account, stepping in at the demo, keys for systems, invitations, and mail."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezel.connect import actions, policy, queries
from gezel.connect.adapter import know_address
from gezel.connect.forms import MailForm, OwnAddressForm, TokenForm
from gezel.connect.kinds import kind_named
from gezel.connect.post import read_stop
from gezel.people.api import Person, Request, at_work, require, signed_in

BACKEND = "gezel.connect.sessions.Door"


@require_GET
@signed_in
def account(request: Request) -> HttpResponse:
    """Every way in, and how it looks, on one page."""
    told = {
        "account": queries.account_of(request.user),
        "themes": Person.Theme.choices,
        "gives_keys": policy.may_give_keys(request.visitor),
    }
    return render(request, "connect/account.html", told)


@require_http_methods(["GET", "POST"])
@signed_in
def own(request: Request) -> HttpResponse:
    """An address of one's own beside the employer's."""
    form = OwnAddressForm(request.POST or None)
    sent_to = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_own_address(request, request.user, form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            sent_to, form = form.cleaned_data["email"], OwnAddressForm()
    told = {"form": form, "sent_to": sent_to, "own": actions.own_address_of(request.user)}
    return render(request, "connect/own.html", told, status=422 if form.errors else 200)


# Only with its owner signed in: a link that someone else opens confirms nothing.
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def confirm_own(request: Request, token: str) -> HttpResponse:
    """The link from the mail. Looking at it confirms nothing: mail programs look too."""
    read = actions.read_own_token(token)
    if read is None or read[0] != request.user.pk:
        raise Http404
    if request.method == "POST":
        if actions.confirm_own_address(request.user, read[1]):
            messages.success(request, _("From now on you can sign in with %s too.") % read[1])
        else:
            messages.error(request, _("This address belongs to another account."))
        return redirect("connect:own")
    return render(request, "connect/confirm_own.html", {"email": read[1]})


@require_POST
def step_in(request: HttpRequest) -> HttpResponse:
    """Come in as someone of the cast. Outside the demo there is no such door."""
    if not settings.DEMO:
        raise Http404
    allowed = [email for email, _what in settings.DEMO_CAST]
    person = get_object_or_404(
        Person.objects.filter(email__in=allowed, is_active=True), email=request.POST.get("as", "")
    )
    login(request, person, backend=BACKEND)
    know_address(person)
    UserSession.objects.create_from_request(request)
    return redirect("home")


@never_cache
@at_work
def tokens(request: Request) -> HttpResponse:
    """Keys for other systems: make one, see which there are, close one."""
    require(policy.may_give_keys(request.visitor))
    answer: HttpResponse = _tokens(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def _tokens(request: Request) -> HttpResponse:
    form = TokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_token(
                request.visitor.organisation, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error("scopes" if _lacks_consent(error) else "name", error)
        else:
            form = TokenForm()
    # No redirect after making one: the secret is on this one page and nowhere else.
    told: dict[str, Any] = {
        "form": form,
        "made": made,
        "tokens": policy.tokens_to_manage(request.visitor).select_related("made_by"),
        "base_url": settings.BASE_URL,
    }
    return render(request, "connect/tokens.html", told, status=422 if form.errors else 200)


def _lacks_consent(error: ValidationError) -> bool:
    return any(one.code == "consent" for one in error.error_list)


@require_POST
@at_work
def revoke(request: Request, pk: int) -> HttpResponse:
    """Close a key."""
    token = get_object_or_404(policy.tokens_to_manage(request.visitor), pk=pk)
    actions.revoke_token(token, by=request.user)
    messages.success(request, _("%s is closed from now on.") % token.name)
    return redirect("connect:tokens")


@require_GET
@at_work
def panel_invite(request: Request, person_pk: int) -> HttpResponse:
    """For HR, beside someone who cannot sign in yet: invite them."""
    person = get_object_or_404(policy.people_to_invite(request.visitor), pk=person_pk)
    told = {"person": person, "invitation": person.invitations.select_related("sent_by").first()}
    return render(request, "connect/panel_invite.html", told)


@require_POST
@at_work
def invite(request: Request, person_pk: int) -> HttpResponse:
    """Send someone the link to set a first password."""
    person = get_object_or_404(policy.people_to_invite(request.visitor), pk=person_pk)
    try:
        actions.invite(person, request.user, request.visitor.organisation)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("%s gets a mail with a link within a minute.") % person.name)
    return redirect("people:person", person.pk)


@require_http_methods(["GET", "POST"])
@at_work
def invite_all(request: Request) -> HttpResponse:
    """For HR, after a staff list came in: everyone who cannot sign in yet gets the link at once."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    people = policy.people_to_invite(request.visitor)
    if request.method == "POST":
        sent = actions.invite_all(people, request.user, organisation)
        messages.success(
            request,
            ngettext(
                "%(n)s person gets a mail with a link within a few minutes.",
                "%(n)s people get a mail with a link within a few minutes.",
                sent,
            )
            % {"n": sent}
            if sent
            else _("Everyone was invited already."),
        )
        return redirect("connect:invite_all")
    told = queries.to_come_in(people, organisation)
    return render(request, "connect/invite_all.html", told)


@require_http_methods(["GET", "POST"])
@signed_in
def mail(request: Request) -> HttpResponse:
    """What we send you: of each kind at once, weekly or not; and what we sent lately."""
    wishes = queries.mail_wishes_of(request.user)
    form = MailForm(request.visitor, wishes, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.choose_mail(request.user, weekday=form.cleaned_data["weekday"], ways=form.ways())
        messages.success(request, _("Kept. From now on you get mail like this."))
        return redirect("connect:mail")
    told = {"form": form, "sent": queries.lately_sent_to(request.user)}
    return render(request, "connect/mail.html", told, status=422 if form.errors else 200)


# The address itself is the key: a mail program posts here by one click, without cookie or form.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Get no more of a kind of mail, without signing in. Looking at the address stops nothing."""
    read = read_stop(token)
    person = Person.objects.filter(pk=read[0]).first() if read else None
    if read is None or person is None:
        raise Http404
    kind = kind_named(read[1])
    if read[1] and (kind is None or not kind.may_stop):
        raise Http404
    if request.method == "POST":
        actions.stop_mail(person, kind)
    told = {"kind": kind, "stopped": request.method == "POST"}
    return render(request, "connect/stop_mail.html", told)


@require_GET
@at_work
def mail_trouble(request: Request) -> HttpResponse:
    """For HR and administrators: mail that did not arrive, or perhaps not."""
    require(policy.may_give_keys(request.visitor))
    organisation = request.visitor.organisation
    told = {
        "troubles": queries.troubles(policy.mail_that_went_wrong(request.visitor), organisation),
        "most": queries.MOST_TROUBLES,
        "state": queries.state_of_mail(organisation, timezone.now()),
    }
    return render(request, "connect/mail_trouble.html", told)


@require_POST
@at_work
def settle_mail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Send a mail again that went wrong, or leave it as it is."""
    wrong = get_object_or_404(policy.mail_that_went_wrong(request.visitor), pk=pk)
    if request.POST.get("do") == "again":
        done, said = actions.send_again(wrong), _("It is sent again within a minute.")
    else:
        done, said = actions.leave_it(wrong), _("We leave it as it is.")
    if done:
        messages.success(request, said)
    else:
        messages.info(request, _("Someone saw to it just before you."))
    return redirect("connect:mail_trouble")
