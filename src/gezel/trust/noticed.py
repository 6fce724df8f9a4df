"""What the file of the works council says of the brake."""

from django.utils.translation import gettext_lazy as _

from gezel.trust.queries import how_often
from gezel.trust.widening import Fact, tells

tells(Fact(_("That someone opened the data of a great many people in one day"), how_often))
