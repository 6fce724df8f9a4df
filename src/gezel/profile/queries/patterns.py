"""A visitor's own learning patterns. There is no way to ask them of anyone else.

What is read takes a visitor, all the way down to the rooms that know when someone learned; it is
worked out when the page is opened, and nothing of it is kept.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from gezel.content import api as content
from gezel.gatherings import api as gatherings
from gezel.people.api import Visitor
from gezel.profile.models import PatternsSwitch
from gezel.profile.rules import patterns as rules

LOOK_BACK = timedelta(days=365)


def switch_of(visitor: Visitor) -> PatternsSwitch | None:
    """Whether the visitor wants to see them; off is nothing."""
    return PatternsSwitch.objects.filter(person=visitor.person).first()


def own_patterns(visitor: Visitor, switch: PatternsSwitch | None) -> rules.Patterns | None:
    """The visitor's own, of the past year; None while they are switched off."""
    if switch is None or switch.person_id != visitor.person.pk:
        return None
    begin = timezone.localdate() - LOOK_BACK
    since = timezone.make_aware(datetime.combine(begin, time()))
    moments = [
        rules.Moment(timezone.localtime(m.at), timedelta(seconds=m.seconds), m.form)
        for m in content.moments_of(visitor, since)
    ]
    moments += [
        rules.Moment(timezone.localtime(m.at), timedelta(minutes=m.minutes), "session")
        for m in gatherings.moments_of(visitor, since)
    ]
    recalls = [
        rules.Recall(timezone.localtime(r.at), r.days, r.known, r.title)
        for r in content.recalls_of(visitor, since)
    ]
    return rules.patterns(moments, recalls)
