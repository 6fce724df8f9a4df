"""EVC dossiers: of the candidate, with whom they chose, until two years after the last step."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.assessment.models.standards import Standard, StandardPart
from gezel.people.api import HR, LINE, SELF, Audience, Employment, Relation
from gezel.trust.api import CONSENT, personal_data

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor

# How long a dossier stands after the last thing that happened in it.
KEPT = timedelta(days=730)


def _in_role(*kinds: str) -> "Callable[[Visitor, date], Q]":
    def seen_by(visitor: "Visitor", on: date) -> Q:
        mine = DossierRole.objects.open_to(visitor.person.pk).filter(kind__in=kinds)
        return Q(pk__in=mine.values("candidate"))

    return seen_by


def _names_in_role(*kinds: str) -> "Callable[[Person, date], Sequence[str]]":
    def readers(person: "Person", on: date) -> Sequence[str]:
        roles = DossierRole.objects.filter(candidate=person, kind__in=kinds, ended_at=None)
        roles = roles.exclude(
            pk__in=DossierRole.objects.filter(candidate=person).in_line().values("pk")
        )
        return sorted({role.person.name for role in roles.select_related("person")})

    return readers


def _decides(visitor: "Visitor", on: date) -> Q:
    if visitor.employment is None:
        return Q(pk__in=[])
    here = visitor.employment.organisation_id
    to_me = DossierObjection.objects.filter(to=visitor.person.pk, dossier__organisation=here)
    return Q(pk__in=to_me.values("dossier__person"))


def _names_of_deciders(person: "Person", on: date) -> Sequence[str]:
    objections = DossierObjection.objects.filter(dossier__person=person).select_related("to")
    return sorted({o.to.name for o in objections if o.to})


def _told(visitor: "Visitor", on: date) -> Q:
    opened = Dossier.objects.filter(opened_at__isnull=False, person=OuterRef("pk"))
    return (LINE.seen_by(visitor, on) | HR.seen_by(visitor, on)) & Q(Exists(opened))


def _names_if_told(person: "Person", on: date) -> Sequence[str]:
    if not Dossier.objects.filter(person=person, opened_at__isnull=False).exists():
        return []
    return [*dict.fromkeys([*LINE.readers(person, on), *HR.readers(person, on)])]


ROLES = Relation(
    _("The guide and assessors you chose"),
    _in_role("guide", "assessor"),
    _names_in_role("guide", "assessor"),
)
DECIDER = Relation(_("Who decides on your objection"), _decides, _names_of_deciders)
TOLD = Relation(
    _("The people who lead you and HR, if you opened your dossier"), _told, _names_if_told
)
# Who works on a dossier, and who may know that it is there.
DOSSIERS_OF_A_PERSON = Audience(SELF, ROLES, DECIDER)
KNOWN_DOSSIERS = Audience(TOLD)


@personal_data(
    what=_("Your EVC dossier: the standard, the stage, the dates"),
    purpose=_("To have what you can already do recognised, and to see what comes next."),
    audience=Audience(SELF, ROLES, DECIDER, TOLD),
    ground=CONSENT,
    term=_("Two years after the last thing that happened in it; you can throw it away sooner."),
    order=50,
)
class Dossier(models.Model):
    """A candidate's way through EVC, held against one version of a standard. It is theirs.

    `opened_at`: since when lead and HR may know of it; without it they find no trace. `round`
    rises when an objection makes it judged anew; what was judged before stays.
    """

    class Stage(models.TextChoices):
        INFORMATION = "information", _("information")
        INTAKE = "intake", _("intake")
        PORTFOLIO = "portfolio", _("portfolio")
        ASSESSMENT = "assessment", _("assessment")
        RESULT = "result", _("result")
        PLAN = "plan", _("plan for the rest")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="dossiers")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="dossiers")
    stage = models.CharField(max_length=11, choices=Stage.choices, default=Stage.INFORMATION)
    # What the candidate wants to reach with it, and what was agreed at the intake.
    aim = models.CharField(max_length=1_000, blank=True)
    intake = models.TextField(max_length=3_000, blank=True)
    ready_by = models.DateField(null=True, blank=True)
    # As it was set when the dossier began.
    assessors = models.PositiveSmallIntegerField(default=2)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    stopped = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agreed_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    result_at = models.DateTimeField(null=True, blank=True)
    in_profile_at = models.DateTimeField(null=True, blank=True)
    goal = models.ForeignKey(
        "plans.Goal", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "standard"],
                condition=Q(ended_at__isnull=True),
                name="one_open_dossier_a_standard",
            ),
            models.CheckConstraint(
                condition=Q(assessors__in=[1, 2]), name="dossier_one_or_two_assessors"
            ),
            # The last line behind the rule: one of two cannot agree with themselves.
            models.CheckConstraint(
                condition=Q(assessors=1)
                | Q(agreed_by=None)
                | Q(proposed_by=None)
                | ~Q(agreed_by=F("proposed_by")),
                name="two_assessors_agree",
            ),
            models.CheckConstraint(
                condition=Q(in_profile_at=None) | Q(result_at__isnull=False),
                name="only_outcomes_go_into_a_profile",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-last_at"], name="dossier_of_a_person"),
            models.Index(fields=["last_at"], name="dossier_by_last_step"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.standard_id}: {self.stage}"

    @property
    def kept_until(self) -> date:
        return timezone.localdate(self.last_at + KEPT)


class DossierRoleQuerySet(models.QuerySet["DossierRole"]):
    def in_line(self) -> "DossierRoleQuerySet":
        """Of people who stand in a reporting line with the candidate now, above or below."""
        return self.filter(
            Q(candidate__lines_as_member__lead=F("person"))
            | Q(candidate__lines_as_lead__member=F("person"))
        ).distinct()

    def open_to(self, person_pk: int) -> "DossierRoleQuerySet":
        """The roles someone carries now. Where they came into the candidate's line since, or left
        the organisation they carried it in, the door closes that same day."""
        mine = self.filter(person=person_pk, ended_at=None)
        at_work = Employment.objects.current().filter(person=person_pk)
        bound = Q(inside=False) | Q(dossier__organisation__in=at_work.values("organisation"))
        line = DossierRole.objects.filter(person=person_pk).in_line()
        return mine.filter(bound).exclude(pk__in=line.values("pk"))


@personal_data(
    what=_("Who guides and assesses your EVC dossier, and the dossiers you guide or assess"),
    purpose=_("So that who helps and who judges are never one person, and never your lead."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["candidate", "person"],
    taken_by=["candidate"],
    order=51,
)
class DossierRole(models.Model):
    """Someone guides or assesses a dossier. Who was once the one never becomes the other there."""

    class Kind(models.TextChoices):
        GUIDE = "guide", _("guide")
        ASSESSOR = "assessor", _("assessor")

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="roles")
    # The same as of the dossier, kept here so that the database can hold the two apart.
    candidate = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="evc_roles")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # 0 for the guide; 1 and 2 for the assessors.
    seat = models.PositiveSmallIntegerField(default=0)
    # Whether they worked at the candidate's organisation when they were chosen.
    inside = models.BooleanField(default=True)
    since_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    why_ended = models.CharField(max_length=300, blank=True)
    final_at = models.DateTimeField(null=True, blank=True)

    objects = DossierRoleQuerySet.as_manager()

    class Meta:
        ordering = ["seat", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "person"], name="one_role_a_person_a_dossier"
            ),
            models.UniqueConstraint(
                fields=["dossier", "kind", "seat"],
                condition=Q(ended_at__isnull=True),
                name="one_person_a_seat",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("candidate")), name="nobody_judges_their_own_dossier"
            ),
            models.CheckConstraint(
                condition=Q(kind="guide", seat=0) | Q(kind="assessor", seat__in=[1, 2]),
                name="seat_fits_the_role",
            ),
            models.CheckConstraint(
                condition=Q(final_at=None) | Q(kind="assessor"), name="only_assessors_finish"
            ),
        ]
        indexes = [models.Index(fields=["person", "ended_at"], name="evc_role_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.kind} of {self.dossier_id}"


@personal_data(
    what=_("The evidence in your EVC dossier"),
    purpose=_("To show what you can already do, held against the parts of the standard."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["dossier__person", "by"],
    taken_by=["dossier__person"],
    order=52,
)
class DossierPiece(models.Model):
    """One piece of evidence, tied to the parts of the standard it is about.

    `told` holds the fields of a form: the five of STARR, or what was seen at a visit.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("document")
        PHOTO = "photo", _("photo")
        VIDEO = "video", _("video")
        ACCOUNT = "account", _("your own account along STARR")
        STATEMENT = "statement", _("statement of a colleague")
        GEZEL = "gezel", _("from Gezel")
        VISIT = "visit", _("workplace visit")
        PRACTICAL = "practical", _("practical test")
        INTERVIEW = "interview", _("criterion-based interview")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="pieces")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    name = models.CharField(max_length=200)
    about = models.TextField(max_length=2_000, blank=True)
    # When the work was done, not when it was added: how recent it is follows from this.
    done_on = models.DateField(null=True, blank=True)
    media = models.ForeignKey(
        "content.Media", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # As the file was called by who brought it.
    file_name = models.CharField(max_length=200, blank=True)
    # What it is a copy of, as an address within Gezel ("certificates:holding:3").
    rests_on = models.CharField(max_length=200, blank=True)
    told: Any = models.JSONField(default=dict, blank=True)
    parts = models.ManyToManyField(StandardPart, related_name="pieces", blank=True)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="evc_pieces"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "rests_on"],
                condition=~Q(rests_on=""),
                name="nothing_from_gezel_twice_a_dossier",
            )
        ]

    def __str__(self) -> str:
        return self.name


