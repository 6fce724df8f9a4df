"""Forms with which colleagues make modules, in both languages."""

from collections.abc import Mapping

from gezel.content.forms.about import SKILL_ROWS, AboutForm
from gezel.content.forms.base import BlockForm
from gezel.content.forms.blocks import (
    AudioForm,
    ChecklistForm,
    EmbedForm,
    FileForm,
    ImageForm,
    PracticalForm,
    ReflectionForm,
    TextForm,
    VideoForm,
)
from gezel.content.forms.captions import CaptionsForm
from gezel.content.forms.packages import NewPackageForm, PackageAboutForm, PackageFileForm
from gezel.content.forms.questions import (
    MatchForm,
    NumberForm,
    OrderForm,
    QuestionForm,
    ShortForm,
)

BLOCK_FORMS: Mapping[str, type[BlockForm]] = {
    form.kind: form
    for form in (
        TextForm, ImageForm, VideoForm, AudioForm, FileForm, QuestionForm, OrderForm, MatchForm,
        NumberForm, ShortForm, ReflectionForm, ChecklistForm, PracticalForm, EmbedForm,
    )
}  # fmt: skip

__all__ = [
    "BLOCK_FORMS",
    "SKILL_ROWS",
    "AboutForm",
    "BlockForm",
    "CaptionsForm",
    "NewPackageForm",
    "PackageAboutForm",
    "PackageFileForm",
]
