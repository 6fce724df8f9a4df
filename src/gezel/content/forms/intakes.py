"""Choosing a file to make modules of."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gezel.content.rules.uploads import LARGEST_COURSE


class ModuleFileForm(forms.Form):
    """A cartridge or a file of questions, and the language it is written in."""

    file = forms.FileField(
        label=_("The file"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".imscc,.zip,.txt,.gift,.xml"}),
        help_text=_(
            "A Common Cartridge (.imscc), or questions in GIFT (.txt) or Moodle XML (.xml); at "
            "most 500 MB."
        ),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)
    language = forms.ChoiceField(
        label=_("What language is it in?"),
        choices=[("nl", _("Dutch")), ("en", _("English"))],
        widget=forms.RadioSelect,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    # The module that questions are for, if they are for one that is there.
    module = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, language: str, module: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if module:
            self.fields["file"].help_text = _("Questions in GIFT (.txt) or Moodle XML (.xml).")
        self.initial = {"key": uuid.uuid4(), "language": language, "module": module}
        # One that went ahead in parts need not come along as well.
        self.fields["file"].required = not (self.data or {}).get("upload")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_COURSE:
            raise forms.ValidationError(
                _("This file is larger than 500 MB. Leave films out, or split it.")
            )
        return file
