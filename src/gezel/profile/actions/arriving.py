"""Someone arrives: what they bring is looked through, shown, and taken over once.

Of a file nothing is believed but what was checked. It makes credentials, skills and facts of its
owner, and never an account, a role, an organisation, a task or anything of another person.
"""

import hashlib
import tempfile
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gezel.kit.archives import ArchiveRefused, Budget, unpack
from gezel.kit.markup import MarkupRefused, read_xml
from gezel.people.api import Employment, Person, Visitor, visitor_of
from gezel.profile import bundles, words
from gezel.profile.actions.keys import key_in, take_in_keys
from gezel.profile.models import Arrival, Brought, PersonKey
from gezel.profile.queries import OurOwn, guesses_for, installation
from gezel.profile.rules import arriving, verify
from gezel.profile.rules.archive import (
    MOST_ITEMS,
    Shown,
    Told,
    fingerprint,
    hashed_address,
    read_json,
    read_profile,
)
from gezel.profile.rules.badge import named
from gezel.profile.rules.badges import achievement_of
from gezel.profile.rules.bundle import Along
from gezel.profile.rules.did import Ground, Sources
from gezel.profile.rules.holding import key_named
from gezel.profile.rules.keyfile import NoKeyFile, WrongPassphrase
from gezel.profile.rules.keys import PREFIX
from gezel.profile.rules.text import Unreadable
from gezel.profile.rules.verdict import Finding, Verdict, check
from gezel.profile.rules.wording import languages
from gezel.skills.api import Evidence, Skill, add_evidence, estimate_for, let_count

MEGABYTE = 1 << 20
MOST_KEYS, MOST_KEYFILE = 5, 4_096
MOST_BYTES = 50 * MEGABYTE
BUDGET = Budget(files=5_000, total=400 * MEGABYTE, one_file=200 * MEGABYTE, depth=8)
# What was looked at and not taken over, as its declaration tells.
KEPT_UNTAKEN = timedelta(days=30)
# Of a credential in it, what says that the archive itself was tampered with.
BROKEN = frozenset({"altered", "log_not_proved", "log_of_another", "log_not_theirs"})
_KEYS = uuid.UUID("5a6c3d52-0f57-4c3b-9a3e-6d0e4f8f7a11")


