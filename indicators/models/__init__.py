"""Every model of the figures; import each from its own module."""

from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.case import Case, CaseCell, CaseChange, CaseMonth, StagedCell
from indicators.models.category import Category, Flag
from indicators.models.data_import import DataImport, ImportProblem
from indicators.models.data_version import DataVersion
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.models.exhibit import Exhibit
from indicators.models.import_part import ImportPart
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.job import Job
from indicators.models.observation import Observation, StagedObservation
from indicators.models.overlay import CountingRule, Mark, SetAside
from indicators.models.portfolio import Portfolio
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.models.retention import RetentionRule
from indicators.models.source import DataSource
from indicators.models.target import Target

__all__ = [
    "Aggregate",
    "Area",
    "Breakdown",
    "BreakdownValue",
    "Case",
    "CaseCell",
    "CaseChange",
    "CaseMonth",
    "CaseProfile",
    "CaseRule",
    "Category",
    "CountingRule",
    "DataImport",
    "DataSource",
    "DataVersion",
    "DeliveryNote",
    "Exhibit",
    "ExpectedDelivery",
    "Flag",
    "Force",
    "ImportPart",
    "ImportProblem",
    "Indicator",
    "Job",
    "Mark",
    "Observation",
    "Portfolio",
    "RetentionRule",
    "SetAside",
    "SheetProfile",
    "StagedCell",
    "StagedObservation",
    "Target",
]
