"""Which list, and which of its columns is which."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.kit.incoming.models import IncomingList


class UploadForm(forms.Form):
    """A list to bring in."""

    called: ClassVar[str | Promise] = _("Your list")

    file = forms.FileField(
        help_text=_("CSV or Excel (.xlsx), up to 250,000 rows, with column names on top."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["file"].label = str(self.called)


class ColumnsForm(forms.Form):
    """Which column is which; a column means one thing. A room adds one question of its own."""

    words: ClassVar[Mapping[str, str | Promise]]
    needed: ClassVar[Collection[str]] = ()
    hints: ClassVar[Mapping[str, str | Promise]] = {}
    # The question of the room, which stands apart from the columns.
    own: ClassVar[str]

    def __init__(self, *args: Any, incoming: IncomingList, **settings: Any) -> None:
        super().__init__(*args, **settings)
        choices = [("", _("– not in this list –"))] + [
            (str(number), name or _("(column %(number)s)") % {"number": number + 1})
            for number, name in enumerate(incoming.header)
        ]
        for name, words in self.words.items():
            self.fields[name] = forms.ChoiceField(
                label=str(words).capitalize(),
                choices=choices,
                required=name in self.needed,
                help_text=str(self.hints.get(name, "")),
                initial=str(incoming.columns[name]) if name in incoming.columns else "",
            )

    def clean(self) -> dict[str, Any]:
        """Every column is chosen once."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        used: dict[str, str] = {}
        for name, words in self.words.items():
            column = data.get(name)
            if column and column in used:
                self.add_error(
                    name,
                    ValidationError(
                        _("This column was already chosen for “%(field)s”."),
                        params={"field": used[column]},
                    ),
                )
            elif column:
                used[column] = str(words)
        return data

    @property
    def columns(self) -> dict[str, int]:
        """Field → number of its column."""
        data = self.cleaned_data
        return {name: int(data[name]) for name in self.words if data.get(name)}

    @property
    def fields_of_columns(self) -> list[BoundField]:
        return [self[name] for name in self.words]

    @property
    def own_field(self) -> BoundField:
        return self[self.own]
