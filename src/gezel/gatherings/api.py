"""The front door of gatherings."""

from gezel.gatherings.own import Attended, SessionMoment, attended_by, moments_of

__all__ = ["Attended", "SessionMoment", "attended_by", "moments_of"]
