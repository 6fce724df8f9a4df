"""The front door of catalogue."""

from gezel.catalogue.models import Activity, ActivitySkill, Provider

__all__ = ["Activity", "ActivitySkill", "Provider"]
