"""Check an archive from Gezel: `python3 verify.py archive.zip [--keys did.json ...]`.

One file, Python 3.9 or newer and nothing else; no network. It answers, of the archive and of each
credential in it: *valid*, *invalid* or *unknown*, and says why. Exit code 0, 1 or 2.

What it can tell and what not:

- That no file in the archive changed since it was signed, and with which key.
- That a credential was written down in its issuer's log, and since when, where its place in that
  log lies beside it (RFC 9162). A log is a list that can only grow; who looks along is named.
- That a credential was signed with that key, and was not withdrawn on the day of the list that
  lies beside it. It was perhaps withdrawn later: ask the issuer.
- Whose key that is, the archive cannot prove of itself. Fetch the issuer's keys from its own
  address (it is printed) and give them with `--keys`: only then is anything *valid*. Without them
  everything that fits is *unknown*: whoever makes a false archive puts false keys beside it.
- What you wrote about yourself is not proved by any of this.

Signatures: Ed25519 (RFC 8032) over JSON in one fixed form (RFC 8785), as W3C Data Integrity
"eddsa-jcs-2022" writes it down. Licence: AGPL-3.0-or-later, as all of Gezel.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, Optional, Tuple, cast

VALID, INVALID, UNKNOWN = "valid", "invalid", "unknown"
CODES = {VALID: 0, INVALID: 1, UNKNOWN: 2}
FORM = "gezel-archive"
MOST_BYTES = 1 << 30
MOST_FILES = 20_000
MOST_LIST = 2 << 20

Point = Tuple[int, int, int, int]
Said = Tuple[str, str]

# -- Ed25519, RFC 8032 ----------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    """Two points, in extended coordinates (section 5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def _double(a: Point) -> Point:
    x2, y2 = a[0] * a[0] % P, a[1] * a[1] % P
    h = x2 + y2
    e, g = h - (a[0] + a[1]) * (a[0] + a[1]), x2 - y2
    f = 2 * a[2] * a[2] + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(data: bytes) -> Optional[Point]:
    """A point from its 32 bytes; None where they are none (section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


_BASE = cast("Point", _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


def _sum(one: int, first: Point, other: int, second: Point) -> Point:
    """one * first + other * second, both at once."""
    both = _add(first, second)
    found = (0, 1, 1, 0)
    for bit in range(max(one.bit_length(), other.bit_length()) - 1, -1, -1):
        found = _double(found)
        which = (one >> bit & 1) + 2 * (other >> bit & 1)
        if which:
            found = _add(found, (first, second, both)[which - 1])
    return found


def signed_with(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is a signature of that key over that message (section 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, start = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or start is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, t = public
    # s * B - k * A must be R, the start of the signature.
    found = _sum(s, _BASE, k, (P - x, y, z, P - t))
    return not (found[0] - start[0] * found[2]) % P and not (found[1] - start[1] * found[2]) % P


# -- JSON in one form, RFC 8785 -------------------------------------------------------------------


class Unreadable(Exception):
    """It cannot be read in one way only."""


def read_json(data: bytes) -> Any:
    """JSON in which no word stands twice and every number is one."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Unreadable("a word stands twice in the JSON")
        return found

    def never(word: str) -> Any:
        raise Unreadable("%s is no number" % word)

    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=once, parse_constant=never)
    except (ValueError, RecursionError):
        raise Unreadable("this is not JSON") from None


def canonical(value: Any) -> bytes:
    """The bytes that are signed."""
    return _canonical(value).encode("utf-8")


