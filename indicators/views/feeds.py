"""Pages of feeds: the list, beginning one with a release, choosing its columns, retiring it."""

from pathlib import Path

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from indicators import rules
from indicators.actions import feeds as actions
from indicators.forms.feeds import FeedPage, NewFeedForm
from indicators.gates import PersonRequest
from indicators.models.feed import OfficialFeed
from indicators.people import Refused, Verdict
from indicators.readers.problems import FileRefused
from indicators.views import gate

FAULTS_SHOWN = 10


@gate("feed.see")
def listing(request: PersonRequest) -> HttpResponse:
    """List the mappings with all their lines, retired ones last."""
    rows = OfficialFeed.objects.select_related("force", "source", "own", "saved_by")
    can_edit = bool(rules.can_edit_feed(request.person))
    context = {"door": "imports", "feeds": rows.order_by("is_retired", "force", "name"), "can_edit": can_edit}
    return render(request, "indicators/feeds.html", context)


@gate("feed.edit", "GET", "HEAD", "POST")
def add(request: PersonRequest) -> HttpResponse:
    """Begin a mapping with the tables and areas of a release."""
    form = NewFeedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            path = _path(given["file"])
            made = actions.create(given["force"], given["source"], given["name"], path, by=request.person)
            messages.success(request, "Begun. Choose the columns that feed your indicators, then save the mapping.")
            return redirect("feed-edit", made.pk)
        except FileRefused as refused:
            _tell(form, refused)
    status = 422 if form.errors else 200
    return render(request, "indicators/feed_new.html", {"door": "imports", "form": form}, status=status)


@gate("feed.edit", "GET", "HEAD", "POST")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose which columns feed which indicators; or take up the areas and columns of another release."""
    feed = get_object_or_404(OfficialFeed.objects.select_related("force"), pk=pk, is_retired=False)
    if request.method != "POST":
        return _shown(request, feed, FeedPage(feed))
    sent = FeedPage(feed, request.POST, request.FILES)
    if not sent.is_valid():
        return _shown(request, feed, sent)
    given = sent.general.cleaned_data
    if given["file"]:
        return _taken_up(request, feed, sent)
    try:
        actions.save(
            feed, sent.definition(), given["own"], version=given["version"], name=given["name"], by=request.person
        )
    except Refused as refused:
        return _shown(request, feed, sent, refused.verdict)
    messages.success(request, f"“{feed.name}” is saved as version {feed.version}.")
    return redirect("feeds")


@gate("feed.edit", "POST")
def retire(request: PersonRequest, pk: int) -> HttpResponse:
    """Offer a mapping for no further file."""
    feed = get_object_or_404(OfficialFeed, pk=pk)
    actions.retire(feed, by=request.person)
    messages.success(request, f"“{feed.name}” is retired. What it has read stays as it is.")
    return redirect("feeds")


def _taken_up(request: PersonRequest, feed: OfficialFeed, sent: FeedPage) -> HttpResponse:
    """Take up what another release holds; the lines are shown as they are saved."""
    try:
        new = actions.take_up(feed, _path(sent.general.cleaned_data["file"]), by=request.person)
    except FileRefused as refused:
        _tell(sent.general, refused)
        return _shown(request, feed, sent)
    messages.success(
        request, f"The tables and columns of the file were taken up, and {new} new areas. Nothing was loaded."
    )
    return redirect("feed-edit", feed.pk)


def _path(file: TemporaryUploadedFile) -> Path:
    return Path(file.temporary_file_path())


def _tell(form: forms.Form, refused: FileRefused) -> None:
    for problem in refused.problems.listed[:FAULTS_SHOWN]:
        place = f"Row {problem.row}: " if problem.row else ""
        form.add_error("file", f"{place}{problem.message}")


def _shown(request: PersonRequest, feed: OfficialFeed, page: FeedPage, refused: Verdict | None = None) -> HttpResponse:
    """Show the form, with all that was entered and what is wrong with it."""
    context = {"door": "imports", "feed": feed, "page": page}
    return render(request, "indicators/feed_form.html", context, status=page.status(refused))
