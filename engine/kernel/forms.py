"""Forms of user tasks: `check_form` before deployment, `parse_form` to show one, `validate_form` on its return."""

from engine.kernel.forms_musts import require_musts
from engine.kernel.forms_schema import check_form, parse_form
from engine.kernel.forms_validate import FormData, Lists, validate_form

__all__ = ["FormData", "Lists", "check_form", "parse_form", "require_musts", "validate_form"]