class NotTaken(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The file is not taken in; the message tells people why."""


@dataclass(frozen=True, slots=True)
class Item:
    """A credential or skill in a file, checked, before anything is kept."""

    kind: str
    key: str
    name: str
    proof: str
    issuer: str = ""
    reasons: tuple[dict[str, Any], ...] = ()
    as_of: datetime | None = None
    level: int | None = None
    on: date | None = None
    known_as: tuple[str, ...] = ()
    document: dict[str, Any] | None = None
    already_here: bool = False


@dataclass(slots=True)
class Looked:
    """A file that was looked through."""

    form: str
    items: list[Item] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    facts: int = 0
    statements: int = 0


def receive(visitor: Visitor, data: bytes, *, name: str, sources: Sources | None = None) -> Arrival:
    """Look a file through and keep what it would bring; the same file again is the same arrival.

    Raises:
        NotTaken: it is nothing we read, too large, hostile, or was changed after it was made.
    """
    if len(data) > MOST_BYTES:
        raise NotTaken(_("This file is larger than 50 MB. No archive of a person is."))
    if not data:
        raise NotTaken(_("This file is empty."))
    digest = hashlib.sha256(data).hexdigest()
    if there := Arrival.objects.filter(person=visitor.person, digest=digest).first():
        return there
    looked = look_through(visitor.person, data, sources=sources or OurOwn())
    organisation = visitor.employment.organisation if visitor.employment else None
    guesses = (
        guesses_for(visitor, [(i.name, i.known_as) for i in looked.items]) if organisation else {}
    )
    pk = uuid.uuid4()
    ending = {"archive": "zip", "europass": "txt"}.get(looked.form, "bin")
    stored = default_storage.save(f"arrivals/{pk}.{ending}", ContentFile(data))
    try:
        with transaction.atomic():
            arrival, new = Arrival.objects.get_or_create(
                person=visitor.person,
                digest=digest,
                defaults={
                    "id": pk,
                    "organisation": organisation,
                    "name": _printable(name)[-200:] or "?",
                    "form": looked.form,
                    "file": stored,
                    "size": len(data),
                    "told": looked.told,
                    "facts": looked.facts,
                    "statements": looked.statements,
                },
            )
            if new:
                Brought.objects.bulk_create(
                    [_row(arrival, item, guesses) for item in looked.items], batch_size=500
                )
    except BaseException:
        default_storage.delete(stored)
        raise
    if not new:
        default_storage.delete(stored)
    return arrival


def _row(arrival: Arrival, item: Item, guesses: dict[str, list[dict[str, Any]]]) -> Brought:
    return Brought(
        arrival=arrival,
        person=arrival.person,
        kind=item.kind,
        key=item.key,
        name=_printable(item.name)[:300] or "?",
        proof=item.proof,
        issuer=_printable(item.issuer)[:300],
        reasons=list(item.reasons),
        as_of=item.as_of,
        level=item.level,
        shown_on=item.on,
        known_as=list(item.known_as),
        document=item.document,
        already_here=item.already_here,
        guesses=guesses.get(item.name, []) if item.kind == Brought.Kind.SKILL else [],
    )


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()


# -- looking through ------------------------------------------------------------------------------


def look_through(person: Person, data: bytes, *, sources: Sources) -> Looked:
    """What a file would bring; nothing is kept.

    Raises:
        NotTaken: see `receive`.
    """
    try:
        form = arriving.form_of(data)
        if form == "archive":
            return _archive(person, data, sources)
        if form == "europass":
            return _europass(data)
        finding = check(data, now=timezone.now(), sources=sources)
        if not finding.credential:
            raise NotTaken(" ".join(words.reason(one) for one in finding.reasons))
        if not {"type", "name"} & finding.credential.keys():
            # The keys of an issuer, a list of one's own: no credential that is false, but none.
            raise NotTaken(_("This is no archive, credential or Europass profile."))
        return Looked(form, _once(_credential_items(finding, _Whose(person))))
    except Unreadable as problem:
        raise NotTaken(words.unreadable(problem)) from problem
    except MarkupRefused as problem:
        raise NotTaken(
            _("This XML cannot be read. Save your profile again and retry.")
        ) from problem


def _europass(data: bytes) -> Looked:
    xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    found = arriving.europass_xml(read_xml(data)) if xml else arriving.europass_json(data)
    if not found:
        raise NotTaken(_("There are no skills, languages or diplomas in this profile."))
    looked = Looked("europass")
    for one in found:
        diploma = one.kind == "education"
        looked.items.append(
            Item(
                kind=Brought.Kind.CREDENTIAL if diploma else Brought.Kind.SKILL,
                key=fingerprint([one.kind, one.name]),
                name=one.name,
                proof=Brought.Proof.STATED,
                on=one.on if one.on and one.on <= timezone.localdate() else None,
                known_as=one.addresses,
            )
        )
    return looked


class _Whose:
    """Whether a credential is about this very person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.addresses = {person.email.lower()} | {
            email.lower()
            for email in EmailAddress.objects.filter(user=person, verified=True).values_list(
                "email", flat=True
            )
        }
        self.keys = {
            PREFIX + public
            for public in PersonKey.objects.filter(person=person).values_list("public", flat=True)
        }
        # Issuers that signed an archive in which this person's own address stands.
        self.vouched: set[str] = set()

    def knows(self, hashed: Iterable[arriving.Hashed]) -> bool:
        return any(
            hashed_address(address, one.salt) == one.hash
            for one in hashed
            for address in self.addresses
        )

    def is_about(self, finding: Finding) -> bool:
        if finding.issuer in self.vouched:
            return True
        hashed, plain = arriving.addresses_of(finding.credential)
        if self.knows(hashed) or self.addresses & {p.strip().lower() for p in plain}:
            return True
        # Issued to a key of theirs. A key can be given away, a name be typed: it takes both.
        name = named(finding.credential).casefold()
        return key_named(finding.credential) in self.keys and name == self.person.name.casefold()


def _credential_items(finding: Finding, whose: _Whose) -> Iterable[Item]:
    """One credential, or all that a learner record bundles."""
    for one in finding.within or (finding,):
        yield _credential_item(one, whose)


def _credential_item(finding: Finding, whose: _Whose) -> Item:
    reasons = [{"code": r.code, "told": r.told} for r in finding.reasons]
    proof = Brought.Proof.STATED
    if finding.verdict is Verdict.INVALID:
        proof = Brought.Proof.REFUSED
    elif finding.verdict is Verdict.VALID and finding.ground is not Ground.DOMAIN:
        reasons.append({"code": "only_a_key", "told": {}})
    elif finding.verdict is Verdict.VALID and not whose.is_about(finding):
        reasons.append({"code": "about_whom", "told": {"name": named(finding.credential)[:120]}})
    elif finding.verdict is Verdict.VALID:
        proof = Brought.Proof.VERIFIED
    identifier = str(finding.credential.get("id") or "")
    number = arriving.number_of(finding.credential)
    if proof == Brought.Proof.REFUSED:
        # What is false never stands for what it says to be.
        number = []
    return Item(
        kind=Brought.Kind.CREDENTIAL,
        key=fingerprint(number or [finding.credential])[:64],
        name=finding.named_in(_reader()) or identifier or _("Credential"),
        proof=proof,
        issuer=words.issuer(finding),
        reasons=tuple(reasons),
        as_of=finding.status_as_of,
        on=timezone.localdate(finding.valid_from) if finding.valid_from else None,
        known_as=arriving.alignments(finding.credential, achievement_of(finding.credential)),
        document=finding.credential,
    )


def _once(items: Iterable[Item]) -> list[Item]:
    """Each credential one time: as it is proved best, then in the reader's language."""
    found: dict[str, Item] = {}
    for item in items:
        met = found.get(item.key)
        if met is None or _better(item) > _better(met):
            found[item.key] = item
    return list(found.values())


def _better(item: Item) -> tuple[bool, bool]:
    return item.proof == Brought.Proof.VERIFIED, _reader() in languages(item.document or {})


def _reader() -> str:
    return (get_language() or "en")[:2]


def _archive(person: Person, data: bytes, sources: Sources) -> Looked:
    """An archive: within its budget, unchanged since it was made, each credential checked."""
    with tempfile.TemporaryDirectory(prefix="gezel-arrival-") as folder:
        path, inside = Path(folder) / "archive.zip", Path(folder) / "files"
        path.write_bytes(data)
        try:
            names = unpack(path, inside, BUDGET)
        except ArchiveRefused as refused:
            raise NotTaken(str(refused)) from refused
        if "manifest.json" not in names or "profile.json" not in names:
            raise NotTaken(_("This ZIP file is no archive from Gezel."))
        keys = verify.Keys()
        signers = _signers(path, keys, sources)
        told, facts = read_profile((inside / "profile.json").read_bytes(), timezone.localdate())
        whose = _Whose(person)
        whose.vouched = {s for s in signers if whose.knows(_named_in(inside))}
        findings = {
            name: check((inside / name).read_bytes(), now=timezone.now(), sources=sources)
            for name in names
            if name.startswith("credentials/") and not name.endswith(".png")
        }
        lines = inside / "statements.jsonl"
        statements = sum(1 for _line in lines.open("rb")) if lines.exists() else 0
        looked = Looked("archive", facts=len(facts), statements=statements)
        looked.told = {
            "made_at": told.made_at,
            "installation": told.installation,
            "name": _printable(told.name),
            "signed": sorted(words.domain(s) for s in signers),
            "unsigned": not verify.issuers_of(_manifest(inside)),
            "keys": sorted(public for name in names if (public := key_in(name)))[:MOST_KEYS],
        }
        credentials = _once(
            item for f in findings.values() if f.credential for item in _credential_items(f, whose)
        )
        proved = {
            str(f.credential.get("id")): f
            for f in findings.values()
            if f.verdict is Verdict.VALID
            and f.ground is Ground.DOMAIN
            and f.issuer in signers
            and whose.is_about(f)
        }
        mine = _own_skills(person)
        looked.items = [*credentials, *_skill_items(told, proved, mine)][:MOST_ITEMS]
        return looked


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say about an archive, and about each credential in it."""

    verdict: Verdict
    said: str
    lines: tuple[str, ...]


def check_archive(data: bytes, *, sources: Sources) -> Checked:
    """Whether an archive is as it was made, by whom, and what holds of what is in it.

    Raises:
        NotTaken: it is no archive, hostile, or was changed.
    """
    with tempfile.TemporaryDirectory(prefix="gezel-verify-") as folder:
        path, inside = Path(folder) / "archive.zip", Path(folder) / "files"
        path.write_bytes(data)
        try:
            names = unpack(path, inside, BUDGET)
        except ArchiveRefused as refused:
            raise NotTaken(str(refused)) from refused
        if "manifest.json" not in names:
            raise NotTaken(_("This ZIP file is no archive from Gezel."))
        signers = _signers(path, verify.Keys(), sources)
        manifest = verify.read_json((inside / "manifest.json").read_bytes())
        claimed = set(verify.issuers_of(manifest))
        lines, verdicts = [], [Verdict.VALID if claimed and claimed == signers else Verdict.UNKNOWN]
        sources = Along({"lists": list(_lists_in(inside, names))}, sources)
        for name in sorted(names):
            if name.startswith("credentials/") and not name.endswith(".png"):
                checked = _with_its_place(inside, name, sources)
                finding = checked.finding
                lines.append(f"{finding.verdict}: {finding.name} · {words.issuer(finding)}")
                if finding.status_as_of:
                    lines.append("  " + words.not_withdrawn(finding.status_as_of))
                if checked.proved:
                    lines.append("  " + words.in_bundle(checked.proved))
                lines += [f"- {words.reason(one)}" for one in finding.reasons]
                if any(r.code in BROKEN for r in finding.reasons):
                    verdicts.append(Verdict.INVALID)
    verdict = next(v for v in (Verdict.INVALID, Verdict.UNKNOWN, Verdict.VALID) if v in verdicts)
    told = {
        Verdict.VALID: _("This archive is as it was made. Signed by %(who)s."),
        Verdict.UNKNOWN: _("Nothing changed in this archive since; who signed it is not proved."),
        Verdict.INVALID: _("Something in this archive was changed."),
    }
    who = ", ".join(sorted(words.domain(s) for s in signers))
    return Checked(verdict, told[verdict] % {"who": who}, tuple(lines))


def _lists_in(inside: Path, names: Iterable[str]) -> Iterable[Any]:
    """The lists of what was withdrawn, as of the day of the archive; signed, so they may travel."""
    for name in names:
        if name.startswith("status/") and name.endswith(".json"):
            with suppress(Unreadable):
                yield read_json((inside / name).read_bytes())


def _with_its_place(inside: Path, name: str, sources: Sources) -> "bundles.Checked":
    data, now = (inside / name).read_bytes(), timezone.now()
    proof = inside / name.replace("credentials/", "log/", 1)
    if name.endswith(".json") and proof.is_file():
        return bundles.check_beside(data, proof.read_bytes(), now=now, sources=sources)
    return bundles.Checked(check(data, now=now, sources=sources))


def _manifest(inside: Path) -> dict[str, Any]:
    """What an archive says of itself, after `_signers` saw that it is one."""
    told: dict[str, Any] = verify.read_json((inside / "manifest.json").read_bytes())
    return told


def _named_in(inside: Path) -> list[arriving.Hashed]:
    about = _manifest(inside).get("about")
    listed = about.get("addresses") if isinstance(about, dict) else None
    return [
        arriving.Hashed(str(one.get("salt", "")), str(one.get("hash", "")))
        for one in (listed if isinstance(listed, list) else [])[:20]
        if isinstance(one, dict)
    ]


def _signers(path: Path, keys: verify.Keys, sources: Sources) -> set[str]:
    """Which issuers signed the archive, proved by their own address.

    Raises:
        NotTaken: a file in it is not as it was listed, or a signature does not hold.
    """
    changed = NotTaken(
        _("This archive was changed after it was made, so nothing of it is taken in.")
    )
    try:
        archive = verify.Archive(path)
        manifest = verify.read_json(archive.read("manifest.json"))
        if not isinstance(manifest, dict) or manifest.get("form") != verify.FORM:
            raise NotTaken(_("This ZIP file is no archive from Gezel."))
        for issuer in verify.issuers_of(manifest):
            address = verify.web_address(issuer)
            document = sources.document(address) if address else None
            if isinstance(document, dict) and document.get("id") == issuer:
                keys.add(document, trusted=True)
        verdict, _lines = verify.check_files(archive, manifest)
        if verdict == verify.INVALID:
            raise changed
        found = set()
        for issuer, said in verify.check_signatures(archive, manifest, keys):
            if said[0] == verify.INVALID:
                raise changed
            if said[0] == verify.VALID:
                found.add(issuer)
    except (verify.Unreadable, AttributeError, TypeError, KeyError) as problem:
        raise changed from problem
    return found


def _own_skills(person: Person) -> set[str]:
    """Skills this person has evidence of here, and that count where they work now.

    A skill of an earlier employer's own does not: which it is here, the person says.
    """
    here = Employment.objects.current().filter(person=person).values("organisation")
    counts = Q(skill__organisation=None) | Q(skill__organisation__in=here)
    found = Evidence.objects.filter(counts, person=person)
    return {str(pk) for pk in found.values_list("skill_id", flat=True).distinct()}


def _skill_items(told: Told, proved: dict[str, Finding], mine: set[str]) -> Iterable[Item]:
    """Of each skill what a proved credential shows, else the newest that the person states."""
    best: dict[str, tuple[Shown, Finding | None]] = {}
    for shown in told.shown:
        finding = proved.get(shown.credential) if shown.credential else None
        if shown.credential and finding is None:
            continue
        before = best.get(shown.skill.key)
        if before is None or _worth(shown, finding) > _worth(*before):
            best[shown.skill.key] = (shown, finding)
    for shown, finding in best.values():
        skill = shown.skill
        addresses = (*((skill.uri,) if skill.uri else ()), *skill.links, *skill.names[1:])
        yield Item(
            kind=Brought.Kind.SKILL,
            key=fingerprint([skill.key])[:64],
            name=skill.names[0] if skill.names else skill.uri,
            proof=Brought.Proof.VERIFIED if finding else Brought.Proof.STATED,
            issuer=words.issuer(finding) if finding else "",
            as_of=finding.status_as_of if finding else None,
            level=shown.level,
            on=shown.on,
            known_as=addresses,
            already_here=skill.source == installation() and skill.id in mine,
        )


def _worth(shown: Shown, finding: Finding | None) -> tuple[bool, int, date]:
    return (finding is not None, shown.level if finding else 0, shown.on)


# -- taking over ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """What someone says about one skill: which it is here, and at what level where none is told."""

    skill: Skill
    level: int | None = None


@transaction.atomic
def take_over(
    arrival: Arrival, visitor: Visitor, choices: dict[int, Choice], *, show: bool = False
) -> int:
    """Keep what was brought, and let the skills that were confirmed count; returns how many do.

    Doing it again changes nothing. What was not chosen may still be chosen later.

    Args:
        choices: by item, the skill it is here.
        show: whether the employer where they work may count them too; the person always does.

    Raises:
        ValidationError: a level is asked and was not given.
    """
    held = Arrival.objects.select_for_update().get(pk=arrival.pk, person=visitor.person)
    now = timezone.now()
    if held.state != Arrival.State.TAKEN:
        held.state, held.taken_at = Arrival.State.TAKEN, now
        held.save(update_fields=["state", "taken_at"])
    items = held.items.filter(kind=Brought.Kind.SKILL, counted=False, pk__in=choices)
    made = [
        _count(item, visitor, choices[item.pk])
        for item in items.exclude(proof=Brought.Proof.REFUSED)
    ]
    if show and made:
        let_count(visitor.organisation, [piece.pk for piece in made])
        skills = {piece.skill_id for piece in made}
        estimate_for(visitor.person, visitor.organisation, skills)
    return len(made)


def _count(item: Brought, visitor: Visitor, choice: Choice) -> Evidence:
    """One skill becomes dated evidence: verified, or as what the person says of themselves."""
    verified = item.proof == Brought.Proof.VERIFIED and item.level is not None
    level = item.level or choice.level
    if level is None:
        raise ValidationError({"level": _("Choose a level from 1 to 5.")})
    on = item.shown_on or timezone.localdate()
    kind = Evidence.Kind.EARLIER if verified else Evidence.Kind.SELF
    told = [str(item.person_id), item.key, str(choice.skill.pk), kind, str(level), on.isoformat()]
    piece = add_evidence(
        visitor.person,
        choice.skill,
        kind=kind,
        level=level,
        on=on,
        by=None if verified else visitor.person,
        note=_note(item, verified=verified)[:500],
        rests_on=f"profile:brought:{item.pk}",
        key=uuid.uuid5(_KEYS, " ".join(told)),
        elsewhere=True,
    )
    Brought.objects.filter(pk=item.pk).update(counted=True, skill=choice.skill, level=level)
    return piece


def _note(item: Brought, *, verified: bool) -> str:
    if verified:
        return _("“%(name)s”. %(issuer)s") % {"name": item.name, "issuer": item.issuer}
    return _("Brought along, as stated by the person: “%(name)s”.") % {"name": item.name}


def take_key(arrival: Arrival, passphrase: str, *, sources: Sources | None = None) -> int:
    """The own keys in an archive become keys here, with the passphrase they were locked with.

    What was issued to them is then known to be this person's. Returns how many keys there were.

    Raises:
        NotTaken: it does not open with this passphrase, or is no key that Gezel locked.
    """
    with arrival.file.open("rb") as file, zipfile.ZipFile(file) as found:
        # Looked through before, so what stands in `told` is in it.
        names = [f"keys/{public}.pem" for public in arrival.told.get("keys", [])[:MOST_KEYS]]
        told = {key_in(n): found.open(n).read(MOST_KEYFILE).decode(errors="replace") for n in names}
    try:
        taken = take_in_keys(arrival.person, told, passphrase)
    except WrongPassphrase:
        raise NotTaken(
            _("The key does not open with this passphrase. All else comes in without it.")
        ) from None
    except NoKeyFile:
        raise NotTaken(_("The key in this archive is not as Gezel writes one.")) from None
    _look_anew(arrival, sources or OurOwn())
    return taken


def _look_anew(arrival: Arrival, sources: Sources) -> None:
    """With a key that came in, more in the file may be proved to be theirs."""
    with arrival.file.open("rb") as file:
        looked = look_through(arrival.person, file.read(), sources=sources)
    rows = {(row.kind, row.key): row for row in arrival.items.filter(counted=False)}
    anew = []
    for item in looked.items:
        if (row := rows.get((item.kind, item.key))) is None:
            continue
        row.proof, row.issuer = item.proof, _printable(item.issuer)[:300]
        row.reasons, row.as_of = list(item.reasons), item.as_of
        row.level, row.shown_on = item.level, item.on
        anew.append(row)
    words_of = ["proof", "issuer", "reasons", "as_of", "level", "shown_on"]
    Brought.objects.bulk_update(anew, words_of, batch_size=500)


def look_up_again(arrival: Arrival, visitor: Visitor) -> None:
    """Elsewhere skills have other names: look again which they are where someone works now."""
    items = list(arrival.items.filter(kind=Brought.Kind.SKILL, counted=False))
    found = guesses_for(visitor, [(i.name, tuple(i.known_as)) for i in items])
    for item in items:
        item.guesses = found.get(item.name, [])
    Brought.objects.bulk_update(items, ["guesses"], batch_size=500)
    Arrival.objects.filter(pk=arrival.pk).update(organisation=visitor.organisation)


def discard(arrival: Arrival) -> None:
    """The file goes with all that was read in it; evidence that was counted stays a fact."""
    name = arrival.file.name
    arrival.delete()
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))


def forget_arrivals(now: datetime | None = None) -> int:
    """What was looked at thirty days ago and never taken over goes; returns how many."""
    before = (now or timezone.now()) - KEPT_UNTAKEN
    old: Sequence[Arrival] = list(
        Arrival.objects.filter(state=Arrival.State.SHOWN, brought_at__lt=before)
    )
    for one in old:
        discard(one)
    return len(old)


def import_archive(file: Path, *, person: str, look: bool = False) -> Iterable[str]:
    """From the command line: bring a file in for someone, and say what came of it.

    Skills count once the person says which they are here, on the page of what they brought.

    Raises:
        NotTaken: see `receive`; or nobody has that address.
    """
    owner = Person.objects.get_queryset().filter(email__iexact=person).first()
    if owner is None:
        raise NotTaken(_("Nobody here has this address."))
    data = file.read_bytes()
    if look:
        if len(data) > MOST_BYTES:
            raise NotTaken(_("This file is larger than 50 MB. No archive of a person is."))
        looked = look_through(owner, data, sources=OurOwn())
        yield from (_line(i.proof, i.kind, i.name) for i in looked.items)
        yield _counts(looked.facts, looked.statements) + " " + _("Nothing was kept.")
        return
    visitor = visitor_of(owner)
    arrival = receive(visitor, data, name=file.name)
    new = arrival.state == Arrival.State.SHOWN
    take_over(arrival, visitor, {})
    yield from (_line(i.proof, i.kind, i.name) for i in arrival.items.all())
    yield (
        _counts(arrival.facts, arrival.statements)
        + " "
        + (_("Kept with the profile.") if new else _("It was kept before; nothing changed."))
    )


def _line(proof: str, kind: str, name: str) -> str:
    return f"{Brought.Proof(proof).label}: {Brought.Kind(kind).label}: {name}"


def _counts(facts: int, statements: int) -> str:
    told = _("Facts: %(facts)s; lines of what was done: %(statements)s.")
    return told % {"facts": facts, "statements": statements}
