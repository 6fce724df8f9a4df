"""Each minute the log takes up what happened; each night old rows go and the log is signed."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Errand, Outcome, Progress, Refused, each_minute, job, nightly
from gezel.trust import actions, queries, words
from gezel.trust.models import Erasure, Log


@job(title=gettext_lazy("Remove who looked, after two years"))
def forget(progress: Progress) -> Outcome:
    """Readings and reasons that are two years old, and what a law had kept until yesterday."""
    figures = {
        "removed": actions.forget_readings(),
        "reasons": actions.forget_many_looks(),
        "legal": actions.forget_legal_records(),
    }
    return Outcome(_("Removed."), figures=figures)


@job(title=gettext_lazy("Take up what happened in the log"))
def take_up_events(progress: Progress) -> Outcome:
    """What rooms noted gets its place."""
    return Outcome("", figures={"events": actions.take_up()})


@job(title=gettext_lazy("Sign the log of the day"))
def seal_logs(progress: Progress) -> Outcome:
    """Every night: rules that changed are noted, old words go, keys are sealed anew, all is signed.

    Raises:
        Refused: a log was changed behind our back; it is not signed on top of that.
    """
    actions.note_computations()
    figures = {
        "forgotten": actions.forget_events(),
        "resealed": actions.reseal_logs(),
    }
    try:
        figures["logs"] = actions.seal_all()
    except actions.Tampered as problem:
        raise Refused(
            _("The log was changed behind our back (%(where)s). It was not signed.")
            % {"where": problem}
        ) from None
    return Outcome(_("Signed."), figures=figures)


@job(title=gettext_lazy("Check the log, entry by entry"))
def check_log(progress: Progress, *, log: int) -> Outcome:
    """Every entry against its promise, the tree and all that was signed.

    Raises:
        Refused: something is other than it was; the message names the first place.
    """
    found = Log.objects.filter(pk=log).first()
    if found is None:
        return Outcome("")
    came_out = queries.audited(found)
    if came_out.found is not None:
        raise Refused(words.fault(came_out.found))
    return Outcome(
        _("%(size)s entries are as they were signed, over %(sealed)s signed days.")
        % {"size": came_out.size, "sealed": came_out.sealed},
        figures={"entries": came_out.size, "signed": came_out.sealed},
    )


def _to_take_up() -> list[Errand]:
    return [(take_up_events, {})] if queries.something_waits() else []


@job(title=gettext_lazy("Count what is kept, for the works council"))
def count(progress: Progress) -> Outcome:
    """Every kind, in every organisation; and whether this version says something new."""
    organisations: Any = apps.get_model("people", "Organisation")._default_manager.all()
    progress.begin(len(organisations))
    for organisation in organisations:
        actions.count_kept(organisation)
        progress.step()
    actions.tell_anew()
    return Outcome(_("Counted."))


@job(title=gettext_lazy("Erase what someone asked to have erased"))
def erase(progress: Progress, *, erasure: str) -> Outcome:
    """What was confirmed, in database, files and lists; asked by nobody, as that account goes."""
    asked = Erasure.objects.select_related("person").get(pk=uuid.UUID(erasure))
    actions.carry_out(asked)
    return Outcome(_("Erased."))


@job(title=gettext_lazy("Erase again what a restore brought back"))
def erase_again(progress: Progress) -> Outcome:
    """Accounts that were erased and stand in the database again."""
    return Outcome(_("Erased again."), figures={"accounts": actions.erase_again()})


def _to_erase() -> Iterable[Errand]:
    return [(erase_again, {})] if actions.something_came_back() else []


nightly(lambda: [(forget, {}), (count, {}), (erase_again, {}), (seal_logs, {})])
each_minute(_to_take_up)
each_minute(_to_erase)
