"""Form fields that every room asks in the same way."""

from datetime import date
from typing import Any

from django import forms

# Years outside these are a slip of the finger, and some databases cannot keep them.
EARLIEST, LATEST = date(1950, 1, 1), date(2150, 12, 31)


class DayField(forms.DateField):
    """A date, picked or typed; the browser sends it as 2026-12-15 whatever the language."""

    def __init__(
        self, *, earliest: date | None = None, latest: date | None = None, **settings: Any
    ) -> None:
        self.earliest, self.latest = earliest or EARLIEST, latest or LATEST
        bounds = {"min": self.earliest.isoformat(), "max": self.latest.isoformat()}
        settings.setdefault(
            "widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **bounds})
        )
        settings.setdefault("input_formats", ["%Y-%m-%d", "%d-%m-%Y"])
        super().__init__(**settings)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if isinstance(value, date) and not self.earliest <= value <= self.latest:
            raise forms.ValidationError(self.default_error_messages["invalid"], code="invalid")
