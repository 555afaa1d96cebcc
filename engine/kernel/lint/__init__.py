"""The linter: nothing deploys that would run wrong. Rules are listed in `procedure.RULES`."""

from engine.kernel.lint.procedure import called_by, lint_procedure, scope_in, variables_set_by

__all__ = ["called_by", "lint_procedure", "scope_in", "variables_set_by"]
