"""Paths many employers begin from; each is copied, and theirs from then on."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.paths.common import renewed_keys
from gezel.paths.rules import ROOT, Kind, Node, Readers


@dataclass(frozen=True, slots=True)
class Template:
    """A path to begin from: what it is called, what it is for, and how it is made."""

    name_nl: str
    name_en: str
    label: str | Promise
    about: str | Promise
    make: Callable[[], Node]


def _task(nl: str, en: str, **more: int) -> Node:
    return Node("", Kind.TASK, nl=nl, en=en, opens_days=more.get("opens"), due_days=more.get("due"))


def _question(nl: str, en: str, readers: Readers, *, opens: int, due: int) -> Node:
    return Node("", Kind.FEEDBACK, nl=nl, en=en, readers=readers, opens_days=opens, due_days=due)


def _block(kind: Kind, nl: str, en: str, *children: Node, **more: int) -> Node:
    return Node(
        "", kind, nl=nl, en=en, children=children, pick=more.get("pick", 1),
        opens_days=more.get("opens"), due_days=more.get("due"),
    )  # fmt: skip


def _onboarding() -> Node:
    """30, 60 and 90 days, and then on: the last step is a goal of one's own."""
    return Node(
        ROOT,
        Kind.PARALLEL,
        children=(
            _block(
                Kind.PARALLEL,
                "De eerste dertig dagen: je weg vinden",
                "The first thirty days: finding your way",
                _task("Leer je team en je buddy kennen", "Meet your team and your buddy", due=5),
                _task("Loop een dag mee met een collega", "Go along with a colleague for a day",
                      due=14),
                _task("Lees hoe we veilig werken", "Read how we work safely", due=14),
                _question(
                    "Hoe bevalt het, en wat heb je nodig?",
                    "How is it going, and what do you need?",
                    Readers.LEAD, opens=21, due=30,
                ),
                due=30,
            ),
            _block(
                Kind.PARALLEL,
                "Tot dag zestig: zelf doen",
                "Until day sixty: doing it yourself",
                _task("Doe een klus van begin tot eind, met iemand naast je",
                      "Do a job from start to finish, with someone beside you"),
                _task("Vraag twee collega's wat je goed doet en wat beter kan",
                      "Ask two colleagues what you do well and what could be better"),
                _question(
                    "Wat lukt al alleen, en waar wil je hulp bij?",
                    "What can you do alone already, and where do you want help?",
                    Readers.LEAD, opens=50, due=60,
                ),
                opens=30, due=60,
            ),
            _block(
                Kind.SEQUENCE,
                "Tot dag negentig: vooruitkijken",
                "Until day ninety: looking ahead",
                _task("Kijk met je leidinggevende naar je vaardigheden",
                      "Look at your skills with who leads you"),
                _task("Kies een groeidoel voor het komende jaar",
                      "Choose a growth goal for the coming year"),
                _question(
                    "Wat had je graag eerder geweten? Daar maken we het begin beter van.",
                    "What would you have liked to know sooner? It helps us make the start better.",
                    Readers.BOTH, opens=80, due=90,
                ),
                opens=60, due=90,
            ),
        ),
    )  # fmt: skip


def _blended() -> Node:
    """Theory at home, practice together, intervisie, and applied at work, as one block."""

    def part(name: str, nl: str, en: str) -> Node:
        return Node("", Kind.TASK, nl=nl, en=en, part=name)

    return Node(
        ROOT,
        Kind.SEQUENCE,
        children=(
            Node(
                "",
                Kind.BLEND,
                nl="Leren, samen oefenen, bespreken, toepassen",
                en="Learn, practise together, talk it over, apply",
                due_days=60,
                children=(
                    part("theory", "Neem thuis de theorie door", "Go through the theory at home"),
                    part("practice", "Oefen samen met collega's", "Practise with colleagues"),
                    part("intervisie", "Bespreek een eigen geval in een intervisiegroep",
                         "Talk over a case of your own in an intervisie group"),
                    part("applied", "Pas het toe in je werk en laat het iemand zien",
                         "Apply it in your work and show someone"),
                ),
            ),
            Node(
                "", Kind.FEEDBACK,
                nl="Wat doe je nu anders in je werk?", en="What do you do differently at work now?",
                readers=Readers.LEAD,
            ),
        ),
    )  # fmt: skip


TEMPLATES = {
    "onboarding": Template(
        "De eerste negentig dagen",
        "The first ninety days",
        _("Onboarding: 30, 60 and 90 days"),
        _("Finding your way, doing it yourself, looking ahead; with three moments to ask."),
        lambda: renewed_keys(_onboarding()),
    ),
    "blend": Template(
        "Leren en toepassen",
        "Learn and apply",
        _("A blend"),
        _("Theory at home, practice together, intervisie, applied at work."),
        lambda: renewed_keys(_blended()),
    ),
}