def _canonical(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(_canonical(n) + ":" + _canonical(value[n]) for n in names) + "}"


def _number(value: float) -> str:
    """As ECMAScript writes it: the shortest digits that read back the same."""
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise Unreadable("a number is too large to be read the same everywhere")
        return str(value)
    if value == 0:
        return "0"
    parts = re.fullmatch(r"(-?)([0-9.]+)(?:e([+-]?[0-9]+))?", repr(value))
    if parts is None:
        raise Unreadable("this is no number")
    sign, digits, power = parts.groups()
    whole, _, rest = digits.partition(".")
    point = len(whole) + int(power or 0)
    digits = (whole + rest).rstrip("0") if rest else whole
    zeros = len(digits) - len(digits.lstrip("0"))
    digits, point = digits[zeros:], point - zeros
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return "%s%s%se%s%d" % (sign, digits[0], tail, "+" if point > 0 else "-", abs(point - 1))


# -- keys and proofs ------------------------------------------------------------------------------

_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def unbase58(text: Any) -> bytes:
    """The bytes of "z…" (multibase)."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 200:
        raise Unreadable("this is no key or signature")
    number = 0
    for letter in text[1:]:
        if letter not in _58:
            raise Unreadable("this is no key or signature")
        number = number * 58 + _58.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def key_of(text: Any) -> bytes:
    """An Ed25519 key from its multikey form."""
    found = unbase58(text)
    if len(found) != 34 or found[:2] != b"\xed\x01":
        raise Unreadable("this is no Ed25519 key")
    return found[2:]


def moment(text: Any) -> datetime:
    """A moment with its zone."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, AttributeError, TypeError):
        raise Unreadable("a moment cannot be read") from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


class Keys:
    """Which keys issuers say to have: given from outside (trusted), or found in the archive."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[dict[str, Any], bool]] = {}
        # By issuer the keys of the logs it calls its own; those given go before those found.
        self.logs: dict[str, tuple[set[str], bool]] = {}

    def add(self, document: Any, *, trusted: bool) -> None:
        """Learn the keys of one did:web document."""
        if not isinstance(document, dict) or not isinstance(document.get("id"), str):
            raise Unreadable("these are no keys of an issuer")
        for method in document.get("verificationMethod") or []:
            if not isinstance(method, dict) or not isinstance(method.get("id"), str):
                continue
            if method["id"].partition("#")[0] != document["id"]:
                continue
            if trusted or method["id"] not in self.known:
                self.known[method["id"]] = (method, trusted)
        services = document.get("service")
        named = {
            one["key"]
            for one in (services if isinstance(services, list) else [])
            if isinstance(one, dict)
            and one.get("type") == "TransparencyLog"
            and isinstance(one.get("key"), str)
        }
        if trusted or document["id"] not in self.logs:
            self.logs[document["id"]] = (named, trusted)

    def find(self, name: Any, issuer: str) -> Optional[tuple[bytes, bool, dict[str, Any]]]:
        """The key of that name, if it is that issuer's: bytes, whether trusted, the method."""
        if not isinstance(name, str) or name.partition("#")[0] != issuer:
            return None
        if name not in self.known:
            return None
        method, trusted = self.known[name]
        return key_of(method.get("publicKeyMultibase")), trusted, method


def web_address(did: str) -> str:
    """Where the keys of a did:web stand."""
    if not did.startswith("did:web:"):
        return ""
    host, *path = did[len("did:web:") :].split(":")
    return "https://%s/%s/did.json" % (
        host.replace("%3A", ":"),
        "/".join(path) if path else ".well-known",
    )


def proof_holds(document: dict[str, Any], proof: Any, issuer: str, keys: Keys) -> Said:
    """What one proof says: (verdict, reason)."""
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof":
        return UNKNOWN, "signed in a way this program does not check"
    if proof.get("cryptosuite") != "eddsa-jcs-2022":
        return UNKNOWN, "signed as %s, which this program cannot check" % proof.get("cryptosuite")
    if proof.get("proofPurpose") != "assertionMethod" or "previousProof" in proof:
        return INVALID, "the signature was made for something else"
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        return INVALID, "the signature speaks of other words"
    found = keys.find(proof.get("verificationMethod"), issuer)
    if not found:
        return UNKNOWN, "the key of %s is not here" % issuer
    key, trusted, method = found
    options = {word: said for word, said in proof.items() if word != "proofValue"}
    bare = {word: said for word, said in document.items() if word != "proof"}
    message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(bare)).digest()
    if not signed_with(key, message, unbase58(proof.get("proofValue"))):
        return INVALID, "changed after it was signed, or signed by another"
    made = moment(proof.get("created"))
    for word, what in (("revoked", "leaked"), ("expires", "was put away")):
        if method.get(word) and made >= moment(method[word]):
            return INVALID, "signed with a key after it %s" % what
    if method.get("revoked"):
        return UNKNOWN, "the key leaked later; ask for a new copy"
    if not trusted:
        return UNKNOWN, "fits the key that lies beside it; whose key that is was not given (--keys)"
    return VALID, "signed by %s" % issuer


