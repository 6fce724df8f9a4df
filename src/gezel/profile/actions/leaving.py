"""Someone takes everything along: one archive, signed, with the program that checks it."""

import csv
import hashlib
import io
import json
import re
import secrets
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.kit.inert import inert
from gezel.people.api import Organisation, Person
from gezel.profile import pictures, sealing, words
from gezel.profile.actions.credentials import as_token, make_key
from gezel.profile.actions.keys import name_of_file
from gezel.profile.events import FirstKeyMade
from gezel.profile.models import Arrival, Credential, SigningKey, Takeout
from gezel.profile.queries import (
    did_document,
    did_of,
    facts_of,
    installation,
    lists_of,
    log_proof_of,
    method_of,
    opened,
    own_credentials,
    signing_key,
    skills_told,
    statements_to_take,
    taken_along,
)
from gezel.profile.rules import proofs, verify
from gezel.profile.rules.archive import (
    FORM,
    PROFILE_FORM,
    VERSION,
    cell,
    fingerprint,
    hashed_address,
    line,
    read_json,
)
from gezel.profile.rules.baking import bake_png
from gezel.profile.rules.contexts import CREDENTIALS_V2
from gezel.profile.rules.text import Unreadable
from gezel.profile.rules.wording import wording
from gezel.trust.api import columns_of

KEPT = timedelta(days=7)
# On the page that opens from disk; the tables beside it hold all.
ROWS_ON_THE_PAGE = 50
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)")
_WORD_FOR_WORD = (
    "credentials/",
    "credentials-jcs/",
    "credentials-jwt/",
    "issuers/",
    "status/",
    "log/",
    "keys/",
)
# A table of an archive from elsewhere gives a file its name, so it is a name and no path.
_NAME_OF_TABLE = re.compile(r"[A-Za-z_]{1,60}\.[A-Za-z]{1,60}")
Step = Callable[[int], None]


def _quiet(_steps: int) -> None:
    """Nobody waits to hear how far it is."""


def make_archive(
    person: Person,
    into: IO[bytes],
    *,
    at: datetime | None = None,
    step: Step = _quiet,
    language: str = "",
    keys: Mapping[str, str] | None = None,
) -> None:
    """Everything of one person as one file.

    Args:
        into: where it is written, from its beginning.
        language: in which they asked for it, where they chose none for good.
        step: is told after each table that it is done.
        keys: own keys by name, locked with a passphrase, where the person wants them along.
    """
    language = person.language or (language or get_language() or "en")[:2]
    with translation.override(language):
        _Archive(person, into, at or timezone.now(), language, keys or {}).write(step)


