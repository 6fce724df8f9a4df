"""What colleagues of the demo make together: an instruction from a phone with thanks and a
question, one that waits for a look, and a module with a block of each kind.

All of it is made by the actions the pages use.
"""

import uuid
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from gezel.catalogue.api import Taught
from gezel.content.api import (
    Module,
    Words,
    add_block,
    answer_asking,
    ask,
    ask_review,
    block_body,
    draft_module,
    keep_file,
    keep_upload,
    open_up,
    set_house_rules,
    thank,
)
from gezel.kit import late
from gezel.site.demo.cast import Stage

_KEYS = uuid.UUID("0b8f6f0c-3f0f-4c55-9d43-0d6f2a8c6e11")
Raw = Mapping[str, Any]


def make_together(stage: Stage) -> None:
    """Three modules of Van Dijk beside those of the story."""
    set_house_rules(
        stage.organisations["van-dijk"],
        review_first=False,
        tests_waive=True,
        makers_waive=False,
        embed_hosts=["www.youtube-nocookie.com", "player.vimeo.com"],
        quota_gb=50,
    )
    _instruction(stage)
    _waiting(stage)
    _every_kind(stage)


def _draft(
    stage: Stage, by: str, title: Raw, goal: Raw, *, skill: str, level: int, pass_percent: int = 80
) -> Module:
    module = draft_module(
        stage.organisations["van-dijk"],
        by=stage.people[by],
        title=Words(**title),
        goal=Words(**goal),
        minutes=5,
        pass_percent=pass_percent,
        teaches=[Taught(stage.skills[skill].pk, level - 1, level)],
        key=uuid.uuid5(_KEYS, str(title["nl"])),
    )
    stage.modules[f"together/{title['nl']}"] = module
    return module


def _fill(stage: Stage, module: Module, by: str, *blocks: tuple[str, Raw, Any]) -> None:
    for kind, raw, media in blocks:
        add_block(module, kind=kind, body=block_body(kind, raw), media=media, by=stage.people[by])


def _photo(stage: Stage, colour: str, *, shut: bool) -> Any:
    """A padlock, open or shut: what a telephone would have taken, without anyone's workshop."""
    sheet = late.Image.new("RGB", (1200, 900), "#e9e4d8")
    pen = late.ImageDraw.Draw(sheet)
    pen.rounded_rectangle((380, 420, 820, 780), 40, fill=colour)
    drop = 0 if shut else 90
    pen.arc((450, 160 - drop, 750, 560 - drop), 180, 360, fill="#5b6166", width=54)
    for x in (450, 696) if shut else (450,):
        pen.rectangle((x, 350 - drop, x + 54, 430), fill="#5b6166")
    pen.ellipse((560, 540, 640, 620), fill="#2b2f33")
    pen.polygon([(585, 600), (615, 600), (630, 700), (570, 700)], fill="#2b2f33")
    out = BytesIO()
    sheet.save(out, "PNG")
    out.seek(0)
    return keep_upload(stage.organisations["van-dijk"], out, expected="image")


def _instruction(stage: Stage) -> None:
    """Noor's, from her phone; Karim thanks and asks, she answers."""
    module = _draft(
        stage, "noor",
        {"nl": "Het rode slot op de servicestekker", "en": "The red lock on the service plug"},
        {"nl": "Je zet het slot er zo op dat niemand de stekker terug kan steken.",
         "en": "You put the lock on so that nobody can push the plug back in."},
        skill="hv-isolation", level=2,
    )  # fmt: skip
    lines = (
        ("Trek de stekker eruit en houd hem bij je.", "Pull the plug out and keep it with you.",
         _photo(stage, "#c8402f", shut=False)),
        ("Klik het rode slot dicht en hang je kaartje eraan.",
         "Click the red lock shut and hang your tag on it.",
         _photo(stage, "#c8402f", shut=True)),
    )  # fmt: skip
    for dutch, english, photo in lines:
        told = {"nl": dutch, "en": english}
        _fill(stage, module, "noor", ("image", {"alt": told, "caption": told}, photo))
    _fill(stage, module, "noor", ("question", {
        "prompt": {"nl": "Wie mag het slot eraf halen?", "en": "Who may take the lock off?"},
        "options": [
            {"text": {"nl": "Iedereen met een sleutel", "en": "Anyone with a key"}},
            {"text": {"nl": "Alleen wie het erop zette", "en": "Only who put it on"},
             "right": True,
             "why": {"nl": "Jouw leven hangt aan dat slot.",
                     "en": "Your life hangs on that lock."}},
        ],
    }, None))  # fmt: skip
    open_up(module)
    karim, noor = stage.people["karim"], stage.people["noor"]
    thank(module, karim, line="Eindelijk staat het ergens. Ik gebruik het bij de leerlingen.")
    thank(module, stage.people["daan"], line="")
    asking = ask(
        module,
        karim,
        text="Geldt dit ook voor de hybride busjes?",
        key=uuid.uuid5(_KEYS, "asking"),
    )
    answer_asking(asking, by=noor, text="Ja, alleen zit de stekker daar onder de bijrijdersstoel.")
    ask(
        module,
        stage.people["daan"],
        text="Waar liggen de reservesloten nu?",
        key=uuid.uuid5(_KEYS, "asking 2"),
    )


