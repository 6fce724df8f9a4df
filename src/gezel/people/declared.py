"""What `trust` keeps about people, declared where its readers are known; and what widens here."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.people.audience import COUNCIL, HR, SELF, Audience
from gezel.people.models import Organisation
from gezel.trust.api import (
    LEGAL_DUTY,
    LEGITIMATE_INTEREST,
    CouncilDecision,
    Erasure,
    Filled,
    LegalRecord,
    Objection,
    SettingChange,
    Widening,
    personal_data,
    widens,
)

_WITH_THE_ACCOUNT = _("As long as your account exists; the fact stays without your name.")

personal_data(
    what=_("Your objections, and what was decided"),
    purpose=_("So that a named human answers, and you can read the answer later."),
    audience=Audience(SELF, HR),
    ground=LEGAL_DUTY,
    term=_("As long as your account exists."),
    order=82,
)(Objection)
personal_data(
    what=_("That you asked to have something erased"),
    purpose=_("To carry it out, and to show that it was done."),
    audience=Audience(SELF),
    ground=LEGAL_DUTY,
    term=_("As long as your account exists; what stays then is figures without a name."),
    order=83,
)(Erasure)
personal_data(
    what=_("What you wrote down of a decision of the works council"),
    purpose=_("So that it is known who recorded that a setting may be opened."),
    audience=Audience(SELF, HR, COUNCIL),
    ground=LEGAL_DUTY,
    term=_WITH_THE_ACCOUNT,
    person="recorded_by",
    order=84,
)(CouncilDecision)
personal_data(
    what=_("Settings you changed that widen or narrow what is seen"),
    purpose=_("So that the works council can see what changed, when and by whom."),
    audience=Audience(SELF, HR, COUNCIL),
    ground=LEGITIMATE_INTEREST,
    term=_WITH_THE_ACCOUNT,
    person="by",
    order=85,
)(SettingChange)
personal_data(
    what=_("What you wrote in the draft DPIA or the register of processing"),
    purpose=_("So that a reader knows whom to ask."),
    audience=Audience(SELF, HR, COUNCIL),
    ground=LEGITIMATE_INTEREST,
    term=_WITH_THE_ACCOUNT,
    person="by",
    order=86,
)(Filled)
personal_data(
    what=_("After an erasure: the least of a record that the law has your employer keep"),
    purpose=_("To keep what a law asks and nothing more, until the day that law names."),
    audience=Audience(HR),
    ground=LEGAL_DUTY,
    term=_("Until the day that stands with the record."),
    # The account is gone: it leads to nobody, and HR finds it by the name in it.
    person=(),
    order=87,
)(LegalRecord)

USUAL_GROUP = 5
SMALL_GROUPS = "people.small_groups"


def _stands(organisation: Organisation) -> str:
    return gettext("Figures are shown about groups of at least %d people.") % (
        organisation.smallest_group
    )


def _shut(organisation: Any) -> None:
    Organisation.objects.filter(pk=organisation.pk, smallest_group__lt=USUAL_GROUP).update(
        smallest_group=USUAL_GROUP
    )
    organisation.smallest_group = max(organisation.smallest_group, USUAL_GROUP)


widens(
    Widening(
        SMALL_GROUPS,
        _("Figures about groups of four people"),
        _("Leads, HR and the council see figures about groups of four; without it, from five on."),
        _("Figures about fewer than five people stay dark, everywhere."),
        _stands,
        lambda organisation: organisation.smallest_group < USUAL_GROUP,
        _shut,
        order=10,
    )
)