@personal_data(
    what=_("Colleagues you asked for a statement for your EVC dossier, and what they answered"),
    purpose=_("So that someone who saw you work can say so in their own words."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["dossier__person", "of"],
    taken_by=["dossier__person"],
    order=53,
)
class AskedStatement(models.Model):
    """A colleague was asked for a statement. An answer becomes a piece in the dossier."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="asked")
    of = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="evc_statements")
    question = models.CharField(max_length=500)
    parts = models.ManyToManyField(StandardPart, related_name="+", blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    declined = models.BooleanField(default=False)
    piece = models.OneToOneField(
        DossierPiece, on_delete=models.SET_NULL, null=True, blank=True, related_name="answer_to"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "of"],
                condition=Q(answered_at__isnull=True),
                name="one_open_statement_a_colleague",
            )
        ]
        indexes = [models.Index(fields=["of", "answered_at"], name="statement_asked_of")]

    def __str__(self) -> str:
        return f"{self.dossier_id} asks {self.of_id}"


@personal_data(
    what=_("Hours that you and your guide kept for your EVC dossier"),
    purpose=_("To see what it asks, beside the hours that were set aside for it."),
    audience=Audience(SELF, ROLES, DECIDER, TOLD),
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["dossier__person", "by"],
    taken_by=["dossier__person"],
    order=54,
)
class HoursKept(models.Model):
    """Time someone spent on a dossier, as they wrote it down."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="hours")
    by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    minutes = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)]
    )
    what = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1_440), name="hours_within_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.on}: {self.minutes}"