class _Archive:
    """One archive while it is written."""

    def __init__(
        self,
        person: Person,
        into: IO[bytes],
        now: datetime,
        language: str,
        keys: Mapping[str, str],
    ) -> None:
        self.person = person
        self.keys = keys
        self.now = now.replace(microsecond=0)
        self.language = language
        self.zip = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.digests: dict[str, str] = {}
        self.files: dict[str, FieldFile] = {}
        self.credentials = own_credentials(person)
        self.kept = list(Arrival.objects.filter(person=person, state=Arrival.State.TAKEN))

    def add(self, name: str, data: str | bytes) -> None:
        """One file; a name is taken once."""
        if name in self.digests:
            return
        content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        self.digests[name] = hashlib.sha256(content).hexdigest()
        self.zip.writestr(zipfile.ZipInfo(name, self.now.timetuple()[:6]), content, 8)

    def write(self, step: Step) -> None:
        brought = _Brought(self.kept)
        facts = self._facts(step)
        seen = {fingerprint(fact) for fact in facts}
        facts += [f for f in brought.facts if fingerprint(f) not in seen]
        tables = _tables_of(facts, brought.tables)
        for table in tables:
            self.add(table.file, _csv(table))
        self._statements(brought.statements)
        self._credentials()
        self._issuers()
        for public, pem in self.keys.items():
            self.add(name_of_file(public), pem)
        # After our own: what someone brought takes no name that is ours.
        for name, data in brought.credentials.items():
            self.add(name, data)
        for name, file in self.files.items():
            if default_storage.exists(file.name or ""):
                with file.open("rb") as read:
                    self.add(name, read.read())
        for name, data in brought.files.items():
            self.add(name, data)
        skills = _skills_in(facts, self.credentials) + brought.skills
        self.add("profile.json", self._profile(tables, facts, skills, brought))
        self.add("index.html", self._page(tables, brought))
        self.add("verify.py", Path(verify.__file__).read_text(encoding="utf-8"))
        self._manifest()
        self.zip.close()

    def _facts(self, step: Step) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = []
        for declaration in taken_along():
            facts += facts_of(declaration, self.person, self.files)
            step(1)
        return facts

    def _statements(self, brought: Iterable[str]) -> None:
        lines = [line(raw) for raw in statements_to_take(self.person)]
        mine = set(lines)
        lines += [one for one in brought if one not in mine]
        self.statements = len(lines)
        self.add("statements.jsonl", "".join(f"{one}\n" for one in lines))

    def _credentials(self) -> None:
        for one in self.credentials:
            for document in one.documents:
                self._credential(one, document)

    def _credential(self, one: Credential, document: dict[str, Any]) -> None:
        stem = file_stem(document)
        text = json.dumps(document, ensure_ascii=False, indent=2)
        self.add(f"credentials/{stem}.json", text)
        baked = bake_png(pictures.seal(one.organisation.accent_hue), json.dumps(document))
        self.add(f"credentials/{stem}.png", baked)
        key = None if one.revoked_at else _key_of(one.organisation)
        if key is not None:
            # The same words signed in a second way, which a program without a library checks.
            again = self._signed(document, key)
            name = f"credentials-jcs/{stem}.json"
            self.add(name, json.dumps(again, ensure_ascii=False, indent=2))
            self.add(f"credentials-jwt/{stem}.jwt", as_token(one, document))
        if (proof := log_proof_of(one, document)) is not None:
            self.add(f"log/{stem}.json", json.dumps(proof, ensure_ascii=False, indent=2))

    def _issuers(self) -> None:
        """The keys and the lists of what was withdrawn, as they stand today."""
        for organisation in self._signers():
            document = json.dumps(did_document(organisation), ensure_ascii=False, indent=2)
            self.add(f"issuers/{slugify(did_of(organisation))}.json", document)
        lists = {one["id"]: (c.organisation, one) for c in self.credentials for one in lists_of(c)}
        for address, (organisation, found) in sorted(lists.items()):
            key = _key_of(organisation)
            if key is not None:
                text = json.dumps(self._signed(found, key), ensure_ascii=False, indent=2)
                self.add(f"status/{slugify(address)}.json", text)

    def _signers(self) -> list[Organisation]:
        """Who issued something in it; else where the person works or worked last."""
        found = {c.organisation.pk: c.organisation for c in self.credentials}
        if not found:
            last = (
                self.person.employments.select_related("organisation")
                .order_by("-starts_on", "-pk")
                .first()
            )
            found = {last.organisation.pk: last.organisation} if last else {}
        return [found[pk] for pk in sorted(found)]

    def _signed(self, document: dict[str, Any], key: SigningKey) -> dict[str, Any]:
        return proofs.prove(
            document, opened(key), method=method_of(key), at=self.now, suite=proofs.JCS
        )

    def _profile(
        self,
        tables: list["_Table"],
        facts: list[dict[str, Any]],
        skills: list[dict[str, Any]],
        brought: "_Brought",
    ) -> str:
        told = {
            "form": PROFILE_FORM,
            "version": VERSION,
            "made_at": self.now.isoformat(),
            "installation": installation(),
            "language": self.language,
            "person": {"name": self.person.name, "email": self.person.email},
            "tables": {table.label: table.told for table in tables},
            "skills": skills,
            "claims": _claims(self.credentials) + brought.claims,
            "facts": facts,
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    def _page(self, tables: list["_Table"], brought: "_Brought") -> str:
        shown = [
            {
                **table.told,
                "label": table.label,
                "file": table.file,
                "count": len(table.facts),
                "header": table.header_in_words,
                "rows": [
                    [
                        as_read(fact["fields"].get(word), of_person=word in people_in(table.label))
                        for word in table.header
                    ]
                    for fact in table.facts[:ROWS_ON_THE_PAGE]
                ],
            }
            for table in tables
        ]
        return render_to_string(
            "profile/archive.html",
            {
                "person": self.person,
                "now": self.now,
                "language": self.language,
                "installation": installation(),
                "credentials": [(one, _files_of(one)) for one in self.credentials],
                "brought": _by_name(brought.credentials, self.language),
                "statements": self.statements,
                "tables": shown,
                "files": sorted(n for n in self.digests if n.startswith("files/")),
                "keys": sorted(n for n in self.digests if n.startswith("keys/")),
                "signers": [one for one in self._signers() if _key_of(one) is not None],
            },
        )

    def _manifest(self) -> None:
        """What is in it, and whose it is, signed by each organisation that issued something."""
        addresses = {self.person.email.lower()} | {
            email.lower()
            for email in EmailAddress.objects.filter(user=self.person, verified=True).values_list(
                "email", flat=True
            )
        }
        salts = {address: secrets.token_hex(16) for address in addresses}
        manifest: dict[str, Any] = {
            "@context": [CREDENTIALS_V2],
            "form": FORM,
            "version": VERSION,
            "made_at": self.now.isoformat(),
            "made_by": installation(),
            "about": {
                "name": self.person.name,
                "addresses": [
                    {"salt": salt, "hash": hashed_address(address, salt)}
                    for address, salt in sorted(salts.items())
                ],
            },
            "files": dict(sorted(self.digests.items())),
        }
        made = [
            self._signed(manifest, key)["proof"]
            for organisation in self._signers()
            if (key := _key_of(organisation)) is not None
        ]
        if made:
            manifest["proof"] = made
        self.add("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))


def file_stem(document: dict[str, Any]) -> str:
    """The number of what was signed, by which its files are named."""
    return str(document["id"]).removeprefix("urn:uuid:")


def _files_of(credential: Credential) -> list[tuple[str, str, str]]:
    """Each language it was signed in, with its files; no language where there is but one."""
    found = [(file_stem(one), wording(one, "").language) for one in credential.documents]
    return [
        (
            words.language_named(code) if len(found) > 1 else "",
            f"credentials/{stem}.json",
            f"credentials/{stem}.png",
        )
        for stem, code in found
    ]


@dataclass(frozen=True, slots=True)
class _Table:
    """The facts of one kind, wherever they are from, and what was said of that kind."""

    label: str
    told: dict[str, str]
    facts: list[dict[str, Any]]

    @property
    def file(self) -> str:
        return f"tables/{self.label}.csv"

    @property
    def header_in_words(self) -> list[str]:
        """The same as the page says it; a column that nobody here knows keeps its name."""
        names = columns_of(self.label)
        return [names.get(word, word) for word in self.header]

    @property
    def header(self) -> list[str]:
        """Every word that any fact has: another version of Gezel may know more of them."""
        return list(dict.fromkeys(word for fact in self.facts for word in fact["fields"]))


def _tables_of(
    facts: Iterable[dict[str, Any]], elsewhere: dict[str, dict[str, str]]
) -> list[_Table]:
    """Facts by kind, in the order of "who sees what"; kinds that only others know come last."""
    here = {
        d.kind: {
            "what": str(d.what),
            "purpose": str(d.purpose),
            "ground": str(d.ground),
            "term": str(d.term),
        }
        for d in taken_along()
    }
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        by_kind.setdefault(fact["table"], []).append(fact)
    order = [*(kind for kind in here if kind in by_kind), *(k for k in by_kind if k not in here)]
    return [
        _Table(kind, here.get(kind) or elsewhere.get(kind) or {"what": kind}, by_kind[kind])
        for kind in order
        if _NAME_OF_TABLE.fullmatch(kind)
    ]


def _by_name(files: dict[str, bytes], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What was brought, by what it says it is, each with its files: (name, [(form, file)])."""
    names: dict[str, str] = {}
    forms: dict[str, list[tuple[str, str]]] = {}
    for file, data in sorted(files.items()):
        if not file.startswith("credentials/"):
            continue
        stem, _, ending = file.rpartition(".")
        forms.setdefault(stem, []).append((ending.upper(), file))
        try:
            told = read_json(data)
        except Unreadable:
            continue
        if isinstance(told, dict):
            names[stem] = wording(told, language).name
    return [(names.get(stem) or stem.rpartition("/")[2], found) for stem, found in forms.items()]


class _Brought:
    """What earlier archives of this person hold, to go along word for word."""

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self.facts: list[dict[str, Any]] = []
        self.skills: list[dict[str, Any]] = []
        self.claims: list[dict[str, Any]] = []
        self.statements: list[str] = []
        self.tables: dict[str, dict[str, str]] = {}
        self.credentials: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        seen: set[str] = set()
        for arrival in arrivals:
            if not default_storage.exists(arrival.file.name or ""):
                continue
            with arrival.file.open("rb") as file:
                if arrival.form == Arrival.Form.ARCHIVE:
                    self._archive(file, seen)
                else:
                    ending = Path(arrival.name).suffix.lower()[:6] or ".json"
                    kind = "credentials" if arrival.form == Arrival.Form.CREDENTIAL else "files"
                    place = f"{kind}/brought/{arrival.digest[:32]}{ending}"
                    (self.credentials if kind == "credentials" else self.files)[place] = file.read()

    def _archive(self, file: IO[bytes], seen: set[str]) -> None:
        with zipfile.ZipFile(file) as found:
            profile = json.loads(found.read("profile.json"))
            for kind, told in _dicts_in(profile.get("tables")):
                self.tables.setdefault(kind, {word: str(said) for word, said in told.items()})
            for word, into in (
                ("facts", self.facts),
                ("skills", self.skills),
                ("claims", self.claims),
            ):
                for one in profile.get(word) or []:
                    # What says to come from here, and is not in our tables, is not from here.
                    if one.get("from") == installation():
                        continue
                    if (mark := f"{word} {fingerprint(one)}") not in seen:
                        seen.add(mark)
                        into.append(one)
            for name in found.namelist():
                if name.startswith(_WORD_FOR_WORD):
                    self.credentials.setdefault(name, found.read(name))
                elif name.startswith("files/"):
                    self.files.setdefault(name, found.read(name))
                elif name == "statements.jsonl":
                    for one in found.read(name).decode("utf-8", "replace").split("\n"):
                        if one and one not in seen:
                            seen.add(one)
                            self.statements.append(one)


def _dicts_in(told: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    """What is told by name; of a file of elsewhere nobody said that it has this form."""
    found = told.items() if isinstance(told, dict) else ()
    return [(name, one) for name, one in found if isinstance(one, dict)]


def _key_of(organisation: Organisation) -> SigningKey | None:
    """The key that signs, made if there is none; without one that can be opened an archive is made
    all the same, and says that nobody signed it."""
    key = signing_key(organisation)
    if key is None:
        key = make_key(organisation)
        announce(FirstKeyMade(organisation.pk))
    try:
        opened(key)
    except sealing.CannotOpen:
        return None
    return key


@cache
def people_in(label: str) -> frozenset[str]:
    """Columns of a table of ours in which a person stands; of a table of elsewhere nobody knows."""
    fields = next((d.model._meta.concrete_fields for d in taken_along() if d.kind == label), ())
    return frozenset(f.name for f in fields if f.related_model is Person)


def as_read(value: Any, *, of_person: bool = False) -> str:
    """A value as the page says it: a day as one writes it, yes or no, and oneself."""
    if of_person and value == "me":
        return _("me")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    told = cell(value)
    with suppress(ValueError):  # what was brought along may name a day that no calendar has
        if _MOMENT.fullmatch(told) and (at := parse_datetime(told)):
            return formats.date_format(timezone.localtime(at), "j F Y, H:i")
        if _DAY.fullmatch(told) and (day := parse_date(told)):
            return formats.date_format(day, "j F Y")
    return told


def _csv(table: _Table) -> str:
    """A table to open in a spreadsheet; what looks like a formula stays text."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(["from", "key", *map(inert, table.header)])
    for fact in table.facts:
        said = (cell(fact["fields"].get(word)) for word in table.header)
        writer.writerow([inert(fact["from"]), inert(fact["key"]), *map(inert, said)])
    return out.getvalue()


def _skills_in(
    facts: list[dict[str, Any]], credentials: Iterable[Credential]
) -> list[dict[str, Any]]:
    """Every skill that is named anywhere in what was made here."""
    source = installation()
    keys = {c.achievement.skill_id for c in credentials if c.achievement.skill_id}
    for fact in facts:
        skill = fact["fields"].get("skill")
        if fact["from"] == source and isinstance(skill, dict) and str(skill.get("id")).isdecimal():
            keys.add(int(skill["id"]))
    return skills_told(sorted(keys))


def _claims(credentials: Iterable[Credential]) -> list[dict[str, Any]]:
    """Which level of which skill a credential stands for."""
    return [
        {
            "from": installation(),
            "skill": str(c.achievement.skill_id),
            "level": c.achievement.level,
            "on": timezone.localdate(c.issued_at).isoformat(),
            "credential": f"urn:uuid:{c.pk}",
        }
        for c in credentials
        if c.achievement.skill_id and c.counts
    ]


# -- made in a job, fetched within a week ---------------------------------------------------------


@transaction.atomic
def ask_archive(person: Person, *, keys: Mapping[str, str] | None = None) -> Takeout:
    """Someone asks for their archive. One that is being made is not asked for twice, unless it
    brings no keys and these are to go along."""
    Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    waiting = Takeout.objects.filter(
        person=person, made_at=None, asked_at__gt=timezone.now() - timedelta(hours=1)
    ).first()
    if waiting is None or (keys and not waiting.keys):
        return Takeout.objects.create(person=person, keys=dict(keys or {}))
    return waiting


def note_task(takeout: Takeout, task: uuid.UUID) -> None:
    """Which work makes it."""
    Takeout.objects.filter(pk=takeout.pk).update(task=task)


def fill(takeout: Takeout, *, step: Step = _quiet, language: str = "") -> None:
    """Make the archive and keep it; made before, it stays as it is."""
    if takeout.made_at is not None:
        return
    with io.BytesIO() as made:
        make_archive(takeout.person, made, step=step, language=language, keys=takeout.keys)
        size = made.tell()
        made.seek(0)
        name = default_storage.save(f"takeouts/{takeout.pk}.zip", File(made))
    done = Takeout.objects.filter(pk=takeout.pk, made_at=None).update(
        file=name, size=size, made_at=timezone.now()
    )
    if not done:
        default_storage.delete(name)


def throw_away(takeout: Takeout) -> None:
    """The file goes, and that it was made."""
    name = takeout.file.name
    takeout.delete()
    if name:
        default_storage.delete(name)


def forget_takeouts(now: datetime | None = None) -> int:
    """Archives of a week ago go; returns how many."""
    old = list(Takeout.objects.filter(asked_at__lt=(now or timezone.now()) - KEPT))
    for one in old:
        throw_away(one)
    return len(old)


def write_archive(email: str, into: Path) -> bool:
    """From the command line: the archive of whoever has this address. False: nobody has it."""
    person = Person.objects.get_queryset().filter(email__iexact=email).first()
    if person is None:
        return False
    with into.open("xb") as file:
        try:
            make_archive(person, file)
        except BaseException:
            into.unlink(missing_ok=True)
            raise
    return True
