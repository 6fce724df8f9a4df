"""In the background: what a leaked key signed is signed anew; secrets lie under the newest key;
links that ended long ago go."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Errand, Outcome, Progress, Refused, job
from gezel.profile import actions, queries
from gezel.profile.models import SigningKey, Takeout


@job(title=gettext_lazy("Sign credentials anew"))
def sign_credentials_again(progress: Progress, *, signing_key: int) -> Outcome:
    """Everything that a leaked key signed."""
    found = SigningKey.objects.filter(pk=signing_key).first()
    done = actions.sign_again(found) if found else 0
    return Outcome(
        _("Signed anew. Whoever has an older copy can download it again."), figures={"signed": done}
    )


@job(title=gettext_lazy("Make your archive"))
def make_archive(progress: Progress, *, takeout: str, language: str = "") -> Outcome:
    """Everything of one person in one file, for that person, in the language they asked it in."""
    found = Takeout.objects.select_related("person").filter(pk=uuid.UUID(takeout)).first()
    if found is None:
        raise Refused(_("This archive was thrown away meanwhile."))
    progress.begin(len(queries.taken_along()))
    actions.fill(found, step=progress.step, language=language)
    return Outcome(_("Your archive is ready."), url=reverse("profile:leaving"))


@job(title=gettext_lazy("Remove archives and files that served their time"))
def forget(progress: Progress) -> Outcome:
    """Archives of a week ago, and what was looked at a month ago and never taken over."""
    figures = {"archives": actions.forget_takeouts(), "files": actions.forget_arrivals()}
    return Outcome(_("Removed."), figures=figures)


@job(title=gettext_lazy("Put signing keys under the newest key"))
def reseal_keys(progress: Progress) -> Outcome:
    """Every night, so that an older key can be taken out of the environment."""
    return Outcome("", figures={"resealed": actions.reseal()})


@job(title=gettext_lazy("Remove links to profiles, a year after they ended"))
def forget_shares(progress: Progress) -> Outcome:
    """Every night, as their declaration tells."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_shares()})


@job(title=gettext_lazy("Remove answers about credentials, after an hour"))
def forget_answers(progress: Progress) -> Outcome:
    """What someone showed to who asked whether a credential is theirs."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_answers()})


def soon() -> list[Errand]:
    """Every minute, where there is something to do."""
    return [(forget_answers, {})] if queries.answers_over() else []


def tonight() -> list[Errand]:
    return [(reseal_keys, {}), (forget_shares, {}), (forget, {})]
