"""Who reads what this room keeps of a person."""

from gezel.people.api import HR, LINE, SELF, Audience

# Who may read what someone can: the policy and "who sees what" both ask this object.
SKILLS_OF_A_PERSON = Audience(SELF, LINE, HR)
