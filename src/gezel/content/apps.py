from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "gezel.content"
    label = "content"

    def ready(self) -> None:
        """A module someone completed needs no tip; what nobody went on with goes at night."""
        from gezel.catalogue.api import keep_out_of_tips, tell_completions  # noqa: PLC0415 # models come first
        from gezel.content import jobs, traces  # noqa: F401, PLC0415 # the second listens
        from gezel.content.actions import launches  # noqa: PLC0415
        from gezel.content.actions.waiving import on_evidence_added  # noqa: PLC0415
        from gezel.content.queries import (  # noqa: PLC0415
            completed_activities,
            completed_packages,
            completions_here,
            waived_activities,
        )
        from gezel.kit.events import listen  # noqa: PLC0415
        from gezel.kit.jobs import each_minute, nightly  # noqa: PLC0415
        from gezel.records.events import DocumentAsked, StatementsArrived  # noqa: PLC0415
        from gezel.skills.events import EvidenceAdded  # noqa: PLC0415

        keep_out_of_tips(completed_activities)
        keep_out_of_tips(completed_packages)
        tell_completions(completions_here)
        keep_out_of_tips(waived_activities)
        listen(StatementsArrived, launches.follow)
        listen(DocumentAsked, launches.guard)
        listen(EvidenceAdded, on_evidence_added)
        nightly(jobs.tonight)
        each_minute(jobs.soon)
        each_minute(jobs.films_waiting)
