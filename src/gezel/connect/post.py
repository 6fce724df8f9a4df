"""A mail as it goes out: text and simple HTML, why you get it, and how to get fewer."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext

from gezel.connect.kinds import Kind, Letter
from gezel.connect.models import Mail, MailWishes, Weekday
from gezel.people.api import Organisation, Person

_SALT = "gezel.connect.mail"
_LINK_WORKS = 400 * 86_400


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in a mail."""

    kind: Kind
    letter: Letter
    organisation: Organisation

    @property
    def url(self) -> str:
        """Where one does something about it, in full."""
        return f"{settings.BASE_URL}{self.letter.path}" if self.letter.path else ""


def stop_path(person: Person, kind: Kind | None) -> str:
    """The address at which someone stops this kind, or all, without signing in."""
    token = signing.dumps([person.pk, kind.name if kind else ""], salt=_SALT)
    return reverse("connect:stop_mail", args=[token])


def read_stop(token: str) -> tuple[int, str] | None:
    """Whose link it is and what it stops; None when it is not ours or too old."""
    try:
        person, kind = signing.loads(token, salt=_SALT, max_age=_LINK_WORKS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(person), str(kind)


def compose(
    mail: Mail, said: list[Said], wishes: MailWishes | None, connection: object = None
) -> EmailMultiAlternatives:
    """The mail itself, in the language that is active.

    Its Message-ID follows from its row, so that a mail that is offered again is the same mail.
    """
    weekly = mail.week is not None
    kind = None if weekly else said[0].kind
    stoppable = any(one.kind.may_stop for one in said)
    told = {
        "person": mail.person,
        "said": said,
        "weekly": weekly,
        "weekday": Weekday(wishes.weekday if wishes else Weekday.MONDAY).label,
        "because": list(dict.fromkeys(str(one.kind.because) for one in said)),
        "several": len({one.organisation.pk for one in said}) > 1,
        "fewer": settings.BASE_URL + reverse("connect:mail"),
        "stop": settings.BASE_URL + stop_path(mail.person, kind) if stoppable else "",
        "language": get_language(),
        "base_url": settings.BASE_URL,
        "subject": _subject(said),
    }
    host = urlsplit(settings.BASE_URL).hostname
    headers = {
        "Message-ID": f"<{mail.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if stoppable:
        headers["List-Unsubscribe"] = f"<{told['stop']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    post = EmailMultiAlternatives(
        subject=_subject(said),
        body=render_to_string("connect/email/mail.txt", told),
        to=[mail.person.email],
        headers=headers,
        connection=connection,
    )
    post.attach_alternative(render_to_string("connect/email/mail.html", told), "text/html")
    calendar = None if weekly else said[0].letter.calendar
    if calendar:
        # Twice, as calendars want it: as a way to read the mail, and as a file.
        form = f"text/calendar; method={calendar.method}"
        post.attach_alternative(calendar.content, form)
        post.attach("invite.ics", calendar.content, form)
    return post


def _subject(said: list[Said]) -> str:
    first = " ".join(said[0].letter.subject.split())
    if len(said) == 1:
        return first
    more = len(said) - 1
    return ngettext("%(first)s, and %(n)s thing more", "%(first)s, and %(n)s things more", more) % {
        "first": first,
        "n": more,
    }
