"""The drafts that stand on the running settings: the consent pack, the DPIA and the register.

Each is a list of parts with sentences and rows, so that page, paper and sheet say the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from gezel.trust import words
from gezel.trust.models import Filled
from gezel.trust.queries.consent import Standing, standings
from gezel.trust.queries.kept import file_of


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a draft: what the house says itself, and what a human must say."""

    title: str
    says: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()
    place: str = ""
    asks: str = ""
    filled: str = ""

    @property
    def is_open(self) -> bool:
        """A human still has to write here."""
        return bool(self.place) and not self.filled


def filled_of(organisation: Any) -> dict[str, str]:
    """What humans wrote, by place."""
    return dict(Filled.objects.filter(organisation=organisation).values_list("place", "text"))


def _numbered(row: dict[str, Any]) -> str:
    """Who can read it, and how many people that is now."""
    told = []
    for because, n in zip(row["readers"], row.get("now", ()), strict=False):
        told.append(f"{because} ({n})" if n is not None else because)
    return "; ".join(told or row["readers"])


def consent_pack(organisation: Any, standing: Standing) -> list[Part]:
    """What the council needs to decide on one setting (art. 27 WOR)."""
    file = file_of(organisation)
    widening = standing.widening
    return [
        Part(
            _("The request"),
            [
                _(
                    "%(organisation)s asks the works council for its consent to: %(what)s. Article "
                    "27, first paragraph, under k and l, of the Works Councils Act asks for this "
                    "consent."
                )
                % {"organisation": organisation, "what": widening.what},
                _("Until the council agrees, Gezel itself keeps this shut."),
            ],
        ),
        Part(
            _("What changes"),
            [],
            [
                (_("With it"), str(widening.sees)),
                (_("Without it"), str(widening.without)),
                (_("How it stands now"), str(standing.stands)),
            ],
        ),
        Part(
            _("Which data, why, how long, and who sees it"),
            [_("“You” is the person it is about. A number in brackets is how many people now.")],
            [
                (row["what"], " ".join((row["purpose"], row["term"], _numbered(row))))
                for row in file["kept"]
            ],
        ),
        Part(
            _("What is worked out about people"),
            file["ai"],
            [(row["what"], row["how"]) for row in file["computed"]],
        ),
        Part(_("What Gezel never does"), file["never"]),
        Part(
            _("What the council can do"),
            [
                _("Agree, agree with conditions, or refuse; and take it back later."),
                _("Taken back, it is shut the same minute. Who recorded what stays to be read."),
            ],
        ),
    ]


def dpia(organisation: Any) -> list[Part]:
    """A draft data protection impact assessment (article 35), with the places a human fills."""
    file, filled = file_of(organisation), filled_of(organisation)

    def asked(
        title: str,
        place: str,
        says: Sequence[str] = (),
        rows: Sequence[tuple[str, str]] = (),
    ) -> Part:
        return Part(title, says, rows, place, str(words.PLACES[place]), filled.get(place, ""))

    open_settings = [s for s in standings(organisation) if s.is_open]
    return [
        asked(
            _("Why this is assessed"),
            "dpia.why",
            [
                _("Gezel follows how people at work learn and what they show, over a long time."),
                _(
                    "The list of the Dutch Data Protection Authority names control of employees, "
                    "profiling, and influencing behaviour: so an assessment is needed."
                ),
            ],
        ),
        Part(
            _("What is processed, and for what"),
            [],
            [(row["what"], f"{row['purpose']} {row['ground']}") for row in file["kept"]],
        ),
        Part(
            _("About whom, and who sees it"),
            [_("About everyone who works here or did. A number in brackets is how many now.")],
            [(row["what"], _numbered(row)) for row in file["kept"]],
        ),
        Part(_("How long"), [], [(row["what"], row["term"]) for row in file["kept"]]),
        Part(
            _("What is worked out about people"),
            file["ai"],
            [(row["what"], row["how"]) for row in file["computed"]],
        ),
        Part(
            _("Settings that widen what is seen"),
            [_("Shut until the works council agrees.")]
            if not open_settings
            else [str(s.stands) for s in open_settings],
            [(str(s.widening.what), str(s.widening.sees)) for s in standings(organisation)],
        ),
        asked(
            _("Is it needed, and could it be less?"),
            "dpia.necessity",
            [_("Gezel keeps private by default what a person writes for themselves.")],
        ),
        asked(
            _("Risks, and what is done about them"),
            "dpia.risks",
            [],
            [(str(risk), str(measure)) for risk, measure in words.RISKS],
        ),
        asked(
            _("The view of the works council"),
            "dpia.council",
            [],
            [
                (
                    str(s.widening.what),
                    ", ".join(
                        (
                            str(s.last.get_step_display()),
                            formats.date_format(s.last.decided_on),
                            s.last.decided_by,
                        )
                    ),
                )
                for s in standings(organisation)
                if s.last
            ],
        ),
        asked(_("The advice of the data protection officer"), "dpia.officer"),
        asked(_("The decision, and when it is looked at again"), "dpia.decision"),
    ]


@dataclass(frozen=True, slots=True)
class Register:
    """The register of processing (article 30): what holds for all, and a row for each kind."""

    general: Sequence[Part]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def register(organisation: Any) -> Register:
    """The register as it stands now."""
    file, filled = file_of(organisation), filled_of(organisation)
    general = [
        Part(
            str(words.REGISTER_TITLES[place]),
            place=place,
            asks=str(words.PLACES[place]),
            filled=filled.get(place, ""),
        )
        for place in words.REGISTER_TITLES
    ]
    header = [
        _("Processing"),
        _("Purpose"),
        _("About whom"),
        _("Categories of data"),
        _("Who receives it"),
        _("Outside the EU"),
        _("Ground"),
        _("Kept until"),
        _("Security"),
    ]
    return Register(general, header, list(_register_rows(file, filled)))


def _register_rows(file: dict[str, Any], filled: dict[str, str]) -> Iterator[Sequence[str]]:
    for row in file["kept"]:
        yield (
            row["what"],
            row["purpose"],
            _("People who work here or did"),
            ", ".join(row["labels"].values()),
            "; ".join(row["readers"]),
            filled.get("register.transfers") or _("None by Gezel itself."),
            row["ground"],
            row["term"],
            _("Row-level policies, a log of who looked, keys and tokens as digests, TLS."),
        )
