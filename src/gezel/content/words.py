"""What is said about packages that are refused, or that have something wrong with them.

Readers (`rules/packages/`) say what is wrong in a code and where; here it becomes a sentence in
the language of who reads it. A code without a sentence fails `tests/test_packages.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.content.rules.cartridge import CartridgeRefused
from gezel.content.rules.packages import PackageRefused

# Why a package is not taken in. Fields in %(…)s come from the reader's `detail`.
REFUSED: dict[str, str | Promise] = {
    "empty": gettext_lazy("There is nothing in this ZIP file."),
    "unknown_form": gettext_lazy(
        "This is no package we know: it holds no imsmanifest.xml (SCORM), cmi5.xml, h5p.json or "
        "index.html. Export it from your authoring tool as SCORM, cmi5 or H5P."
    ),
    "xml_broken": gettext_lazy(
        "The file is not well-formed XML. Export the package again, or ask its maker."
    ),
    "xml_doctype": gettext_lazy(
        "The file holds a document type (DOCTYPE), which we do not read. Ask its maker to take "
        "it out."
    ),
    "xml_size": gettext_lazy("The file is too large to be a description of a package."),
    "xml_depth": gettext_lazy("The file is nested deeper than a description of a package is."),
    "h5p_json": gettext_lazy(
        "The file cannot be read. Export the H5P again from where it was made."
    ),
    "h5p_broken": gettext_lazy(
        "“%(field)s” is missing or wrong. Export the H5P again from where it was made."
    ),
    "h5p_content": gettext_lazy("The H5P has no content. Export it again from where it was made."),
    "h5p_library": gettext_lazy(
        "The H5P needs “%(library)s”, which is not in the file. Export it from a site that puts "
        "its libraries in, such as Lumi or your own Moodle or WordPress."
    ),
    "h5p_file": gettext_lazy(
        "H5P does not allow this kind of file there. Take it out and export again."
    ),
    "cartridge": gettext_lazy(
        "This is a Common Cartridge. It becomes modules that you can change: choose “Make modules "
        "of a file” instead."
    ),
    "pages_empty": gettext_lazy("The page to begin with is empty."),
    "cmi5_not_at_root": gettext_lazy(
        "A cmi5 package has its course structure at the top, under the name cmi5.xml. Pack the "
        "files themselves, not the folder they are in."
    ),
    "cmi5_root": gettext_lazy(
        "This is no cmi5 course structure: it begins with <%(name)s> instead of <courseStructure>."
    ),
    "cmi5_namespace": gettext_lazy(
        "The course structure is of another version of cmi5. We read xmlns=“%(namespace)s”."
    ),
    "cmi5_text": gettext_lazy("There is loose text in <%(element)s>, where none may be."),
    "cmi5_missing": gettext_lazy("<%(element)s> lacks <%(name)s>."),
    "cmi5_order": gettext_lazy(
        "In <%(element)s>, something stands before <%(name)s> that belongs after it or not there."
    ),
    "cmi5_element": gettext_lazy("<%(name)s> may not stand at this place in <%(element)s>."),
    "cmi5_attribute": gettext_lazy("<%(element)s> may not have the attribute “%(name)s”."),
    "cmi5_no_id": gettext_lazy("<%(element)s> lacks its id."),
    "cmi5_iri": gettext_lazy(
        "“%(value)s” is no full id for <%(element)s>. An id is a whole IRI, such as "
        "https://example.org/course/1."
    ),
    "cmi5_twice": gettext_lazy("The id “%(value)s” is used twice. Each id may be used once."),
    "cmi5_language": gettext_lazy("“%(value)s” is no language, such as nl or en-US."),
    "cmi5_choice": gettext_lazy(
        "%(name)s is “%(value)s”. It may be: %(allowed)s, written exactly so."
    ),
    "cmi5_mastery": gettext_lazy("masteryScore is “%(value)s”. It is a number from 0 to 1."),
    "cmi5_no_url": gettext_lazy("The <url> of this unit is empty."),
    "cmi5_url": gettext_lazy(
        "“%(url)s” is no address that a browser can open. Write spaces and signs as %%20 and so on."
    ),
    "cmi5_url_scheme": gettext_lazy(
        "“%(url)s” is not opened: a unit lies in the package, or begins with https:// or http://."
    ),
    "cmi5_url_names": gettext_lazy(
        "“%(url)s” has “%(name)s” in its query. That name is needed when the unit is opened; use "
        "another."
    ),
    "cmi5_url_alone": gettext_lazy(
        "“%(url)s” lies in a package, and this course structure came without one. Bring in the ZIP "
        "file, or give a whole address."
    ),
    "cmi5_url_missing": gettext_lazy(
        "“%(url)s” is not in the package. Mind capitals, and pack the file too."
    ),
    "cmi5_url_packed": gettext_lazy(
        "“%(name)s” is in the package, but the course opens it elsewhere, at “%(url)s”. Refer to "
        "it without https:// and a host."
    ),
    "cmi5_no_schema": gettext_lazy(
        "There are elements of “%(namespace)s” without the schema (.xsd) that describes them. Add "
        "it to the package, or tell where it is in xsi:schemaLocation."
    ),
    # SCORM
    "manifest_in_folder": gettext_lazy(
        "The manifest lies in the folder “%(folder)s”; it must be at the top of the ZIP file. Open "
        "that folder, select everything in it, and make a ZIP file of that."
    ),
    "manifest_capitals": gettext_lazy(
        "The manifest must be called imsmanifest.xml, in small letters."
    ),
    "no_manifest": gettext_lazy("This is not the manifest of a SCORM package."),
    "common_cartridge": gettext_lazy(
        "This is a Common Cartridge, not a SCORM package: bring it in as modules and questions."
    ),
    "no_organization": gettext_lazy(
        "The package says which files it has, and not what one does with them: it holds no "
        "organisation (<organization>). Export it again as a course."
    ),
    "nothing_to_play": gettext_lazy("The organisation holds nothing that can be opened."),
    "too_many_items": gettext_lazy(
        "The organisation is larger or deeper than a course that people made."
    ),
    "no_resource": gettext_lazy(
        "An item points at “%(name)s”, and there is no such resource in the package."
    ),
    "no_href": gettext_lazy("The resource “%(name)s” does not say which file it opens."),
    "launch_missing": gettext_lazy(
        "A part of the course opens “%(name)s”, and that file is not in the package."
    ),
    "launch_outside": gettext_lazy(
        "A part of the course opens “%(name)s”, which lies outside the package. Only what is in "
        "the package can be played."
    ),
}

# What is wrong with a package that plays all the same.
WARNINGS: dict[str, str | Promise] = {
    "cmi5_activity_type": gettext_lazy(
        "The activityType of a unit is no whole IRI; we leave it out of what is recorded."
    ),
    "cmi5_objective_unknown": gettext_lazy(
        "A unit or block refers to an objective that the course does not name."
    ),
    "submanifest": gettext_lazy("It holds a manifest within the manifest; that one is not read."),
    "more_organizations": gettext_lazy(
        "It holds %(number)s organisations; the one it calls default is played."
    ),
    "default_organization": gettext_lazy(
        "It calls “%(name)s” its default organisation, which is not there; the first is played."
    ),
    "identifier_twice": gettext_lazy("The name “%(name)s” is used for more than one item."),
    "item_with_both": gettext_lazy(
        "The item “%(name)s” has parts and a page of its own; only the parts are played."
    ),
    "empty_item": gettext_lazy("The item “%(name)s” opens nothing."),
    "capitals": gettext_lazy(
        "“%(name)s” is written with other capitals than in the manifest; we found it all the same."
    ),
    "file_outside": gettext_lazy(
        "It uses “%(name)s”, which lies outside the package and is not loaded."
    ),
    "no_dependency": gettext_lazy("It needs the resource “%(name)s”, which is not there."),
    "prerequisites": gettext_lazy(
        "What must be done first stands in a way we cannot read: “%(name)s”. It opens all the same."
    ),
    "time_limit": gettext_lazy(
        "A time limit stands in a way that SCORM 1.2 does not know: “%(name)s”. It is left out."
    ),
    "files_missing": gettext_lazy(
        "%(number)s files that the manifest names are not in the package, “%(name)s” first."
    ),
}


def why(refused: PackageRefused) -> str:
    """A refusal as a sentence, with the place in the package where there is one."""
    said = str(REFUSED[refused.why]) % dict(refused.detail)
    if not refused.place:
        return said
    return _("%(place)s: %(said)s") % {"place": refused.place, "said": said}


def reason(refused: Exception) -> str:
    """Whatever kept a file out, as a sentence."""
    if isinstance(refused, PackageRefused):
        return why(refused)
    if isinstance(refused, CartridgeRefused):
        return why_not(refused)
    if isinstance(refused, ValidationError):
        return str(refused.messages[0])
    return str(refused)


def warning(told: str | Mapping[str, Any]) -> str:
    """A warning as a sentence: a code, or `{"why": code, "place": …, …detail}`."""
    if isinstance(told, str):
        return str(WARNINGS.get(told, told))
    said = str(WARNINGS.get(str(told["why"]), told["why"])) % dict(told)
    if not told.get("place"):
        return said
    return _("%(place)s: %(said)s") % {"place": told["place"], "said": said}


# Why a file cannot become modules at all.
NOT_MODULES: dict[str, str | Promise] = {
    "no_manifest": gettext_lazy(
        "There is no imsmanifest.xml in this ZIP file, so it is no Common Cartridge."
    ),
    "not_manifest": gettext_lazy("This imsmanifest.xml describes something else."),
    "xml_broken": gettext_lazy(
        "The file is not well-formed XML near line %(line)s. Export the course again."
    ),
    "xml_doctype": gettext_lazy("The file holds a document type (DOCTYPE), which we do not read."),
    "xml_size": gettext_lazy("The file is too large to be a description of a course."),
    "xml_depth": gettext_lazy("The file is nested deeper than a description of a course is."),
    "many": gettext_lazy("This course has more than 2,000 parts. Export it in pieces."),
    "package": gettext_lazy(
        "This is no course to make modules of. SCORM, cmi5, H5P and web pages come in as a package."
    ),
    "nothing": gettext_lazy("There is nothing in this file that a module can be made of."),
    "gone": gettext_lazy("The file is no longer there. Choose it again."),
    "list_large": gettext_lazy("This file is larger than 20 MB. Export fewer questions at a time."),
    "list_large_text": gettext_lazy("This text file is larger than 4 MB. Split it."),
    "list_empty": gettext_lazy("This file is empty."),
    "list_binary": gettext_lazy(
        "This is no file we can make modules of. Choose a Common Cartridge (.imscc), GIFT (.txt) "
        "or Moodle XML (.xml)."
    ),
    "list_no_questions": gettext_lazy("There are no questions in this file."),
    "list_many": gettext_lazy("There are more than 1,000 questions in this file. Split it."),
    "list_not_moodle": gettext_lazy("This is XML, but not an export of Moodle questions."),
    "list_broken": gettext_lazy(
        "The XML is broken near line %(line)s. Export it again and choose that file."
    ),
    "list_doctype": gettext_lazy(
        "This file has a document type or entities (line %(line)s), which an export of Moodle "
        "never has. We do not read it."
    ),
    "list_deep": gettext_lazy(
        "This file is nested or filled beyond what questions need. We do not read it."
    ),
    "list_encoding": gettext_lazy("The characters of this file cannot be read. Save it as UTF-8."),
}

# What comes in, but as something else than it was.
COMES_IN_OTHERWISE: dict[str, str | Promise] = {
    "discussion": gettext_lazy("A discussion becomes something to think about."),
    "assignment": gettext_lazy("An assignment to hand in becomes something to think about."),
    "empty": gettext_lazy("There was nothing on this page; only its title comes in."),
    "no_alt": gettext_lazy(
        "This picture has no words for who does not see it. It gets the title of its page: write "
        "better ones."
    ),
    "lures": gettext_lazy("Answers that match nothing are left out of it."),
    "pattern": gettext_lazy(
        "It took any answer with these words in it; now only exactly these words are right."
    ),
    "question_lures": gettext_lazy("Answers that match nothing are left out of it."),
    "question_capitals": gettext_lazy("Capitals counted in it; here they make no difference."),
    "question_remark": gettext_lazy(
        "A remark in it has no place here and is left out: on a wrong answer typed in, on an open "
        "question, or a hint."
    ),
    "open": gettext_lazy("No right answer is given, so it becomes something to think about."),
}

# What does not come in.
STAYS_OUT: dict[str, str | Promise] = {
    "missing": gettext_lazy("The course names it, but it is not in the file."),
    "lti": gettext_lazy("This is a link to a tool elsewhere (LTI), which a module cannot hold."),
    "resource_kind": gettext_lazy("A module has no counterpart of this."),
    "broken": gettext_lazy("Its description cannot be read."),
    "link": gettext_lazy("The address is no web address."),
    "page_large": gettext_lazy("This page is larger than we read. Split it."),
    "page_deep": gettext_lazy("This page is nested deeper than anyone writes."),
    "unfit": gettext_lazy("It is too long, not complete, or of a kind a module does not have."),
    "outside": gettext_lazy("It stands on another site; we fetch nothing from there."),
    "film": gettext_lazy(
        "Films and recordings need a transcript here. Add it yourself in a block of its own."
    ),
    "file_kind": gettext_lazy("This kind of file is not taken along."),
    "picture_kind": gettext_lazy("This is not a picture we can show: JPEG, PNG, WebP or GIF."),
    "unused": gettext_lazy("No page shows this file."),
    "blanks": gettext_lazy("Several gaps in one text are not among our kinds of questions."),
    "no_items": gettext_lazy(
        "There are no questions in it that we can read. Newer forms (QTI 2 and 3) we do not read."
    ),
    "question_kind": gettext_lazy("This is not among our kinds of questions."),
    "picture_option": gettext_lazy("An answer is a picture; here answers are words."),
    "none_right": gettext_lazy("No answer is marked as right."),
    "no_answers": gettext_lazy("There are no answers to choose from."),
    "question_half_right": gettext_lazy(
        "Answers that are half right cannot be taken over: right or wrong."
    ),
    "question_cloze": gettext_lazy(
        "Several gaps in one text are not among our kinds of questions."
    ),
    "question_braces": gettext_lazy(
        "The braces { } do not match. Put \\ before one that is meant as a sign."
    ),
    "question_picture_elsewhere": gettext_lazy("A picture in it is not in the file."),
    "question_pictures": gettext_lazy("There is more than one picture in it."),
    "question_alt": gettext_lazy("The picture has no words (alt) for who does not see it."),
    "question_picture": gettext_lazy("The picture in the file cannot be read."),
    "question_number": gettext_lazy("The answer is not a number."),
    "question_pattern": gettext_lazy(
        "A * in an answer stands for anything. Write the answers out that are right."
    ),
    "question_media": gettext_lazy(
        "There is sound, film or a drawing of its own in it. Add that yourself in a block."
    ),
}


def left_out(code: str) -> str:
    """Why something of a file does not come in, or not as it was."""
    return str(COMES_IN_OTHERWISE.get(code) or STAYS_OUT.get(code) or STAYS_OUT["unfit"])


def why_not(refused: CartridgeRefused) -> str:
    """Why a file cannot become modules, as a sentence with the place in it."""
    said = str(NOT_MODULES[refused.why]) % {"line": refused.line}
    if not refused.place:
        return said
    return _("%(place)s: %(said)s") % {"place": refused.place, "said": said}


def told_day(moment: datetime) -> str:
    """When it was, as one says it: today, yesterday, on Tuesday, on 3 November 2026."""
    on = timezone.localdate(moment)
    days = (timezone.localdate() - on).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    told = formats.date_format(on, "l" if days < 7 else "DATE_FORMAT")
    return _("on %(day)s") % {"day": told}
