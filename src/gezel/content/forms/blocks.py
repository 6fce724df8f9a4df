"""Forms of the kinds of block that tell something or ask for something to be done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gezel.content.forms.base import BlockForm, area, line
from gezel.content.models import Block, ContentSettings
from gezel.content.rules.bodies import MOST_ITEMS, Words
from gezel.content.rules.kinds import Embed, embed_address


class TextForm(BlockForm):
    kind = Block.Kind.TEXT
    pairs = ("body",)
    body_nl = area(_("Text in Dutch"), 14, rich=True)
    body_en = area(_("Text in English"), 14, rich=True)

    def check(self) -> None:
        self.need("body")


class ImageForm(BlockForm):
    kind = Block.Kind.IMAGE
    pairs = ("alt", "caption")
    file = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_("A photo from your phone is fine; we remove the place it was taken."),
    )
    alt_nl = line(_("What there is to see, in Dutch"))
    alt_en = line(_("What there is to see, in English"))
    caption_nl = line(_("Caption in Dutch"))
    caption_en = line(_("Caption in English"))

    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def check(self) -> None:
        self.need("alt")


class VideoForm(BlockForm):
    kind = Block.Kind.VIDEO
    pairs = ("title", "transcript")
    file = forms.FileField(
        label=_("Video"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
        help_text=_("MP4 or WebM, at most 1 GB."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title_nl = line(_("Title in Dutch"))
    title_en = line(_("Title in English"))
    transcript_nl = area(_("What is said and shown, in Dutch"))
    transcript_en = area(_("What is said and shown, in English"))
    captions_nl = forms.FileField(label=_("Captions in Dutch (WebVTT or SRT)"), required=False)
    captions_en = forms.FileField(label=_("Captions in English (WebVTT or SRT)"), required=False)

    def check(self) -> None:
        self.need("title")
        self.need("transcript")


class ReflectionForm(BlockForm):
    kind = Block.Kind.REFLECTION
    pairs = ("prompt",)
    prompt_nl = line(_("What to think about, in Dutch"))
    prompt_en = line(_("What to think about, in English"))

    def check(self) -> None:
        self.need("prompt")


class ChecklistForm(BlockForm):
    kind = Block.Kind.CHECKLIST
    pairs = ("prompt", "items")
    prompt_nl = line(_("Heading in Dutch"))
    prompt_en = line(_("Heading in English"))
    items_nl = area(_("Points in Dutch, one on each line"))
    items_en = area(_("Points in English, one on each line"))

    def check(self) -> None:
        self.need("items")
        self.check_listed("items", MOST_ITEMS)

    def raw(self) -> dict[str, Any]:
        return {"prompt": self.pair("prompt"), "items": self.listed("items")}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {
            f"items_{language}": "\n".join(getattr(item, language) for item in body.items)
            for language in ("nl", "en")
        }


class AudioForm(BlockForm):
    kind = Block.Kind.AUDIO
    pairs = ("title", "transcript")
    file = forms.FileField(
        label=_("Recording"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*,.m4a"}),
        help_text=_("MP3, M4A, OGG or WAV, at most 200 MB."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title_nl = line(_("Title in Dutch"))
    title_en = line(_("Title in English"))
    transcript_nl = area(_("What is said, in Dutch"))
    transcript_en = area(_("What is said, in English"))

    def check(self) -> None:
        self.need("title")
        self.need("transcript")


class FileForm(BlockForm):
    kind = Block.Kind.FILE
    pairs = ("title",)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "A PDF, an office document without macros, a text, a picture or a ZIP; at most 200 MB."
        ),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title_nl = line(_("What it is, in Dutch"))
    title_en = line(_("What it is, in English"))

    def check(self) -> None:
        self.need("title")

    def raw(self) -> dict[str, Any]:
        # The name it is saved under comes with the file itself; the view fills it in.
        return super().raw() | {"name": self.initial.get("name") or "file"}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {"name": body.name}


class PracticalForm(BlockForm):
    kind = Block.Kind.PRACTICAL
    pairs = ("prompt",)
    singles = ("looker",)
    prompt_nl = area(_("What to do at work, in Dutch"))
    prompt_en = area(_("What to do at work, in English"))
    looker = forms.ChoiceField(
        label=_("Who is asked to look at the photo?"),
        choices=[
            ("lead", _("The person's own lead")),
            ("author", _("Whoever made this module")),
        ],
        initial="lead",
        widget=forms.RadioSelect,
        help_text=_("The person sees who it is, and agrees before anything is sent."),
    )

    def check(self) -> None:
        self.need("prompt")

    def raw(self) -> dict[str, Any]:
        return super().raw() | {"looker": self.cleaned_data.get("looker", "")}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {"looker": body.looker}


class EmbedForm(BlockForm):
    kind = Block.Kind.EMBED
    pairs = ("title",)
    singles = ("url",)
    title_nl = line(_("Title in Dutch"))
    title_en = line(_("Title in English"))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("As you copy it from your browser; it begins with https://."),
    )

    def check(self) -> None:
        self.need("title")
        if "url" in self.errors:
            return
        address = embed_address(self.cleaned_data["url"])
        if address is None:
            self.add_error("url", _("This is not an address that begins with https://."))
            return
        allowed = ContentSettings.of(self.organisation.pk).embed_hosts
        host = Embed(Words(), address).host
        if host not in allowed:
            self.add_error(
                "url",
                _(
                    "Your organisation does not show %(host)s inside its pages. It shows: "
                    "%(hosts)s. HR can add a site; a link in a text is always possible."
                )
                % {"host": host, "hosts": ", ".join(allowed) or _("no other sites yet")},
            )

    def raw(self) -> dict[str, Any]:
        return super().raw() | {"url": self.cleaned_data.get("url", "")}

    @staticmethod
    def initial_of(body: Any) -> dict[str, Any]:
        return BlockForm.initial_of(body) | {"url": body.url}
