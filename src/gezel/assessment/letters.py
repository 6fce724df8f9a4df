"""What is said by mail about EVC: short, since a mailbox at work may be read over a shoulder.

Each is looked at again when it goes out: who has no part in the dossier any more hears nothing.
"""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.assessment.models import AskedStatement, Dossier, DossierObjection, DossierRole
from gezel.connect.api import Letter, Message, Way, declare_kind, say_to
from gezel.people.api import Person

ROLE, JUDGE, AGREE, STATEMENT, OBJECTION, RESULT = (
    "role", "judge", "agree", "statement", "objection", "result",
)  # fmt: skip
SUBJECTS: dict[str, Promise] = {
    ROLE: gettext_lazy("Someone chose you for EVC"),
    JUDGE: gettext_lazy("An EVC dossier is ready to be judged"),
    AGREE: gettext_lazy("Both assessors have finished: come to a result together"),
    STATEMENT: gettext_lazy("A colleague asks you for a statement"),
    OBJECTION: gettext_lazy("An objection was laid before you"),
    # Of the candidate: nothing in the heading tells what it is about.
    RESULT: gettext_lazy("There is news for you in Gezel"),
}


def _letter(message: Message) -> Letter | None:
    what = message.about["what"]
    dossier = Dossier.objects.filter(key=message.about["dossier"]).first()
    if dossier is None or dossier.ended_at is not None:
        return None
    if not _still(dossier, message.person_id, what):
        return None
    path = reverse("evc:home") if what == STATEMENT else reverse("evc:dossier", args=[dossier.key])
    return Letter(str(SUBJECTS[what]), (), path, _("Open it"))


def _still(dossier: Dossier, person: int, what: str) -> bool:
    if what == RESULT:
        return dossier.person_id == person
    if what == STATEMENT:
        asked = AskedStatement.objects.filter(dossier=dossier, of=person, answered_at=None)
        return asked.exists()
    if what == OBJECTION:
        return DossierObjection.objects.filter(dossier=dossier, to=person, decided_at=None).exists()
    return DossierRole.objects.open_to(person).filter(dossier=dossier).exists()


EVC = declare_kind(
    "assessment.evc",
    title=gettext_lazy("EVC: when someone asks something of you"),
    because=gettext_lazy("You get this because a colleague chose or asked you."),
    write=_letter,
    way=Way.NOW,
)


def tell(person: Person, dossier: Dossier, what: str, *, once: str) -> None:
    """Say it by mail, in the transaction of its cause."""
    say_to(
        [person.pk],
        EVC,
        organisation=dossier.organisation_id,
        once=f"{what}/{once}"[:100],
        about={"what": what, "dossier": str(dossier.key)},
    )
