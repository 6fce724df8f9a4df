"""The forms of profile."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.certificates.api import CertificateType
from gezel.kit.fields import DayField
from gezel.profile.actions import Choice
from gezel.profile.models import Achievement, Brought, Credential
from gezel.profile.rules.baking import MOST_PICTURE
from gezel.profile.rules.keyfile import SHORTEST
from gezel.profile.rules.text import MOST_BYTES
from gezel.skills.api import Level, Skill


class VerifyForm(forms.Form):
    """A file, or its text."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=255,
        help_text=_("A credential as JSON or token, or a badge as PNG or SVG."),
    )
    text = forms.CharField(
        label=_("Or paste it here"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    ask = forms.BooleanField(
        label=_("Ask the issuer"),
        required=False,
        help_text=_("We then ask the address in the file for its keys and what was withdrawn."),
    )

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        if not settings.ASK_ISSUERS:
            del self.fields["ask"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        upload = found.get("file")
        if upload is not None and upload.size > MOST_PICTURE:
            self.add_error("file", _("This file is larger than 10 MB. No credential is."))
        elif upload is None and not found.get("text") and not self.errors:
            self.add_error("file", _("Choose a file, or paste the text below."))
        return found

    def given(self) -> bytes:
        """What is to be checked; the file, if both came."""
        upload = self.cleaned_data.get("file")
        if upload is not None:
            data: bytes = upload.read(MOST_PICTURE + 1)
            return data
        text: str = self.cleaned_data["text"]
        return text.encode(errors="replace")


class AskForm(forms.Form):
    """Who asks whether a credential is of who shows it."""

    who = forms.CharField(
        label=_("Who are you?"),
        required=False,
        max_length=60,
        help_text=_("The person you ask reads this. We do not check it and do not keep it."),
    )


class AnswerForm(VerifyForm):
    """An answer that came as a file, from another Gezel or another wallet."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["file"].help_text = _("The answer they made, as JSON.")


class ProveForm(forms.Form):
    """With which credential one answers."""

    credential = forms.ChoiceField(label=_("What do you show?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, credentials: Sequence[Credential], **told: Any) -> None:
        super().__init__(*args, **told)
        choices = [
            (str(one.pk), f"{one.wording.name} · {one.organisation.name}") for one in credentials
        ]
        field = self.fields["credential"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]


class FarProveForm(ProveForm):
    """The same, of a question that was asked elsewhere."""

    question = forms.CharField(
        label=_("The question"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("As it stands on the page of who asks."),
    )
    domain = forms.RegexField(
        r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?",
        label=_("On which site do they ask?"),
        max_length=260,
        help_text=_("Its address without what comes after it, such as learn.example.com."),
    )
    field_order = ("question", "domain", "credential")

    def clean_domain(self) -> str:
        found: str = self.cleaned_data["domain"]
        return found.lower()


class PassphraseForm(forms.Form):
    """The passphrase with which a key was locked."""

    passphrase = forms.CharField(
        label=_("Passphrase of your key"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class TakeAlongForm(forms.Form):
    """Whether one's own keys go along, and locked with what."""

    passphrase = forms.CharField(
        label=_("Passphrase for your key"),
        required=False,
        min_length=SHORTEST,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "A sentence that only you know, 12 signs or more. Nobody can tell you what it was, and "
            "without it the key does not open. Leave it empty and the key does not go along."
        ),
    )
    again = forms.CharField(
        label=_("The same passphrase once more"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "passphrase" in found and found["passphrase"] != found.get("again"):
            self.add_error("again", _("These two are not the same."))
        return found


class AchievementForm(forms.ModelForm[Achievement]):
    """What the organisation certifies."""

    class Meta:
        model = Achievement
        fields = [
            "name_nl",
            "name_en",
            "about_nl",
            "about_en",
            "criteria_nl",
            "criteria_en",
            "skill",
            "level",
            "certificate",
            "months",
            "can_be_suspended",
            "archived",
        ]
        labels = {
            "skill": _("Skill it shows"),
            "level": _("From level"),
            "certificate": _("Or a certificate it rests on"),
        }
        help_texts = {
            "criteria_nl": _("What someone has to do to get it. Whoever checks it reads this."),
            "level": _(
                "1 to 5. Only what a lead confirmed, practical work that was looked at, a test or "
                "a certificate counts."
            ),
            "months": _("Leave empty if it does not lapse."),
            "can_be_suspended": _(
                "For what may not be done for a while, such as work under voltage after a mistake. "
                "Counts for what is issued from now on. Open Badges 3.0 speaks of one list and "
                "this takes two, so a strict program may refuse it; where nobody will ever suspend "
                "it, leave this off."
            ),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("about_nl", "about_en", "criteria_nl", "criteria_en")
        }

    def __init__(self, *args: Any, skills: Any, certificates: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self._choose("skill", Skill, skills)
        self._choose("certificate", CertificateType, certificates)
        self.fields["level"].widget.attrs |= {"min": 1, "max": 5}
        self.fields["months"].widget.attrs |= {"min": 1, "max": 600}

    def _choose(self, name: str, model: type[Any], queryset: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queryset

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for word in ("name", "criteria"):
            if not found.get(f"{word}_nl") and not found.get(f"{word}_en"):
                self.add_error(f"{word}_nl", _("Fill this in in Dutch or in English."))
        skill, level = found.get("skill"), found.get("level")
        if skill and not level:
            self.add_error("level", _("Say from which level."))
        if level and not skill:
            self.add_error("skill", _("Choose the skill that this level is of."))
        if level and not 1 <= level <= 5:
            self.add_error("level", _("Levels go from 1 to 5."))
        if not skill and not found.get("certificate") and not self.errors:
            self.add_error(
                "skill",
                _("Choose a skill or a certificate. Having attended something is not enough."),
            )
        if found.get("months") is not None and not 1 <= found["months"] <= 600:
            self.add_error("months", _("Between 1 and 600 months."))
        return found


class RevokeForm(forms.Form):
    """Why it is withdrawn."""

    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("The person reads this; outsiders do not.")
    )


class LeakedForm(forms.Form):
    """Since when others may have had the key."""

    since = DayField(label=_("Since which day may others have had it?"))

    def clean_since(self) -> datetime:
        day = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies ahead. Choose today or earlier."))
        return timezone.make_aware(datetime.combine(day, time()))


class OpenForm(forms.Form):
    """Until when whoever has the link sees it."""

    until = DayField(label=_("Until and including"))


class BringForm(forms.Form):
    """A file that someone brings along from elsewhere."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_(
            "An archive from Gezel (ZIP), a badge or credential (JSON, PNG, SVG, token; edubadges "
            "too), or a Europass profile (XML or JSON). 50 MB at most."
        ),
    )
    ask = forms.BooleanField(
        label=_("Ask the issuers"),
        required=False,
        help_text=_("We then ask the addresses in the file for their keys and what was withdrawn."),
    )

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        if not settings.ASK_ISSUERS:
            del self.fields["ask"]


class ItemsForm(forms.Form):
    """For each skill that was brought: which it is here, or none of these."""

    def __init__(
        self,
        *args: Any,
        items: Sequence[Brought],
        skills: Mapping[int, Skill],
        employer: str = "",
        **told: Any,
    ) -> None:
        super().__init__(*args, **told)
        self.items, self.skills = items, skills
        self.fields["show"] = forms.BooleanField(
            label=_("Let %(employer)s count these too") % {"employer": employer},
            help_text=_(
                "Who leads you and HR then read level, kind, day and issuer. Without it they count "
                "for you alone. You can change it under “What you did elsewhere”."
            ),
            required=False,
        )
        for item in items:
            guessed = [g for g in item.guesses if g["skill"] in skills]
            if not guessed:
                continue
            sure = guessed[0]["how"] != "search"
            self.fields[f"skill-{item.pk}"] = forms.ChoiceField(
                label=_("Which skill is it here?"),
                required=False,
                choices=[
                    *((str(g["skill"]), skills[g["skill"]].name) for g in guessed),
                    ("", _("None of these: leave it out")),
                ],
                initial=str(guessed[0]["skill"]) if sure else "",
            )
            if item.level is None:
                self.fields[f"level-{item.pk}"] = forms.TypedChoiceField(
                    label=_("At which level, in your own view?"),
                    required=False,
                    coerce=int,
                    empty_value=None,
                    choices=[("", "–"), *((n, f"{n} · {word}") for n, word in Level.choices if n)],
                )

    def fields_of(self, item: Brought) -> list[forms.BoundField]:
        """What is asked about one item."""
        names = (f"skill-{item.pk}", f"level-{item.pk}")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for item in self.items:
            level = f"level-{item.pk}"
            if level in self.fields and found.get(f"skill-{item.pk}") and not found.get(level):
                self.add_error(level, _("Choose a level from 1 to 5."))
        return found

    def choices(self) -> dict[int, Choice]:
        """What was chosen, by item."""
        found = self.cleaned_data
        return {
            item.pk: Choice(self.skills[int(key)], found.get(f"level-{item.pk}"))
            for item in self.items
            if (key := found.get(f"skill-{item.pk}"))
        }
