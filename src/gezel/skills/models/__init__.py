"""The tables of this room, each file along its meaning."""

from gezel.skills.models.ahead import AheadCounting, AheadFigure, AheadSaid
from gezel.skills.models.asked import Demand, ProfileJob, RoleProfile
from gezel.skills.models.evidence import Evidence, EvidenceRequest, Objection, Showing
from gezel.skills.models.fits import FadingRule, GroupPrior, RaterFit, SourceFit
from gezel.skills.models.needs import NeedCount, NeedCounting, NeedSum
from gezel.skills.models.readers import SKILLS_OF_A_PERSON
from gezel.skills.models.standings import Standing, StandingAt
from gezel.skills.models.taxonomy import (
    FrameworkRelease,
    Level,
    Occupation,
    OccupationLink,
    OccupationSkill,
    Skill,
    SkillAlias,
    SkillLabel,
    SkillLink,
    SkillQuerySet,
    Source,
)

__all__ = [
    "SKILLS_OF_A_PERSON",
    "AheadCounting",
    "AheadFigure",
    "AheadSaid",
    "Demand",
    "Evidence",
    "EvidenceRequest",
    "FadingRule",
    "FrameworkRelease",
    "GroupPrior",
    "Level",
    "NeedCount",
    "NeedCounting",
    "NeedSum",
    "Objection",
    "Occupation",
    "OccupationLink",
    "OccupationSkill",
    "ProfileJob",
    "RaterFit",
    "RoleProfile",
    "Showing",
    "Skill",
    "SkillAlias",
    "SkillLabel",
    "SkillLink",
    "SkillQuerySet",
    "Source",
    "SourceFit",
    "Standing",
    "StandingAt",
]