def verdict_of(verdicts: Iterable[str]) -> str:
    """The least of several."""
    found = set(verdicts)
    return INVALID if INVALID in found else UNKNOWN if UNKNOWN in found else VALID


def id_of(value: Any) -> str:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


# -- credentials ----------------------------------------------------------------------------------


def check_credential(
    document: dict[str, Any], keys: Keys, lists: dict[Any, Any], now: datetime
) -> tuple[str, list[str], Optional[datetime]]:
    """One credential: (verdict, reasons, as of when it was not withdrawn)."""
    issuer = id_of(document.get("issuer"))
    if not proofs_of(document) or not issuer:
        return INVALID, ["nobody signed it"], None
    said = [proof_holds(document, proof, issuer, keys) for proof in proofs_of(document)]
    for word, late in (("validFrom", False), ("validUntil", True)):
        if word in document:
            day = moment(document[word])
            if (day < now) if late else (day > now):
                said.append(
                    (INVALID, "it counts %s %s" % ("until" if late else "from", day.date()))
                )
    status, as_of = check_status(document, issuer, keys, lists)
    said.append(status)
    return verdict_of(v for v, _ in said), [reason for _, reason in said], as_of


def check_status(
    document: dict[str, Any], issuer: str, keys: Keys, lists: dict[Any, Any]
) -> tuple[Said, Optional[datetime]]:
    """Whether it was withdrawn, by the list that lies beside it: ((verdict, reason), as of)."""
    entries = document.get("credentialStatus")
    if entries is None or entries == []:
        return (VALID, "it has no list of what was withdrawn"), None
    if not isinstance(entries, list):
        return check_entry(entries, issuer, keys, lists)
    found = [check_entry(entry, issuer, keys, lists) for entry in entries[:8]]
    if len(entries) > 8:
        return (UNKNOWN, "it names more lists than this program reads"), None
    least = verdict_of(verdict for (verdict, _), _ in found)
    said = [reason for (verdict, reason), _ in found if verdict == least]
    as_of = [day for _, day in found if day is not None]
    return (least, "; ".join(said)), min(as_of) if as_of else None


