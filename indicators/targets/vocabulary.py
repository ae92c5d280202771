"""The vocabulary of targets. Enums only."""

from enum import StrEnum

from indicators.periods import ComparedWith


class TargetKind(StrEnum):
    """What a target asks: a level, a change from an earlier period, or nothing that can be computed."""

    LEVEL = "level"
    CHANGE = "change"
    WORDS = "words"


TARGET_KIND_NAMES = {
    TargetKind.LEVEL: "A level: below, at most, above or at least a value",
    TargetKind.CHANGE: "A reduction or an increase from an earlier period",
    TargetKind.WORDS: "Words only: nothing can be computed",
}


class TargetOperator(StrEnum):
    """On which side of its value a target is met."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


OPERATOR_NAMES = {
    TargetOperator.BELOW: "below",
    TargetOperator.AT_MOST: "at most",
    TargetOperator.ABOVE: "above",
    TargetOperator.AT_LEAST: "at least",
}


COMPARED_WITH_NAMES = {
    ComparedWith.SAME_PERIOD_OF_LAST_YEAR: "the same period of the year before",
    ComparedWith.MONTH_BEFORE: "the month before",
    ComparedWith.QUARTER_BEFORE: "the quarter before",
    ComparedWith.REPORT_BEFORE: "the report of the quarter before",
}
# A target is of what is known, whatever a report said: its result would change with who presented what.
ASKED_OF_TARGETS = tuple(one for one in ComparedWith if one is not ComparedWith.REPORT_BEFORE)


class TargetResult(StrEnum):
    """What arithmetic says of a target. A grade is given by a person, elsewhere, and never derived from this."""

    MET = "met"
    NOT_MET = "not-met"
    NOT_ASSESSABLE = "not-assessable"


RESULT_NAMES = {
    TargetResult.MET: "met",
    TargetResult.NOT_MET: "not met",
    TargetResult.NOT_ASSESSABLE: "not assessable",
}
