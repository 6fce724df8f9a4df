"""Good files made bad, in the ways in which files go bad: on the way, by a tool, or on purpose.

Everything follows from a seed, so that a mutant that does harm can be made again.
"""

import io
import json
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from gezel.site.drill.specimens import zipped

NAMES = (
    "../evil", "/etc/evil", "a\\b", "C:evil", "a\x00b", "a\nb", ".", "..", "", "é" * 130,
    "x/" * 30 + "y", "IMSMANIFEST.XML", "one.html/one.html", "\u202egpj.exe", "CON", " a", "a.",
    "\ud83d\ude00.html",
)  # fmt: skip
VALUES = (
    "", " ", "-1", "1e400", "NaN", "9" * 400, "../../etc/passwd", "javascript:alert(1)",
    "%00", "file:///etc/passwd", "http://127.0.0.1:1/", "data:text/html,x", "{{7*7}}", "${7*7}",
    "' OR 1=1 --", "<script>alert(1)</script>", "\u202e", "x" * 70_000, "\ufffe", "one.html#", "?",
    "//example.test/x", "true", "null", "PT-1S", "00:00:61", "ſ", "İ",
)  # fmt: skip
DOCTYPES = (
    '<!DOCTYPE m [<!ENTITY a "b">]>', '<!DOCTYPE m SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE m [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>',
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252", "cp037", "utf-7", "shift_jis")
JSON_VALUES: tuple[Any, ...] = (
    None, True, -1, 1e308, "", [], {}, [[]], "x" * 70_000, {"a": {"b": []}}, 10**30, "../..", 0.5,
)  # fmt: skip


def mutant_of(files: Mapping[str, bytes], dice: random.Random) -> bytes:
    """A package with one or a few things wrong in it."""
    changed = dict(files)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        _change_files(changed, dice)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = _zipped(changed, dice)
    return changed_bytes(data, dice) if dice.random() < 0.4 else data


def changed_bytes(data: bytes, dice: random.Random) -> bytes:
    """Bits turned over, a piece lost, doubled, cut, or strange bytes put in."""
    out = bytearray(data)
    way = dice.randrange(6)
    if not out:
        return bytes(out)
    place = dice.randrange(len(out))
    length = dice.choice((1, 2, 4, 30, 500))
    if way == 0:
        for _ in range(dice.choice((1, 1, 3, 20))):
            out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    elif way == 1:
        del out[place:]
    elif way == 2:
        del out[place : place + length]
    elif way == 3:
        out[place:place] = out[place : place + length]
    elif way == 4:
        out[place:place] = dice.randbytes(length)
    else:
        out[place : place + length] = dice.choice((b"\x00", b"\xff", b"PK\x05\x06")) * length
    return bytes(out)


def _zipped(files: Mapping[str, bytes], dice: random.Random) -> bytes:
    try:
        if dice.random() < 0.1:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as made:
                for name, data in files.items():
                    entry = zipfile.ZipInfo(name)
                    entry.external_attr = dice.choice((0o120777, 0o060600, 0o100644)) << 16
                    entry.compress_type = dice.choice(
                        (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
                    )
                    made.writestr(entry, data)
            return out.getvalue()
        return zipped(files)
    except (ValueError, UnicodeError, IndexError):
        # A name that no packer would write: then this mutant is a plain one.
        return zipped({f"{n}": data for n, data in enumerate(files.values())})


def _change_files(files: dict[str, bytes], dice: random.Random) -> None:
    if not files:
        return
    name = dice.choice(list(files))
    way = dice.randrange(10)
    if way == 0:
        files[dice.choice(NAMES)] = files.pop(name)
    elif way == 1:
        del files[name]
    elif way == 2:
        files[name] = files[dice.choice(list(files))]
    elif way == 3:
        files[name] = b""
    elif way == 4:
        files.update({f"in/{n}": data for n, data in dict(files).items()})
        for old in [n for n in files if not n.startswith("in/")]:
            del files[old]
    elif way == 5:
        files[name] = changed_bytes(files[name], dice)
    else:
        # What describes the package is where most can go wrong.
        described = [n for n in files if n.endswith((".xml", ".json", ".html"))] or [name]
        chosen = dice.choice(described)
        files[chosen] = changed_text(files[chosen], dice)


def changed_text(data: bytes, dice: random.Random) -> bytes:
    """A description with something wrong in it: XML, JSON or anything else."""
    text = data.decode("utf-8", "replace")
    head = text.lstrip("\ufeff \r\n\t")[:1]
    ways: list[Callable[[str, random.Random], str]] = [_lines, _values, _numbers]
    if head == "{":
        ways += [_json, _json, _json]
    elif head == "<":
        ways += [_elements, _elements, _doctype, _deep]
    told = dice.choice(ways)(text, dice)
    encoding = dice.choice(ENCODINGS) if dice.random() < 0.15 else "utf-8"
    return told.encode(encoding, "replace")


def _lines(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    place = dice.randrange(len(lines))
    if dice.random() < 0.5:
        del lines[place]
    else:
        lines.insert(dice.randrange(len(lines)), lines[place])
    return "\n".join(lines)


def _values(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r'"([^"]*)"|>([^<>]+)<', text))
    if not found:
        return text + dice.choice(VALUES)
    chosen = dice.choice(found)
    group = 1 if chosen.group(1) is not None else 2
    value = dice.choice(VALUES)
    if dice.random() < 0.7:
        value = value.replace("&", "&amp;").replace("<", "&lt;")
    return text[: chosen.start(group)] + value + text[chosen.end(group) :]


def _numbers(text: str, dice: random.Random) -> str:
    return re.sub(r"\d+", lambda _m: dice.choice(("-1", "0", "999999999999", "½")), text, count=1)


def _elements(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"<(/?)([\w:]+)([^<>]*)>", text))
    if not found:
        return text
    one, two = dice.choice(found), dice.choice(found)
    way = dice.randrange(4)
    if way == 0:
        return text[: one.start()] + text[one.end() :]
    if way == 1:
        return text[: one.end()] + one.group() + text[one.end() :]
    if way == 2:
        low, high = sorted((one.start(), two.start()))
        return text[:low] + text[high:]
    return text[: one.start(2)] + dice.choice(("x", "item", "manifest", "a:b")) + text[one.end(2) :]


def _doctype(text: str, dice: random.Random) -> str:
    begin = text.find("?>") + 2 if "?>" in text else 0
    told = text[:begin] + dice.choice(DOCTYPES) + text[begin:]
    return re.sub(r">([^<>]+)<", ">&a;<", told, count=1)


def _deep(text: str, dice: random.Random) -> str:
    many = dice.choice((50, 300, 20_000))
    place = dice.choice([found.end() for found in re.finditer(">", text)] or [len(text)])
    return text[:place] + "<item>" * many + "</item>" * many + text[place:]


def _json(text: str, dice: random.Random) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return text + "}"
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        keys = node.keys() if isinstance(node, dict) else range(len(node))
        for key in list(keys):
            spots.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    if isinstance(told, dict | list):
        walk(told)
    if not spots:
        return json.dumps(dice.choice(JSON_VALUES))
    node, key = dice.choice(spots)
    way = dice.randrange(3)
    if way == 0:
        del node[key]
    elif way == 1 and isinstance(node, list):
        node.extend([node[key]] * dice.choice((1, 500)))
    else:
        node[key] = dice.choice(JSON_VALUES)
    return json.dumps(told)