def check_entry(
    entry: Any, issuer: str, keys: Keys, lists: dict[Any, Any]
) -> tuple[Said, Optional[datetime]]:
    """What one list says: withdrawn, or suspended for now: ((verdict, reason), as of)."""
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        return (UNKNOWN, "it has a list this program cannot read"), None
    found = lists.get(entry.get("statusListCredential"))
    if found is None:
        return (UNKNOWN, "the list of what was withdrawn is not here"), None
    if id_of(found.get("issuer")) != issuer:
        return (INVALID, "the list of what was withdrawn is another's"), None
    checked = [proof_holds(found, proof, issuer, keys) for proof in proofs_of(found)]
    least = verdict_of(v for v, _ in checked) if checked else INVALID
    if least == INVALID:
        return (INVALID, "the list of what was withdrawn was changed"), None
    subject = found.get("credentialSubject") or {}
    if subject.get("statusPurpose") != entry.get("statusPurpose"):
        return (UNKNOWN, "the list is about something else"), None
    as_of = moment(found.get("validFrom"))
    try:
        place = int(str(entry.get("statusListIndex")))
        packed = subject.get("encodedList") or ""
        data = base64.urlsafe_b64decode(packed[1:] + "=" * (-len(packed[1:]) % 4))
        bits = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MOST_LIST + 1)
        if packed[:1] != "u" or len(bits) > MOST_LIST or place < 0:
            raise ValueError
        withdrawn = bits[place // 8] >> (7 - place % 8) & 1
    except (ValueError, TypeError, OSError, EOFError, IndexError):
        return (UNKNOWN, "the list of what was withdrawn cannot be read"), None
    word = "suspended" if entry.get("statusPurpose") == "suspension" else "withdrawn"
    if withdrawn:
        return (INVALID, "%s by who issued it" % word), as_of
    return (least, "not %s as of %s" % (word, as_of.date())), as_of


# -- its place in the log of who issued it --------------------------------------------------------


class NotProved(Exception):
    """What lies beside it does not show its place in a log."""


def check_log(document: dict[str, Any], told: Any, keys: Keys) -> Said:
    """Whether this very credential stands in its issuer's log: (verdict, reason)."""
    issuer = id_of(document.get("issuer"))
    try:
        event, place, size, seen = proved_event(told)
    except (NotProved, Unreadable, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return INVALID, "its place in the log is not proved by what lies beside it"
    if (
        event.get("kind") not in ("credential.issued", "credential.signed_again")
        or event.get("subject") != document.get("id")
        or event.get("document") != hashlib.sha256(canonical(document)).hexdigest()
    ):
        return INVALID, "what stands in the log is another credential"
    named, trusted = keys.logs.get(issuer, (set(), False))
    day = moment(event.get("at")).date()
    said = "unchanged since it was written in the log on %s (%d of %d)" % (day, place + 1, size)
    said += "; " + (", ".join(seen) if seen else "nobody outside has witnessed that log")
    if issuer not in keys.logs:
        return UNKNOWN, said + "; whose log that is was not given (--keys)"
    if told["log"] not in named:
        return INVALID, "it stands in a log that is not its issuer's"
    if not trusted:
        return UNKNOWN, said + "; whose log that is was not given (--keys)"
    return VALID, said


def proved_event(told: Any) -> tuple[dict[str, Any], int, int, list[str]]:
    """What was written down, its place, how large the log was, and who saw that.

    Raises:
        NotProved, ValueError, TypeError, KeyError: it shows nothing.
    """
    name, key = log_key(told["log"], 1)
    note, event, place = str(told["checkpoint"]), told["event"], told["place"]
    body, gap, tail = note.rpartition("\n\n")
    body += "\n"
    origin, count, root = body.split("\n")[:3]
    signed = [line.split(" ") for line in tail.splitlines()]
    if not gap or origin != name or type(place) is not int or not isinstance(event, dict):
        raise NotProved
    if not any(signed_with(key, body.encode(), one) for one in signatures(signed, name, key, 1)):
        raise NotProved
    salt = bytes.fromhex(told["salt"])
    if len(salt) != 32:
        raise NotProved
    leaf = hashlib.sha256(b"\0" + hashlib.sha256(salt + canonical(event)).digest()).digest()
    steps = [bytes.fromhex(step) for step in told["proof"]]
    if root_over(leaf, place, int(count), steps) != base64.b64decode(root, validate=True):
        raise NotProved
    seen = []
    for word in told["witnesses"][:16]:
        witness, public = log_key(word, 4)
        for one in signatures(signed, witness, public, 4):
            at = int.from_bytes(one[:8], "big")
            message = ("cosignature/v1\ntime %d\n" % at).encode() + body.encode()
            if signed_with(public, message, one[8:]):
                day = datetime.fromtimestamp(at, timezone.utc).date()
                seen.append("seen by %s on %s" % (witness, day))
    return event, place, int(count), seen


def log_key(text: Any, kind: int) -> tuple[str, bytes]:
    """The name and the bytes of "name+number+key": of a log (kind 1) or a witness (kind 4)."""
    name, _, rest = text.partition("+")
    raw = base64.b64decode(rest.partition("+")[2], validate=True)
    if len(raw) != 33 or raw[0] != kind:
        raise NotProved
    return name, raw[1:]


def signatures(lines: list[list[str]], name: str, key: bytes, kind: int) -> Iterable[bytes]:
    """What that key signed under a checkpoint (C2SP signed note)."""
    number = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]
    for line in lines:
        if len(line) == 3 and line[:2] == ["\u2014", name]:
            raw = base64.b64decode(line[2], validate=True)
            if raw[:4] == number:
                yield raw[4:]


def root_over(leaf: bytes, place: int, size: int, steps: list[bytes]) -> bytes:
    """The root that a leaf at that place leads to (RFC 9162, section 2.1.3.2)."""
    if not 0 <= place < size:
        raise NotProved
    at, last, found = place, size - 1, leaf
    for beside in steps:
        if last == 0 or len(beside) != 32:
            raise NotProved
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + beside + found).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + beside).digest()
        at, last = at >> 1, last >> 1
    if last:
        raise NotProved
    return found


