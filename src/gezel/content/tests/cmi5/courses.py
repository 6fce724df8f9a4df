"""Course structures for tests, with one thing changed."""

import zipfile
from pathlib import Path

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
AU_ID = "https://course.example/forklift/unit/1"

UNIT = """
  <au id="https://course.example/forklift/unit/1" moveOn="CompletedOrPassed" masteryScore="0.7"
      launchMethod="AnyWindow" activityType="http://adlnet.gov/expapi/activities/lesson">
    <title><langstring lang="nl">Voor je wegrijdt</langstring>
      <langstring lang="en">Before you drive</langstring></title>
    <description><langstring lang="nl">Rondje om de truck</langstring></description>
    <objectives><objective idref="https://course.example/objective/check"/></objectives>
    <url>unit/index.html?page=1</url>
    <launchParameters>speed=slow</launchParameters>
    <entitlementKey>key-1</entitlementKey>
  </au>"""

STRUCTURE = f"""<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="{NAMESPACE}">
  <course id="https://course.example/forklift">
    <title><langstring lang="nl">Heftruck</langstring>
      <langstring lang="en">Forklift</langstring></title>
    <description><langstring lang="nl">Kort en goed</langstring></description>
  </course>
  <objectives>
    <objective id="https://course.example/objective/check">
      <title><langstring>Nakijken</langstring></title>
      <description><langstring>Weet wat je nakijkt</langstring></description>
    </objective>
  </objectives>{UNIT}
  <block id="https://course.example/forklift/block/1">
    <title><langstring lang="nl">Rijden</langstring></title>
    <description><langstring lang="nl">Met last</langstring></description>
    <au id="https://course.example/forklift/unit/2" moveOn="Passed">
      <title><langstring lang="nl">Toets</langstring></title>
      <description><langstring lang="nl">Tien vragen</langstring></description>
      <url>quiz.html</url>
    </au>
    <block id="https://course.example/forklift/block/2">
      <title><langstring lang="nl">Extra</langstring></title>
      <description><langstring lang="nl">Mag ook later</langstring></description>
      <au id="https://course.example/forklift/unit/3">
        <title><langstring lang="nl">Verder lezen</langstring></title>
        <description><langstring lang="nl">Op het web</langstring></description>
        <url>https://elsewhere.example/read?x=1</url>
      </au>
    </block>
  </block>
</courseStructure>
"""

FILES = {"unit/index.html": "<h1>1</h1>", "quiz.html": "<h1>2</h1>"}


def structure(*changes: tuple[str, str]) -> str:
    """The structure above with texts replaced, each of which must be in it."""
    text = STRUCTURE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def a_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    """An archive with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