def _waiting(stage: Stage) -> None:
    """Karim's, which waits for Femke to look."""
    module = _draft(
        stage, "karim",
        {"nl": "Een warme accu apart zetten", "en": "Setting a hot battery apart"},
        {"nl": "Je herkent een accu die te warm wordt en zet hem veilig apart.",
         "en": "You recognise a battery that gets too hot and set it apart safely."},
        skill="hv-battery-quarantine", level=2,
    )  # fmt: skip
    _fill(
        stage, module, "karim",
        ("text", {"body": {
            "nl": "## Voelen, ruiken, horen\n\nEen accu die **sist**, zoet ruikt of warmer is dan "
                  "je hand verdraagt, blijft niet in de hal.",
            "en": "## Feel, smell, hear\n\nA battery that **hisses**, smells sweet or is warmer "
                  "than your hand can bear does not stay in the hall."}}, None),
        ("checklist", {"items": {
            "nl": ["Deur open, iedereen weg", "Auto naar het vak buiten", "112 als er rook is"],
            "en": ["Door open, everyone out", "Car to the bay outside", "112 if there is smoke"],
        }}, None),
    )  # fmt: skip
    ask_review(module, by=stage.people["karim"], reviewer=stage.people["femke"])


def _every_kind(stage: Stage) -> None:
    """A module with a block of each kind, for who wants to see what there is."""
    module = _draft(
        stage, "karim",
        {"nl": "Spanningsloos maken: oefenen", "en": "Isolating: practise"},
        {"nl": "Je kent de volgorde en laat op je werk zien dat je het kunt.",
         "en": "You know the order and show at work that you can do it."},
        skill="hv-isolation", level=3, pass_percent=60,
    )  # fmt: skip
    organisation = stage.organisations["van-dijk"]
    listed = b"1. Off\n2. Plug out\n3. Lock and tag\n4. Wait ten minutes\n5. Measure\n"
    _fill(
        stage, module, "karim",
        ("text", {"body": {
            "nl": "Je hebt de basis gezien. Hier oefen je het tot je het zonder lijst kunt.",
            "en": "You saw the basics. Here you practise until you need no list."}}, None),
        ("order", {
            "prompt": {"nl": "In welke volgorde?", "en": "In which order?"},
            "steps": [{"nl": "Auto uit", "en": "Car off"},
                      {"nl": "Servicestekker eruit", "en": "Service plug out"},
                      {"nl": "Slot en kaartje", "en": "Lock and tag"},
                      {"nl": "Tien minuten wachten", "en": "Wait ten minutes"},
                      {"nl": "Meten", "en": "Measure"}],
            "why": {"nl": "Zonder slot kan iemand hem terugsteken terwijl jij wacht.",
                    "en": "Without a lock someone can push it back in while you wait."}}, None),
        ("number", {
            "prompt": {"nl": "Boven welke gelijkspanning is het hoogspanning in een auto?",
                       "en": "Above which direct voltage is it high voltage in a car?"},
            "value": "60", "off": "0", "unit": {"nl": "volt", "en": "volts"},
            "why": {"nl": "Boven 60 V gelijkspanning gelden de regels voor hoogspanning.",
                    "en": "Above 60 V direct current the rules for high voltage hold."}}, None),
        ("match", {
            "prompt": {"nl": "Wat hoort bij elkaar?", "en": "What belongs together?"},
            "pairs": [{"left": {"nl": "Oranje kabel", "en": "Orange cable"},
                       "right": {"nl": "Hoogspanning", "en": "High voltage"}},
                      {"left": {"nl": "Zwarte kabel", "en": "Black cable"},
                       "right": {"nl": "12 volt", "en": "12 volts"}},
                      {"left": {"nl": "Rood slot", "en": "Red lock"},
                       "right": {"nl": "Van één persoon", "en": "Of one person"}}]}, None),
        ("short", {
            "prompt": {"nl": "Hoe heet de stekker die je eruit trekt?",
                       "en": "What is the plug called that you pull out?"},
            "accepted": ["servicestekker", "service stekker", "service plug", "service disconnect"],
        }, None),
        ("file", {"title": {"nl": "De lijst om op te hangen", "en": "The list to hang up"},
                  "name": "isolate.txt"},
         keep_file(organisation, BytesIO(listed), name="isolate.txt")),
        ("embed", {"title": {"nl": "Een film van de fabrikant", "en": "A film by the maker"},
                   "url": "https://player.vimeo.com/video/76979871"}, None),
        ("reflection", {"prompt": {"nl": "Wanneer sloeg je een stap over, en waarom?",
                                   "en": "When did you skip a step, and why?"}}, None),
        ("practical", {"looker": "lead", "prompt": {
            "nl": "Maak een auto spanningsloos en vergrendel hem. Maak een foto van het slot met "
                  "je kaartje eraan.",
            "en": "Isolate a car and lock it out. Take a photo of the lock with your tag on it."}},
         None),
    )  # fmt: skip
    open_up(module)
