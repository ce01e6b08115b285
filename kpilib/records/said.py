"""What a YAML file says: read without running code in it, checked, and its faults told with their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.signs import refused, seen


def wrong(problem: str, remedy: str) -> PydanticCustomError:
    """A fault of a value, in the two parts that every fault has."""
    return PydanticCustomError("fault", "{problem}", {"problem": problem, "remedy": remedy})


def some(said: Any) -> Any:
    """Refuse what is empty."""
    if not (seen(said) if isinstance(said, str) else said):
        raise wrong("is empty", "Give at least one entry.")
    return said


def entries(said: Any) -> Any:
    """YAML knows lists only; what is kept here does not change."""
    return tuple(said) if isinstance(said, list) else said


Text = Annotated[str, AfterValidator(some)]


class Said(BaseModel):
    """What a file says: nothing unknown, nothing turned into something else, and never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


Model = TypeVar("Model", bound=Said)


class _UnfitError(yaml.MarkedYAMLError):
    """YAML of which no more can be made than a fault: its problem, where it stands, and what to do."""

    def __init__(self, problem: str, mark: yaml.Mark, remedy: str) -> None:
        super().__init__(problem=problem, problem_mark=mark)
        self.remedy = remedy


class _Reader(yaml.SafeLoader):
    """Reads the YAML that people write: no code, no anchors, no name said twice, numbers in plain digits only."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if getattr(event, "anchor", None) is not None:
            remedy = "Take & or * away, and write what is meant at each place; put quotes around a text that begins so."
            raise _UnfitError("an anchor (& or *), which is not read here", event.start_mark, remedy)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        said = super().construct_mapping(node, deep)
        for name, times in Counter(names).items():
            if times > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is there twice", node.start_mark)
        return said

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        said = super().construct_scalar(node)
        if isinstance(said, str) and (wrong_sign := refused(said)):
            problem, remedy = wrong_sign
            raise _UnfitError(problem, node.start_mark, remedy)
        return said

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """Read a number that looks the same to a person and to every program: no 1_000, 0x10, 010, 1e400 or .nan."""
        said = self.construct_scalar(node)
        if not _PLAIN.fullmatch(said):
            remedy = "Write digits only, with a point for decimals, at most 15; put quotes around what is a text."
            raise _UnfitError("a number in a form that is not read here", node.start_mark, remedy)
        return float(said) if "." in said else int(said)


_PLAIN = re.compile(r"(?!-0+(?:\.0*)?$)-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
for _kind in ("int", "float"):
    _Reader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Reader.construct_number)


def read_yaml(content: bytes, place: str) -> dict[str, Any]:
    """
    Read names and values written in YAML; code in it is never run.

    Raises:
        RecordsError: it cannot be read as such.
    """
    try:
        said = yaml.load(content.decode("utf-8-sig"), _Reader)
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        why = _why(error)
        remedy = "Mend the line it names: two spaces for each level, a colon after each name."
        raise RecordsError([Fault(place, f"cannot be read ({why})", getattr(error, "remedy", remedy))]) from error
    if not isinstance(said, dict) or not all(isinstance(name, str) for name in said):
        raise RecordsError([Fault(place, "holds no names and values", "Write `name: value` lines.")])
    return said


def _why(error: Exception) -> str:
    """Say what is wrong, and in which line, without quoting what stands there: it may be exempt."""
    mark = (error.context_mark or error.problem_mark) if isinstance(error, yaml.MarkedYAMLError) else None
    if isinstance(error, yaml.MarkedYAMLError) and mark:
        place = f"line {mark.line + 1}, column {mark.column + 1}"
        return f"{place}: {', '.join(part for part in (error.context, error.problem) if part)}"
    return " ".join(str(error).split()) if isinstance(error, UnicodeError | yaml.YAMLError) else type(error).__name__


_TYPES = {
    "string": ("is not text", "Write a text; put a number or yes/no in quotes if it is meant as one."),
    "bool": ("is neither true nor false", "Write true or false, without quotes."),
    "tuple": ("is not a list of entries", "Begin each with `- `."),
    "model": ("is not a list of names and values", "Write `name: value` lines below it."),
    "mapping": ("is not a list of names and values", "Write `name: value` lines below it."),
    "dict": ("is not a list of names and values", "Write `name: value` lines below it."),
}


def _fault(error: ErrorDetails, place: str, model: type[Said]) -> Fault:
    """Turn one of pydantic's errors into a fault that says where and what to do."""
    *path, last = error["loc"] or ("",)
    kind = error["type"]
    if kind == "extra_forbidden":
        names = _names(path, model)
        return Fault(_place(place, path), f"unknown key {last!r}", allowed(str(last), names))
    if kind == "missing":
        return Fault(_place(place, path), f"{last!r} is missing", f"Add a line `{last}: …`.")
    where = _place(place, error["loc"])
    if kind == "fault":
        return Fault(where, error["ctx"]["problem"], error["ctx"]["remedy"])
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return Fault(where, f"unknown {error['input']!r}", allowed(str(error["input"]), words))
    problem, remedy = _TYPES.get(kind.split("_")[0], (error["msg"], "Write it as docs and examples show."))
    return Fault(where, problem, remedy)


def _place(place: str, path: Iterable[int | str]) -> str:
    """Say where in a file: `framework.yml @ rules[1] from`."""
    said = ""
    for step in path:
        said += f"[{step + 1}]" if isinstance(step, int) else f" {step}"
    return f"{place} @{said}" if said else place


def _names(path: Iterable[int | str], model: type[Said]) -> list[str]:
    """Give the keys that may stand at a place."""
    for step in path:
        field = next((field for name, field in model.model_fields.items() if step in (name, field.alias)), None)
        model = next(_models(field.annotation), model) if field else model
    return [field.alias or name for name, field in model.model_fields.items() if name != "slug"]


def _models(annotation: Any) -> Iterator[type[Said]]:
    """Find the models within an annotation such as `tuple[Rule, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Said):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def checked(model: type[Model], said: dict[str, Any], place: str) -> Model:
    """
    Check names and values by a model.

    Raises:
        RecordsError: with every fault of them.
    """
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise RecordsError(_fault(each, place, model) for each in error.errors()) from error
