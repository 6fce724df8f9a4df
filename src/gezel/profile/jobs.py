"""In the background: what a leaked key signed is signed anew; secrets lie under the newest key;
links that ended long ago go."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.kit.jobs import Errand, Outcome, Progress, job
from gezel.profile import actions
from gezel.profile.models import SigningKey


@job(title=gettext_lazy("Sign credentials anew"))
def sign_credentials_again(progress: Progress, *, signing_key: int) -> Outcome:
    """Everything that a leaked key signed."""
    found = SigningKey.objects.filter(pk=signing_key).first()
    done = actions.sign_again(found) if found else 0
    return Outcome(
        _("Signed anew. Whoever has an older copy can download it again."), figures={"signed": done}
    )


@job(title=gettext_lazy("Put signing keys under the newest key"))
def reseal_keys(progress: Progress) -> Outcome:
    """Every night, so that an older key can be taken out of the environment."""
    return Outcome("", figures={"resealed": actions.reseal()})


@job(title=gettext_lazy("Remove links to profiles, a year after they ended"))
def forget_shares(progress: Progress) -> Outcome:
    """Every night, as their declaration tells."""
    return Outcome(_("Removed."), figures={"removed": actions.forget_shares()})


def tonight() -> list[Errand]:
    return [(reseal_keys, {}), (forget_shares, {})]