@personal_data(
    what=_("What assessors found of your EVC dossier, each on their own"),
    purpose=_("So that two people judge the evidence before they hear each other."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    # About the candidate as well; that they read it from the result on, `queries.dossiers` sees to.
    person=["role__candidate", "role__person"],
    # Not as rows: before there is a result they are the assessor's alone. With it they travel in
    # the archive of the dossier (`paper.archive`).
    taken_by=(),
    order=55,
)
class Judgement(models.Model):
    """What one assessor finds of one part: the five criteria with reasons, the result and why.

    Nobody else reads it before as many assessors as were asked have finished.
    """

    class Result(models.TextChoices):
        SHOWN = "shown", _("shown")
        PARTLY = "partly", _("partly shown")
        NOT_YET = "not_yet", _("not shown yet")

    role = models.ForeignKey(DossierRole, on_delete=models.CASCADE, related_name="judgements")
    part = models.ForeignKey(StandardPart, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    # criterion → [holds, reason]
    criteria: Any = models.JSONField(default=dict)
    result = models.CharField(max_length=7, choices=Result.choices, blank=True)
    why = models.TextField(max_length=2_000, blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "part", "round"], name="one_judgement_a_part")
        ]

    def __str__(self) -> str:
        return f"{self.role_id}/{self.part_id}: {self.result}"


