"""What leaves the portal: a figure as a flat record, and text that a spreadsheet opens as text. Pure."""

from decimal import Decimal
from typing import Any

from indicators.figures import Figure
from indicators.formatting import plain_number
from indicators.targets.asked import TargetRule

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def spreadsheet_text(text: str) -> str:
    """Return a text that a spreadsheet opens as text: an apostrophe is put before what could start a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def figure_record(figure: Figure) -> dict[str, Any]:
    """Return one figure as JSON values. Numbers are text with a decimal point, None where there is none."""
    measure, current, judged = figure.measure, figure.current, figure.judged
    return {
        "key": figure.key,
        "indicator": figure.series.indicator,
        "part": figure.series.part,
        "area": figure.series.area,
        "name": figure.name,
        "window": figure.period.window.value,
        "start": figure.period.start.isoformat() if figure.period.start else None,
        "end": figure.period.end.isoformat() if figure.period.end else None,
        "period": figure.aspect("period"),
        "unit": measure.unit.value,
        "value": stored_number(current.amount if current else None),
        "text": figure.aspect("value"),
        "status": current.status.value if current else None,
        "basis": current.basis.value if current else None,
        "qualifier": current.qualifier.value if current else None,
        "previous": stored_number(figure.previous.amount if figure.previous else None),
        "previous_text": figure.aspect("previous"),
        "previous_period": figure.aspect("previous_period"),
        "vintage": figure.vintage,
        "previous_vintage": figure.previous_vintage,
        "change": stored_number(figure.change.absolute),
        "change_percent": worked_out_number(figure.change.percent),
        "change_text": figure.aspect("change"),
        "direction": figure.change.direction.value if figure.change.direction else None,
        "share_percent": worked_out_number(figure.share_percent),
        "share_text": figure.aspect("share") if figure.share_percent is not None else None,
        "target": judged.rule.words if judged else None,
        "target_state": judged.result.value if judged else None,
        "target_result": judged.words if judged else None,
        "definition": figure.wording.number if figure.wording else None,
        "missing_months": [month.isoformat() for month in current.missing] if current else [],
        "notes": list(figure.notes),
        "source": current.source if current else None,
        "since_version": current.version if current else None,
    }


def target_record(rule: TargetRule) -> dict[str, Any]:
    """Return one target as JSON values; `value` is in `unit`, `meaning` says in words what is asked."""
    return {
        "part": rule.part,
        "window": rule.window.value if rule.window else "",
        "kind": rule.kind.value,
        "meaning": rule.meaning,
        "operator": rule.operator.value if rule.operator else "",
        "value": None if rule.value is None else f"{rule.value.normalize():f}",
        "unit": rule.unit.value,
        "wanted": rule.wanted.value if rule.wanted else "",
        "compared_with": rule.compared_with.value if rule.compared_with else "",
        "starts_on": rule.starts_on.isoformat() if rule.starts_on else None,
        "ends_on": rule.ends_on.isoformat() if rule.ends_on else None,
        "printed": rule.printed,
    }


def stored_number(amount: Decimal | None) -> str | None:
    """Give the value as it is stored, unrounded: only the texts beside it are rounded, once."""
    return None if amount is None else f"{amount:f}"


def worked_out_number(amount: Decimal | None) -> str | None:
    """Give a percentage with six decimals, so that it can be rounded again without harm."""
    return None if amount is None else plain_number(amount, 6)
