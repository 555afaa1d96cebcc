"""Where the fields of a submitted form go: columns and facts of the case file, sealed parties. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from engine.casework.categories import categories
from engine.kernel.forms_schema import list_of
from engine.records.case import Party
from engine.values import Data, Value

COLUMNS = (
    "title",
    "channel",
    "purpose",
    "category",
    "persons_count",
    "confidential",
    "accused_units",
    "occurred_place",
)
_PARTY_FIELDS = ("name", "contact", "id_number", "address")


def case_columns(variables: Data) -> dict[str, Value]:
    """Columns of the case file that the form's fields of the same name set. Empty fields set nothing."""
    found = {name: variables[name] for name in COLUMNS if variables.get(name) not in (None, "", [])}
    if "accused_units" in found:
        units = found["accused_units"]
        found["accused_units"] = (units,) if isinstance(units, str) else tuple(str(unit) for unit in units)
    if "persons_count" in found:
        found["persons_count"] = int(found["persons_count"])
    if "confidential" in found:
        found["confidential"] = found["confidential"] in (True, "true", "yes", "是")
    return found


def facts_of(schema: Mapping[str, Any], variables: Data, *, only_marked: bool) -> dict[str, Value]:
    """Facts worth showing, by label: fields of the form that are not columns, choices under their labels.

    `only_marked`: just the fields with the property `fact` = `true`.
    """
    facts: dict[str, Value] = {}
    for component in _components(schema):
        key = component.get("key")
        properties = component.get("properties") or {}
        if not isinstance(key, str) or key in COLUMNS or properties.get("store") == "party":
            continue
        if properties.get("fact") == "false" or (only_marked and properties.get("fact") != "true"):
            continue
        value = variables.get(key)
        if value not in (None, "", []) and not isinstance(value, Mapping):
            facts[str(component.get("label") or key)] = _worded(component, value)
    return facts


def parted(schema: Mapping[str, Any], data: Data) -> tuple[dict[str, Value], dict[str, Value]]:
    """What was typed, and apart from it the fields that are kept sealed only."""
    sealed = {c.get("key") or c.get("path") for c in _components(schema) if is_kept_sealed(c)}
    plain = {name: value for name, value in data.items() if name not in sealed}
    return plain, {name: value for name, value in data.items() if name in sealed}


def without_party(schema: Mapping[str, Any], data: Data) -> dict[str, Value]:
    """What was typed without the fields that are kept sealed only."""
    return parted(schema, data)[0]


def joined(variables: Data, known: Data) -> dict[str, Value]:
    """What a form gives; where only a part of a group is the form's, with what the case has of the rest."""
    return {
        name: _over(known.get(name), value) if isinstance(value, Mapping) else value
        for name, value in variables.items()
    }


def _over(known: Value, value: Mapping[str, Value]) -> dict[str, Value]:
    inner = joined(value, known if isinstance(known, Mapping) else {})
    return {**known, **inner} if isinstance(known, Mapping) else inner


def is_kept_sealed(component: Mapping[str, Any]) -> bool:
    """Whether the field, or any field of the list, is about a party."""
    if (component.get("properties") or {}).get("store") == "party":
        return True
    return component.get("type") == "dynamiclist" and any(map(is_kept_sealed, component.get("components", ())))


def _components(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for component in schema.get("components", ()):
        yield component
        if component.get("type") in {"group", "columns"}:
            yield from _components(component)


def _worded(component: Mapping[str, Any], value: Value) -> Value:
    """The choice's label in place of its value."""
    if component.get("type") == "filepicker" and isinstance(value, list):
        return [entry["name"] for entry in value]
    if list_of(component) == "categories":
        labels = {category.code: category.name for category in categories()}
    else:
        labels = {option.get("value"): option.get("label") for option in component.get("values") or ()}
    if isinstance(value, list):
        return [labels.get(item, item) if isinstance(item, str) else item for item in value]
    return labels.get(value, value) if isinstance(value, str) else value


def parties_of(party: Data, case_id: str, known: Sequence[Party]) -> tuple[Party, ...]:
    """The parties that a form's party fields give; an earlier primary party keeps what is not given anew.

    A list of objects with the same fields gives the others, in order.
    """
    found = []
    primary = next((p for p in known if p.is_primary), None)
    own = {name: str(party[name]) for name in _PARTY_FIELDS if party.get(name)}
    if own:
        blank = Party(_party_id(case_id, "primary"), case_id, is_primary=True, name="", contact="")
        found.append(_with(primary or blank, own))
    for key, value in party.items():
        if isinstance(value, list):
            found.extend(
                _other(item, case_id, f"{key}[{index}]")
                for index, item in enumerate(value)
                if isinstance(item, Mapping)
            )
    return tuple(found)


def _with(party: Party, fields: Mapping[str, str]) -> Party:
    return replace(
        party,
        name=fields.get("name", party.name),
        contact=fields.get("contact", party.contact),
        id_number=fields.get("id_number", party.id_number),
        address=fields.get("address", party.address),
    )


def _other(fields: Data, case_id: str, place: str) -> Party:
    texts = {name: str(fields[name]) for name in _PARTY_FIELDS if fields.get(name)}
    return _with(Party(_party_id(case_id, place), case_id, is_primary=False, name="", contact=""), texts)


def _party_id(case_id: str, place: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{case_id}:{place}"))