@personal_data(
    what=_("The result of your EVC dossier, part by part, with reasons"),
    purpose=_("So that you know what was recognised, by whom, and what is left to learn."),
    audience=Audience(SELF, ROLES, DECIDER, TOLD),
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person="dossier__person",
    # In the archive of the dossier: a row may be a proposal that is not agreed yet.
    taken_by=(),
    order=56,
)
class Outcome(models.Model):
    """What the assessors came to on one part, in one round."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="outcomes")
    part = models.ForeignKey(StandardPart, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    result = models.CharField(max_length=7, choices=Judgement.Result.choices)
    why = models.TextField(max_length=2_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "part", "round"], name="one_outcome_a_part")
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.part_id}: {self.result}"


@personal_data(
    what=_("Your objection to the result of an EVC dossier, and the decision"),
    purpose=_("So that someone who had no part in it looks again."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["dossier__person", "to"],
    taken_by=["dossier__person"],
    order=57,
)
class DossierObjection(models.Model):
    """The candidate does not agree with a result; a person named in the set-up decides."""

    class Decision(models.TextChoices):
        STANDS = "stands", _("the result stands")
        ANEW = "anew", _("it is judged anew")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="objections")
    to = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="evc_objections"
    )
    reason = models.TextField(max_length=2_000)
    made_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    because = models.TextField(max_length=2_000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(decided_at__isnull=True),
                name="one_open_objection_a_dossier",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.decision or 'open'}"


@personal_data(
    what=_("What happened in your EVC dossier, and when"),
    purpose=_("So that you, your guide and your assessors can follow the course."),
    audience=DOSSIERS_OF_A_PERSON,
    ground=CONSENT,
    term=_("As the dossier: two years after the last thing that happened in it."),
    person=["dossier__person", "by"],
    taken_by=["dossier__person"],
    order=58,
)
class DossierFact(models.Model):
    """One dated event in the course of a dossier. Only added."""

    class Kind(models.TextChoices):
        BEGAN = "began", _("Begun")
        READY = "ready", _("To the intake")
        GUIDE = "guide", _("Guide chosen")
        ASSESSOR = "assessor", _("Assessor chosen")
        ENDED_ROLE = "role_ended", _("Handed back")
        INTAKE = "intake", _("Intake done")
        HANDED_IN = "handed_in", _("Portfolio handed in")
        RETURNED = "returned", _("Back to the portfolio")
        FINAL = "final", _("An assessor has finished")
        PROPOSED = "proposed", _("Joint result proposed")
        RESULT = "result", _("Result")
        OPENED = "opened", _("Opened to lead and HR")
        CLOSED = "closed", _("Closed to lead and HR")
        OBJECTED = "objected", _("Objection made")
        DECIDED = "decided", _("Objection decided")
        PLANNED = "planned", _("Plan made")
        KEPT = "kept", _("Put in the profile")
        DONE = "done", _("Rounded off")
        STOPPED = "stopped", _("Stopped")

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    about = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.kind}"
