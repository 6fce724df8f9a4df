"""The front door of skills."""

from gezel.skills.actions import add_evidence, rate_oneself, recompute, vouch
from gezel.skills.models import (
    SKILLS_OF_A_PERSON,
    Demand,
    Evidence,
    Level,
    Occupation,
    ProfileJob,
    RoleProfile,
    Skill,
    SkillLink,
    Source,
    Standing,
)
from gezel.skills.policy import people_to_vouch_for, people_whose_skills, profiles_to_read
from gezel.skills.queries import (
    SkillAsked,
    estimates,
    levels,
    needs_of,
    profile_of,
    requirements,
    requirements_of,
    skills_asked_of,
)
from gezel.skills.rules import HIGHEST_LEVEL, Need, Requirement, fit, learning_needs

__all__ = [
    "HIGHEST_LEVEL",
    "SKILLS_OF_A_PERSON",
    "Demand",
    "Evidence",
    "Level",
    "Need",
    "Occupation",
    "ProfileJob",
    "Requirement",
    "RoleProfile",
    "Skill",
    "SkillAsked",
    "SkillLink",
    "Source",
    "Standing",
    "add_evidence",
    "estimates",
    "fit",
    "learning_needs",
    "levels",
    "needs_of",
    "people_to_vouch_for",
    "people_whose_skills",
    "profile_of",
    "profiles_to_read",
    "rate_oneself",
    "recompute",
    "requirements",
    "requirements_of",
    "skills_asked_of",
    "vouch",
]
