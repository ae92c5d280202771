"""The doors of the figures."""

from datetime import date

from django.urls import URLPattern, path, register_converter

from indicators.views import (
    case_overlay,
    case_rules,
    cases,
    comparators,
    corrections,
    dated_notes,
    deliveries,
    exhibits,
    feeds,
    formulas,
    groups,
    import_files,
    imports,
    indicators,
    profiles,
    reconciliation,
    returns,
    sheet_profiles,
    spans,
    targets,
)


class MonthConverter:
    """A month in an address: 2020-09, as its first day."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Read a month; ValueError (no such address) when there is none."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        """Write a month."""
        return f"{value:%Y-%m}"


register_converter(MonthConverter, "month")
CASE = "cases/<slug:force>/<month:month>/<uuid:key>/<int:ordinal>/"

urlpatterns: list[URLPattern] = [
    path("indicators/", indicators.listing, name="indicators"),
    path("indicators/reconciliation/", reconciliation.page, name="reconciliation"),
    path("indicators/reconciliation/explain/", reconciliation.explain, name="difference-explain"),
    path("indicators/standing-out/", indicators.standing_out, name="standing-out"),
    path("indicators/<slug:key>/", indicators.page, name="indicator"),
    path("indicators/<slug:key>/chart.svg", indicators.chart, name="indicator-chart"),
    path("indicators/<slug:key>/history/", indicators.history, name="indicator-history"),
    path("indicators/<slug:key>/formula/", formulas.page, name="formula"),
    path("spans/", spans.listing, name="spans"),
    path("spans/new/", spans.add, name="span-new"),
    path("spans/<int:pk>/end/", spans.end, name="span-end"),
    path("notes/", dated_notes.listing, name="notes"),
    path("notes/new/", dated_notes.add, name="note-new"),
    path("notes/<int:pk>/edit/", dated_notes.edit, name="note-edit"),
    path("notes/<int:pk>/end/", dated_notes.end, name="note-end"),
    path("targets/", targets.listing, name="targets"),
    path("targets/new/", targets.add, name="target-new"),
    path("targets/<int:pk>/", targets.page, name="target"),
    path("targets/<int:pk>/edit/", targets.edit, name="target-edit"),
    path("targets/<int:pk>/end/", targets.end, name="target-end"),
    path("exhibits/", exhibits.listing, name="exhibits"),
    path("exhibits/new/", exhibits.add, name="exhibit-new"),
    path("exhibits/<slug:key>/", exhibits.page, name="exhibit"),
    path("exhibits/<slug:key>/edit/", exhibits.edit, name="exhibit-edit"),
    path("comparators/", comparators.listing, name="comparators"),
    path("comparators/<int:pk>/", comparators.page, name="comparator"),
    path("comparators/groups/new/", groups.add, name="group-new"),
    path("comparators/groups/<int:pk>/", groups.page, name="group"),
    path("comparators/groups/<int:pk>/edit/", groups.edit, name="group-edit"),
    path("deliveries/", deliveries.board, name="deliveries"),
    path("deliveries/all/", deliveries.listing, name="delivery-list"),
    path("deliveries/new/", deliveries.add, name="delivery-new"),
    path("deliveries/<int:pk>/edit/", deliveries.edit, name="delivery-edit"),
    path("deliveries/<int:pk>/<slug:first>/load/", deliveries.load, name="delivery-load"),
    path("deliveries/<int:pk>/<slug:first>/not-available/", deliveries.set_unavailable, name="delivery-unavailable"),
    path("deliveries/<int:pk>/<slug:first>/expected/", deliveries.lift, name="delivery-lift"),
    path("corrections/", corrections.listing, name="corrections"),
    path("corrections/new/<int:pk>/", corrections.propose, name="correction-propose"),
    path("corrections/<int:pk>/", corrections.page, name="correction"),
    path("corrections/<int:pk>/confirm/", corrections.confirm, name="correction-confirm"),
    path("corrections/<int:pk>/refuse/", corrections.refuse, name="correction-refuse"),
    path("corrections/<int:pk>/withdraw/", corrections.withdraw, name="correction-withdraw"),
    path("returns/", returns.listing, name="returns"),
    path("returns/help/", returns.help_page, name="return-help"),
    path("returns/sent/<int:pk>/", returns.sent, name="return-sent"),
    path("returns/sent/<int:pk>/progress/", returns.progress, name="return-progress"),
    path("returns/sent/<int:pk>/confirm/", returns.confirm, name="return-confirm"),
    path("returns/sent/<int:pk>/withdraw/", returns.withdraw, name="return-withdraw"),
    path("returns/sent/<int:pk>/file/", returns.file, name="return-file"),
    path("returns/<slug:key>/<slug:quarter>/", returns.grid, name="return"),
    path("imports/", imports.listing, name="imports"),
    path("imports/new/", imports.receive, name="import-receive"),
    path("imports/rules/", case_rules.page, name="case-rules"),
    path("imports/rules/counting/<int:pk>/", case_rules.count, name="counting-change"),
    path("imports/rules/retention/<int:pk>/", case_rules.keep, name="retention-settle"),
    path("imports/official/", feeds.listing, name="feeds"),
    path("imports/official/new/", feeds.add, name="feed-new"),
    path("imports/official/<int:pk>/edit/", feeds.edit, name="feed-edit"),
    path("imports/official/<int:pk>/retire/", feeds.retire, name="feed-retire"),
    path("imports/profiles/", profiles.listing, name="profiles"),
    path("imports/profiles/new/", profiles.add, name="profile-new"),
    path("imports/profiles/<int:pk>/", profiles.page, name="profile"),
    path("imports/profiles/<int:pk>/edit/", profiles.edit, name="profile-edit"),
    path("imports/profiles/<int:pk>/retire/", profiles.retire, name="profile-retire"),
    path("imports/sheets/new/", sheet_profiles.add, name="sheet-profile-new"),
    path("imports/sheets/<int:pk>/", sheet_profiles.page, name="sheet-profile"),
    path("imports/sheets/<int:pk>/edit/", sheet_profiles.edit, name="sheet-profile-edit"),
    path("imports/sheets/<int:pk>/retire/", sheet_profiles.retire, name="sheet-profile-retire"),
    path("imports/history/", sheet_profiles.help_page, name="history-help"),
    path("imports/<int:pk>/", imports.page, name="import"),
    path("imports/<int:pk>/progress/", imports.progress, name="import-progress"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<int:pk>/accept/", imports.accept, name="import-accept"),
    path("imports/<int:pk>/revert/", imports.revert, name="import-revert"),
    path("imports/<int:pk>/abandon/", imports.abandon, name="import-abandon"),
    path("imports/<int:pk>/retry/", imports.retry, name="import-retry"),
    path("imports/<int:pk>/problems.csv", import_files.problems, name="import-problems"),
    path("imports/<int:pk>/figures.csv", import_files.figures, name="import-figures"),
    path("indicators/<slug:key>/cases/", cases.behind_figure, name="indicator-cases"),
    path("cases/", cases.listing, name="cases"),
    path("cases/overlaid/", case_overlay.listing, name="case-overlays"),
    path("cases/set-aside/<int:pk>/", case_overlay.page, name="set-aside"),
    path("cases/set-aside/<int:pk>/agree/", case_overlay.agree, name="set-aside-agree"),
    path("cases/set-aside/<int:pk>/withdraw/", case_overlay.withdraw, name="set-aside-withdraw"),
    path("cases/set-aside/<int:pk>/lift/", case_overlay.lift, name="set-aside-lift"),
    path("cases/marks/<int:pk>/clear/", case_overlay.clear, name="mark-clear"),
    path(CASE, cases.page, name="case"),
    path(f"{CASE}mark/", case_overlay.mark, name="case-mark"),
    path(f"{CASE}set-aside/", case_overlay.ask, name="case-set-aside"),
]
