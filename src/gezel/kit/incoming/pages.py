"""The pages of a list on its way in: choose it, its columns, look, confirm. A room finds out who is
asking and which lists are theirs, says what is its own in a `Desk`, and lets it do the rest."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gezel.kit.incoming import actions
from gezel.kit.incoming.forms import ColumnsForm, UploadForm
from gezel.kit.incoming.models import IncomingList, State
from gezel.kit.incoming.work import changed_since
from gezel.kit.jobs import Job, enqueue, try_again
from gezel.kit.models import Task
from gezel.kit.sheets import SheetError
from gezel.kit.tables import Table

L = TypeVar("L", bound=IncomingList)


@dataclass(frozen=True)
class Desk(Generic[L]):
    """Where lists of one sort come in.

    Args:
        name: of its pages: with "people:import" also people:import_example, …_columns, …_preview,
            …_confirm and …_discard; and of two templates, people/import.html and …_preview.html.
        title: what one does here, above its pages and in the crumbs.
        receive: takes the list in.
        choose: keeps which column is which, as the form says.
        prepare: works out what the list would do, and writes it down.
        take: takes it over; with the digest of what was shown, and whether what must be said was.
        look_through, take_over: the same as jobs, for long lists.
        argument: by which name these know the list.
        must_say: what must be ticked before it is taken over, and by which name that is told.
        unsaid: what is told when it was not; empty for a list of which nothing need be said.
    """

    name: str
    title: str | Promise
    upload: type[UploadForm]
    columns_form: type[ColumnsForm]
    receive: "Callable[[Any, UploadedFile[Any], uuid.UUID], L]"
    choose: "Callable[[L, Any], None]"
    prepare: Callable[[L], None]
    take: "Callable[[L, str, bool], object]"
    look_through: Job[Any]
    take_over: Job[Any]
    argument: str
    must_say: str
    unsaid: Callable[[L], str]

    @property
    def words(self) -> list[str]:
        """What a list can hold, as people call it."""
        return [str(words) for words in self.columns_form.words.values()]

    @property
    def example_at(self) -> str:
        return f"{self.name}_example"

    @property
    def columns_at(self) -> str:
        return f"{self.name}_columns"

    @property
    def preview_at(self) -> str:
        return f"{self.name}_preview"

    @property
    def confirm_at(self) -> str:
        return f"{self.name}_confirm"

    @property
    def discard_at(self) -> str:
        return f"{self.name}_discard"

    @property
    def template(self) -> str:
        return self.name.replace(":", "/")

    def bring(self, request: HttpRequest, lists: "QuerySet[L]") -> HttpResponse:
        """Choose a list; what was brought in before stands below."""
        form = self.upload(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                incoming = self.receive(
                    request, form.cleaned_data["file"], form.cleaned_data["key"]
                )
            except SheetError as error:
                form.add_error("file", str(error))
            else:
                return redirect(self.columns_at, incoming.pk)
        earlier = lists.select_related("uploaded_by").defer("table").order_by("-created_at")
        shown = {"desk": self, "form": form, "earlier": earlier[:20]}
        status = 422 if form.errors else 200
        return render(request, f"{self.template}.html", shown, status=status)

    def columns(self, request: HttpRequest, incoming: L) -> HttpResponse:
        """Which column is which; guessed, and remembered for the next time."""
        if incoming.state in {State.DONE, State.APPLYING}:
            return redirect(self.preview_at, incoming.pk)
        form = self.columns_form(request.POST or None, incoming=incoming)
        if request.method == "POST" and form.is_valid():
            self.choose(incoming, form)
            if incoming.rows > actions.AT_ONCE:
                about: dict[str, Any] = {self.argument: str(incoming.pk)}
                task = enqueue(self.look_through, by=_who(request), **about)
                actions.begin(incoming, State.PREPARING, task.pk)
            else:
                self.prepare(incoming)
            return redirect(self.preview_at, incoming.pk)
        first = [line.cells for line in actions.lines_of(incoming)[:3]]
        shown = {"desk": self, "incoming": incoming, "form": form, "first": first}
        status = 422 if form.errors else 200
        return render(request, "kit/incoming_columns.html", shown, status=status)

    def preview(
        self,
        request: HttpRequest,
        incoming: L,
        table: Table[Any],
        *,
        may_confirm: bool,
        shown: Mapping[str, object] | None = None,
    ) -> HttpResponseBase:
        """What the list would do, row by row, and every problem at its row; or what it did."""
        if incoming.state == State.READ:
            return redirect(self.columns_at, incoming.pk)
        task = Task.objects.filter(pk=incoming.task).first() if incoming.task else None
        failed = bool(task and task.state == Task.State.FAILED)
        busy = incoming.state in {State.PREPARING, State.APPLYING} and not failed
        waits = incoming.state == State.READY or (failed and bool(incoming.digest))
        return table.answer(
            f"{self.template}_preview.html",
            {
                "desk": self,
                "incoming": incoming,
                "counts": incoming.counts,
                "task": task,
                "busy": busy,
                "failed": failed,
                "can_confirm": may_confirm and waits,
                **(shown or {}),
            },
        )

    def confirm(self, request: HttpRequest, incoming: L) -> HttpResponse:
        """They say: take it over. What was shown is what is done, or it is shown again."""
        digest = request.POST.get("digest", "")
        said = request.POST.get(self.must_say) == "yes"
        back = redirect(self.preview_at, incoming.pk)
        if incoming.state == State.DONE:
            return back
        if not said and (unsaid := self.unsaid(incoming)):
            messages.error(request, unsaid)
            return back
        if incoming.rows > actions.AT_ONCE:
            task = enqueue(
                self.take_over,
                by=_who(request),
                key=uuid.uuid5(incoming.pk, f"{digest}{said}"),
                **{self.argument: str(incoming.pk), "digest": digest, self.must_say: said},
            )
            try_again(task)
            actions.begin(incoming, State.APPLYING, task.pk)
            return back
        try:
            self.take(incoming, digest, said)
        except actions.ChangedSince:
            messages.error(request, changed_since())
        except actions.ListRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The list is taken over."))
        return back

    def discard(self, request: HttpRequest, incoming: L) -> HttpResponse:
        """They think better of it."""
        actions.discard(incoming)
        messages.success(request, _("The list is thrown away; nothing of it was taken over."))
        return redirect(self.name)


def _who(request: HttpRequest) -> Any:
    return request.user
