"""What an organisation sets about learning material."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.content.actions import room_left, set_house_rules
from gezel.content.models import ContentSettings
from gezel.content.rules.kinds import host_of
from gezel.people.api import Request, at_work, require

MOST_HOSTS = 50


class HouseRulesForm(forms.Form):
    """Whether someone looks first, whether tests replace modules, which sites, how much room."""

    review_first = forms.BooleanField(
        label=gettext_lazy("Another colleague looks before a module goes wide"),
        required=False,
        help_text=gettext_lazy(
            "What is on offer already stays so; changes to it need no new look."
        ),
    )
    tests_waive = forms.BooleanField(
        label=gettext_lazy("Who shows in a test what a module teaches, need not do it"),
        required=False,
        help_text=gettext_lazy(
            "Only for modules that are asked of them, from a test of the last year. They may do it "
            "all the same. What has to be done every year in any case: leave this off."
        ),
    )
    makers_waive = forms.BooleanField(
        label=gettext_lazy("Who makes a module may let colleagues off from it"),
        required=False,
        help_text=gettext_lazy(
            "Who shares a module and who makes it with them, for everyone who works here. Leads, "
            "HR and who makes learning material by their role may always."
        ),
    )
    hosts = forms.CharField(
        label=gettext_lazy("Sites that may be shown inside a module, one on each line"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Such as www.youtube-nocookie.com or player.vimeo.com. Nothing is loaded from there "
            "before the person says so. Empty: no site."
        ),
    )
    quota_gb = forms.IntegerField(
        label=gettext_lazy("Room for files (GB)"), min_value=1, max_value=100_000
    )

    def clean_hosts(self) -> list[str]:
        told: list[str] = []
        for line in self.cleaned_data["hosts"].splitlines():
            if not line.strip():
                continue
            host = host_of(line)
            if host is None:
                raise forms.ValidationError(
                    _("“%(line)s” is not the name of a site."), params={"line": line.strip()[:80]}
                )
            told.append(host)
        if len(told) > MOST_HOSTS:
            raise forms.ValidationError(_("Give at most %(most)s.") % {"most": MOST_HOSTS})
        return list(dict.fromkeys(told))


@at_work
def house_rules(request: Request) -> HttpResponse:
    """HR sets how modules are made here."""
    require(request.visitor.is_hr)
    organisation = request.visitor.organisation
    now = ContentSettings.of(organisation.pk)
    initial: dict[str, Any] = {
        "review_first": now.review_first,
        "tests_waive": now.tests_waive,
        "makers_waive": now.makers_waive,
        "hosts": "\n".join(now.embed_hosts),
        "quota_gb": now.quota_gb,
    }
    form = HouseRulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_house_rules(
            organisation,
            review_first=form.cleaned_data["review_first"],
            tests_waive=form.cleaned_data["tests_waive"],
            makers_waive=form.cleaned_data["makers_waive"],
            embed_hosts=form.cleaned_data["hosts"],
            quota_gb=form.cleaned_data["quota_gb"],
        )
        messages.success(request, _("The settings are kept."))
        return redirect("content:house_rules")
    whole = now.quota_gb * 1024**3
    told = {"form": form, "used": whole - room_left(organisation), "whole": whole}
    return render(request, "content/house_rules.html", told, status=422 if form.errors else 200)
