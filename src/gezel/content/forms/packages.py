"""Forms of packages that others made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gezel.content.forms.about import SKILL_ROWS, AboutForm
from gezel.content.models import Package


class PackageAboutForm(AboutForm):
    """What a package is called, what it brings, how long it takes, what it teaches."""

    pass_percent = None  # type: ignore[assignment] # a package judges for itself

    @staticmethod
    def initial_of_package(package: Package) -> dict[str, Any]:
        """The form as it stands."""
        activity = package.activity
        taught: dict[str, Any] = {}
        for row, t in enumerate(activity.teaches.order_by("pk")[:SKILL_ROWS], 1):
            taught |= {f"skill_{row}": t.skill_id, f"level_{row}": t.to_level}
        return taught | {
            "title_nl": activity.title_nl,
            "title_en": activity.title_en,
            "goal_nl": activity.summary_nl,
            "goal_en": activity.summary_en,
            "minutes": round(activity.hours * 60) or 1,
        }


class PackageFileForm(forms.Form):
    """A new edition of a package."""

    file = forms.FileField(
        label=_("The package, as a ZIP file"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".zip,.h5p,.imscc,application/zip"}),
        help_text=_("SCORM 1.2 or 2004, cmi5, H5P or plain web pages; at most 2 GB."),
    )
    upload = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One that went ahead in parts need not come along as well.
        self.fields["file"].required = not (self.data or {}).get("upload")


class NewPackageForm(PackageAboutForm, PackageFileForm):
    """A package with its place in the catalogue. Without a title it keeps its own."""

    own_title = True
