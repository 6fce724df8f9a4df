"""Reads what rules and pages need: `needs` about people, `profiles` about roles and skills."""

from gezel.skills.queries.needs import (
    SkillAsked,
    estimates,
    levels,
    needs_of,
    profile_of,
    requirements,
    requirements_of,
    skills_asked_of,
)

__all__ = [
    "SkillAsked",
    "estimates",
    "levels",
    "needs_of",
    "profile_of",
    "requirements",
    "requirements_of",
    "skills_asked_of",
]