# -- the archive ----------------------------------------------------------------------------------


class Archive:
    """The files of an archive, each no longer than it may be."""

    def __init__(self, path: Any) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
            entries = self.zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError):
            raise Unreadable("this is no archive") from None
        if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > MOST_BYTES:
            raise Unreadable("this unpacks to far more than an archive of a person")
        self.names = [e.filename for e in entries]
        if len(set(self.names)) != len(self.names):
            raise Unreadable("a file stands in it twice")

    def read(self, name: str) -> bytes:
        """One file."""
        try:
            with self.zip.open(name) as file:
                data = file.read(MOST_BYTES + 1)
        except (KeyError, zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError):
            raise Unreadable("%s is missing or damaged" % name) from None
        except Exception:  # zlib.error and whatever else a broken file brings about
            raise Unreadable("%s is damaged" % name) from None
        return data

    def digest(self, name: str) -> str:
        """The SHA-256 of one file, read in pieces."""
        found = hashlib.sha256()
        try:
            with self.zip.open(name) as file:
                for piece in iter(lambda: file.read(1 << 20), b""):
                    found.update(piece)
        except Exception:
            raise Unreadable("%s is missing or damaged" % name) from None
        return found.hexdigest()


def check_files(archive: Archive, manifest: dict[str, Any]) -> tuple[str, list[str]]:
    """Whether every file is as it was listed."""
    told = manifest.get("files")
    if not isinstance(told, dict):
        raise Unreadable("the list of files cannot be read")
    lines = []
    for name in sorted(set(archive.names) | set(told)):
        if name == "manifest.json" or name.endswith("/"):
            continue
        if name not in told:
            lines.append("invalid: %s was put in later" % name)
        elif name not in archive.names or archive.digest(name) != told[name]:
            lines.append("invalid: %s was changed or is gone" % name)
    if lines:
        return INVALID, lines
    return VALID, ["%d files, all as they were listed" % len(told)]


def proofs_of(document: dict[str, Any]) -> list[Any]:
    """The signatures of a document, one or more."""
    found = document.get("proof") or []
    return found if isinstance(found, list) else [found]


def issuers_of(manifest: dict[str, Any]) -> list[str]:
    """Who says to have signed an archive."""
    named = [proof.get("verificationMethod") for proof in proofs_of(manifest)]
    return sorted({str(name).partition("#")[0] for name in named})


def check_signatures(
    archive: Archive, manifest: dict[str, Any], keys: Keys
) -> list[tuple[str, Said]]:
    """What each signature of the archive says, by who made it."""
    for name in archive.names:
        if name.startswith("issuers/") and name.endswith(".json"):
            keys.add(read_json(archive.read(name)), trusted=False)
    found = []
    for proof in proofs_of(manifest):
        issuer = str(proof.get("verificationMethod", "")).partition("#")[0]
        found.append((issuer, proof_holds(manifest, proof, issuer, keys)))
    return found


