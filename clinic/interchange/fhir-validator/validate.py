"""Validates resources of FHIR: one JSON text in each line of the input, and for each a line of the output, empty or
what is wrong. Beyond what the library refuses by itself, codes must be of the value sets that the standard binds them
to, every contained resource must be referred to, and nothing must be empty."""

import json
import sys

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel


def codes(model, path=""):
    """Every code that is not among those that its element may have."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name, None)
        allowed = (field.json_schema_extra or {}).get("enum_values")
        for i, one in enumerate(value if isinstance(value, list) else [value]):
            at = f"{path}.{name}[{i}]"
            if isinstance(one, BaseModel):
                yield from codes(one, at)
            elif allowed and one is not None and str(one) not in allowed:
                yield f"{at}: {one} is none of {', '.join(allowed)}"


def contained(resource):
    """Contained resources that nothing refers to, and references to what is not contained (dom-3, ref-1)."""
    if isinstance(resource, dict):
        inner = {"#" + one["id"] for one in resource.get("contained", [])}
        text = json.dumps({name: value for name, value in resource.items() if name != "contained"})
        yield from (f"{one} is not referred to" for one in inner if json.dumps(one) not in text)
        for value in resource.values():
            yield from contained(value)
    elif isinstance(resource, list):
        for value in resource:
            yield from contained(value)


def empty(value, path=""):
    """Nulls, and texts, lists and objects without anything, none of which FHIR writes (json.html)."""
    if value in (None, "", [], {}):
        yield f"{path} is empty"
    elif isinstance(value, (dict, list)):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from empty(one, f"{path}/{name}")


def faults(text):
    try:
        resource = json.loads(text)
        model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        return [*codes(model), *contained(resource), *empty(resource)]
    except Exception as error:  # whatever the library says
        return [f"{type(error).__name__}: {error}"]


for line in sys.stdin:
    print(" | ".join(faults(line)).replace("\n", " "), flush=True)
