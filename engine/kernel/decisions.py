"""DMN decision tables: `parse_decisions` reads a file, `evaluate` runs a table. Nothing here sets a variable."""

from engine.kernel.decisions_evaluate import evaluate
from engine.kernel.decisions_model import Aggregation, Decision, DecisionError, HitPolicy, Input, Output, Rule
from engine.kernel.decisions_parse import parse_decisions

__all__ = [
    "Aggregation",
    "Decision",
    "DecisionError",
    "HitPolicy",
    "Input",
    "Output",
    "Rule",
    "evaluate",
    "parse_decisions",
]
