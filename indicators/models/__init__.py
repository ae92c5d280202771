"""Every model of the figures; import each from its own module."""

from indicators.models.aggregate import Aggregate
from indicators.models.area import Area, Force
from indicators.models.breakdown import Breakdown, BreakdownValue
from indicators.models.case import Case, CaseCell, CaseChange, CaseMonth, StagedCell
from indicators.models.category import Category, Flag
from indicators.models.correction import Correction, CorrectionTransition
from indicators.models.data_import import DataImport, ImportProblem
from indicators.models.data_version import DataVersion
from indicators.models.dated_note import DatedNote
from indicators.models.delivery import DeliveryNote, ExpectedDelivery
from indicators.models.exhibit import Exhibit
from indicators.models.feed import OfficialFeed
from indicators.models.formula import Formula, FormulaTerm
from indicators.models.group import ComparatorGroup, GroupMember, GroupUse, GroupVersion
from indicators.models.import_part import ImportPart
from indicators.models.indicator import CaseRule, Indicator
from indicators.models.job import Job
from indicators.models.observation import Observation, StagedObservation
from indicators.models.overlay import CountingRule, Mark, SetAside
from indicators.models.partner_return import PartnerReturn, ReturnRow, ReturnSubmission
from indicators.models.population import Population
from indicators.models.portfolio import Portfolio
from indicators.models.profile import CaseProfile, SheetProfile
from indicators.models.relation import Explanation, Relation, RelationMember
from indicators.models.release import Membership, Release
from indicators.models.reported_version import ReportedVersion
from indicators.models.retention import RetentionRule
from indicators.models.sheet import DefinitionVersion, FrameworkCode, PartOf
from indicators.models.source import DataSource
from indicators.models.span import Span
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
    "ComparatorGroup",
    "Correction",
    "CorrectionTransition",
    "CountingRule",
    "DataImport",
    "DataSource",
    "DataVersion",
    "DatedNote",
    "DefinitionVersion",
    "DeliveryNote",
    "Exhibit",
    "ExpectedDelivery",
    "Explanation",
    "Flag",
    "Force",
    "Formula",
    "FormulaTerm",
    "FrameworkCode",
    "GroupMember",
    "GroupUse",
    "GroupVersion",
    "ImportPart",
    "ImportProblem",
    "Indicator",
    "Job",
    "Mark",
    "Membership",
    "Observation",
    "OfficialFeed",
    "PartOf",
    "PartnerReturn",
    "Population",
    "Portfolio",
    "Relation",
    "RelationMember",
    "Release",
    "ReportedVersion",
    "RetentionRule",
    "ReturnRow",
    "ReturnSubmission",
    "SetAside",
    "SheetProfile",
    "Span",
    "StagedCell",
    "StagedObservation",
    "Target",
]
