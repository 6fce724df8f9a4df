"""The form in which the captions of a film are written."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.content.rules import captions
from gezel.content.rules.captions import Cue

LARGEST = 500_000


class CaptionsForm(forms.Form):
    """Lines that begin with a time, or a file that says the same."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    lines = forms.CharField(
        label=_("Captions"),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "true"}),
        help_text=_(
            "One line for what is on the screen together, its time first: 0:03 Switch the power "
            "off. A time alone clears the screen. Without any line there are no captions."
        ),
    )
    file = forms.FileField(
        label=_("Or take them from a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
        help_text=_("WebVTT or SubRip (.vtt or .srt). It takes the place of the lines above."),
    )
    transcript = forms.BooleanField(
        label=_("Use these words as the text to read as well"),
        required=False,
        help_text=_("They take the place of the text that is there in this language."),
    )
    cues: list[Cue]

    def clean_file(self) -> Any:
        """A file of captions, which says what stands in the form from now on."""
        sent = self.cleaned_data["file"]
        if sent is not None:
            if (sent.size or 0) > LARGEST:
                raise forms.ValidationError(_("This file is larger than captions are."))
            try:
                self.cues = captions.cues_of(sent.read().decode("utf-8", "replace"))
            except captions.NotCaptions:
                raise forms.ValidationError(
                    _(
                        "These are not captions we can read. Choose a WebVTT file (.vtt) or a "
                        "SubRip file (.srt)."
                    )
                ) from None
        return sent

    def clean(self) -> dict[str, Any]:
        """The lines, where no file says otherwise."""
        told = super().clean() or {}
        if told.get("file") is None and "file" not in self.errors and "lines" in told:
            try:
                self.cues = captions.cues_of_lines(told["lines"])
            except captions.WrongLine as error:
                self.add_error("lines", _about(error))
        return told


def _about(error: captions.WrongLine) -> str:
    return {
        "time": gettext("Line %(number)s does not begin with a time, such as 0:12."),
        "order": gettext("Line %(number)s is earlier than the line above it."),
        "ends": gettext("In line %(number)s the words go before they come."),
        "many": gettext("This is more than a film needs, from line %(number)s on."),
    }[error.why] % {"number": error.number}