def check_archive(path: Any, keys: Keys, now: datetime) -> tuple[str, list[str]]:
    """All of it: (verdict, lines to print)."""
    archive = Archive(path)
    manifest = read_json(archive.read("manifest.json"))
    if not isinstance(manifest, dict) or manifest.get("form") != FORM:
        raise Unreadable("this is no archive from Gezel")
    verdict, lines = check_files(archive, manifest)
    verdicts = [verdict]
    signatures = check_signatures(archive, manifest, keys)
    if not signatures:
        verdicts.append(UNKNOWN)
        lines.append("unknown: nobody signed this archive")
    for issuer, (verdict, reason) in signatures:
        verdicts.append(verdict)
        lines.append("%s: the archive: %s" % (verdict, reason))
        if verdict == UNKNOWN and web_address(issuer):
            lines.append("  the keys of who signed stand at %s" % web_address(issuer))
    lists = {}
    for name in archive.names:
        if name.startswith("status/") and name.endswith(".json"):
            found = read_json(archive.read(name))
            lists[found.get("id")] = found
    for name in sorted(archive.names):
        if name.startswith("credentials/") and name.endswith(".json"):
            verdict, more = credential_lines(archive, name, keys, lists, now)
            lines += more
            # What was withdrawn or is over says nothing against the archive it lies in.
            over = any("withdrawn by" in m or "it counts" in m for m in more)
            if verdict == INVALID and not over:
                verdicts.append(INVALID)
    return verdict_of(verdicts), lines


def credential_lines(
    archive: Archive, name: str, keys: Keys, lists: dict[Any, Any], now: datetime
) -> tuple[str, list[str]]:
    """One credential, told. Of two forms the one that can be checked here is taken."""
    document = read_json(archive.read(name))
    proof = name.replace("credentials/", "log/", 1)
    logged = (
        check_log(document, read_json(archive.read(proof)), keys)
        if (proof in archive.names)
        else None
    )
    other = name.replace("credentials/", "credentials-jcs/", 1)
    note = ""
    if other in archive.names:
        twin = read_json(archive.read(other))
        same = {k: v for k, v in twin.items() if k != "proof"} == {
            k: v for k, v in document.items() if k != "proof"
        }
        if not same:
            return INVALID, ["invalid: %s: its two forms differ" % name]
        document, note = twin, " (by its second signature)"
    verdict, reasons, _ = check_credential(document, keys, lists, now)
    if logged is not None:
        verdict = verdict_of([verdict, logged[0]])
        reasons.append(logged[1])
    title = document.get("name") or name
    return verdict, ["%s: %s%s" % (verdict, title, note)] + ["  - " + r for r in reasons]


def main(arguments: Optional[list[str]] = None) -> int:
    """Check the archive that is named."""
    asked = argparse.ArgumentParser(description="Check an archive from Gezel; no network is used.")
    asked.add_argument("archive")
    asked.add_argument(
        "--keys",
        action="append",
        default=[],
        metavar="DID.JSON",
        help="the keys of an issuer, as you fetched them from its own address",
    )
    options = asked.parse_args(arguments)
    keys = Keys()
    try:
        for path in options.keys:
            with open(path, "rb") as file:
                keys.add(read_json(file.read()), trusted=True)
        verdict, lines = check_archive(options.archive, keys, datetime.now(timezone.utc))
    except (Unreadable, OSError) as problem:
        verdict, lines = INVALID, ["invalid: %s" % problem]
    except (AttributeError, TypeError, KeyError, ValueError, RecursionError):
        verdict, lines = INVALID, ["invalid: this is not of the form that Gezel writes"]
    print("%s: %s" % (verdict, options.archive))
    for line in lines:
        print(line)
    return CODES[verdict]


if __name__ == "__main__":
    sys.exit(main())
