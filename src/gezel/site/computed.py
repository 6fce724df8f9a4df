"""What Gezel works out about people, told to who wants to check it (`trust:organisation`).

The rooms own the rules; only this roof knows them all. Each line hands over the very function,
so a rule that goes away takes its line with it, and a test looks whether one was forgotten.
"""

from django.utils.translation import gettext_lazy as _

from gezel.assessment.api import believed, matrix
from gezel.catalogue.api import count_effects, tips_for
from gezel.certificates.api import reckoned
from gezel.content.api import paces
from gezel.paths.api import meant, walked
from gezel.plans.api import three_plans
from gezel.profile.api import patterns
from gezel.skills.api import (
    compared,
    demand_on,
    estimates,
    fit,
    learning_needs,
    look,
    programme,
    refreshes,
)
from gezel.trust.api import computed_about_people, may_go_on


def tell() -> None:
    """Tell every rule once, when the house is opened."""
    computed_about_people(
        estimates,
        what=_("The level you show in a skill"),
        how=_(
            "It starts where people with your role stand, or in the middle; each piece moves it, "
            "corrected for its kind and for how strict the rater is; time without news lets it "
            "fade. The page of the skill shows every step, and they sum to the level. Without "
            "evidence it says so, and not zero."
        ),
        order=10,
    )
    computed_about_people(
        believed,
        what=_("The result of a skill test"),
        how=_(
            "From which questions you had right and how difficult each is: how probable each level "
            "is. Only you see it, until you put it in your profile yourself."
        ),
        order=15,
    )
    computed_about_people(
        matrix,
        what=_("Which parts of an EVC standard your evidence is about"),
        how=_(
            "It counts the pieces you tied to each part. Whether they are enough, named assessors "
            "say; nothing is worked out of that."
        ),
        order=16,
    )
    computed_about_people(
        demand_on,
        what=_("What your role asks on a date"),
        how=_("What HR wrote in the role profile for that date, and nothing else."),
        order=20,
    )
    computed_about_people(
        learning_needs,
        what=_("Your learning needs"),
        how=_(
            "Skills in which you show at least half a level less than your role asks: the "
            "essential ones first, then the widest gap."
        ),
        order=30,
    )
    computed_about_people(
        fit,
        what=_("How much of a role you show"),
        how=_(
            "Levels shown, up to what is asked, over levels asked. It is never compared with a "
            "colleague's."
        ),
        order=40,
    )
    computed_about_people(
        look,
        what=_("What you would show, and be asked, on a day up to two years ahead"),
        how=_(
            "Your level as estimated today, faded as if you did nothing with it, and raised by "
            "learning that you shared and agreed on with your lead; beside what HR said your role "
            "will ask. Only you and who leads you see it, word for word the same. For groups it "
            "is added up, and how many people tend to stay counts for all alike: nobody's leaving "
            "is predicted."
        ),
        order=42,
    )
    computed_about_people(
        refreshes,
        what=_("Until when a skill most likely holds what is asked"),
        how=_(
            "The day on which the faded level lies half a level below what is asked, with the "
            "days between which that happens 8 times out of 10. New evidence starts it anew."
        ),
        order=44,
    )
    computed_about_people(
        compared,
        what=_("How near another role is, in hours of learning"),
        how=_(
            "For each skill the levels short times the hours one level takes. You see the whole "
            "sum; nobody else sees which role you looked at, nor what came out."
        ),
        order=45,
    )
    computed_about_people(
        programme,
        what=_("What a group needs to get to another role"),
        how=_(
            "The same sum for everyone who holds a role, together. HR reads one figure of the "
            "group, never of a person, and none of a group that is too small."
        ),
        order=46,
    )
    computed_about_people(
        tips_for,
        what=_("Tips for learning"),
        how=_(
            "Activities that bring you from the level you show towards the one asked. Each tip "
            "shows the points that put it there, and you can put it aside or have none at all."
        ),
        order=50,
    )
    computed_about_people(
        count_effects,
        what=_("What is known so far of what a learning activity brings"),
        how=_(
            "Of all who did it together: the mean change between what the same lead, colleague or "
            "kind of test saw before and afterwards, told in half levels, and how many wrote what "
            "they will use. Only of groups that are large enough, and nothing about you alone."
        ),
        order=51,
    )
    computed_about_people(
        three_plans,
        what=_("Three plans for a goal of yours"),
        how=_(
            "From the levels you show, what is on offer with its dates and prices, and the limits "
            "you set. Each step says what it closes, what it costs and what would come instead. "
            "Only you have them made; what you do not choose is not kept."
        ),
        order=55,
    )
    computed_about_people(
        paces,
        what=_("How soon your repetition cards come back"),
        how=_(
            "A published schedule, stretched or shortened by one number of yours: from how often "
            "you knew a card and how often that was expected. While you have few reviews, how it "
            "goes at your organisation counts along, where five people or more have cards. Only "
            "you see it, and you can switch it off."
        ),
        order=57,
    )
    computed_about_people(
        reckoned,
        what=_("Until when a certificate is valid"),
        how=_("The day it was issued and the term its issuer or your employer gives it."),
        order=60,
    )
    computed_about_people(
        walked,
        what=_("Where you stand on a learning path"),
        how=_(
            "From the steps you did, chose or need not do, and the day. What you showed already is "
            "skipped and says by what; you may do it all the same. Each step tells what it waits "
            "for."
        ),
        order=62,
    )
    computed_about_people(
        meant,
        what=_("Whether a rule puts you on a learning path"),
        how=_(
            "By your unit, job, place of work, contract hours, time in service, levels and "
            "certificates, as HR wrote the rule in plain words. Who no longer fits is not taken "
            "off: a person decides."
        ),
        order=63,
    )
    computed_about_people(
        patterns,
        what=_("Your own learning patterns: when, how long, in what form, and what sticks"),
        how=_(
            "Counted from your own answers, cards and sessions of the past year, when you open the "
            "page and only if you switched it on. Each figure says what it was made from. Only you "
            "see it, it is in no report, and the outcome is not kept."
        ),
        order=70,
    )
    computed_about_people(
        may_go_on,
        what=_("Whether you are asked why you open so many people's data"),
        how=_(
            "By how many different people you opened within an hour and on the day, as those "
            "people see under “Who looked”. Whom you lead does not count. Above a number you say "
            "why, above another it ends until midnight."
        ),
        order=80,
    )
