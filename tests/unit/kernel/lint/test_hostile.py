"""The linter never crashes, whatever it is given."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.kernel.bpmn_builder import Bpmn, multi_instance, standard_loop
from tests.unit.kernel.lint.linting import found, lint, procedure, task

RICH = (
    task()
    .message("m")
    .root('<signal id="sig" name="s" />')
    .exclusive("g", default="no")
    .service("n", "notify", {"role": '"chief"', "topic": "kind"}, when='kind = "1"')
    .end("e1")
    .subprocess("sub", lambda s: s.start("s2").manual("u2").end("e2"), lane="L", after="g", flow="no")
    .catch_message("c", "m", properties={"inputs": "a b"})
    .manual("many", lane="L", loop=multi_instance(over="units", item="unit"))
    .manual("again", lane="L", loop=standard_loop(condition="units > 1", maximum=3))
    .decision("d", "path_of")
    .script("x", "{ done: true }")
    .call("call", "q")
    .end("e3")
    .timer_boundary("t", on="u", expression='deadline("T4")', interrupting=False)
    .throw_message("tell", "m", "{ key: kind }")
    .end("e4")
    .text()
)
MARKUP = [
    "<", ">", "&amp;", "{", '"', " ", "id=", "default", "messageRef", "<bpmn/>", "<script/>", "sourceRef=''",
    "<linkEventDefinition />", "<laneSet/>", "<process />", "<startEvent />", "<errorEventDefinition errorRef=''/>",
]  # fmt: skip


def test_the_rich_diagram_is_sound() -> None:
    assert found(RICH.encode(), called_names={"q": ()}) == []


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(RICH)), st.integers(0, 60), st.sampled_from(["", *MARKUP]))
def test_damaged_diagrams_give_findings_or_nothing(position: int, length: int, text: str) -> None:
    damaged = RICH[:position] + text + RICH[position + length :]
    assert all(f.message.zh and f.message.en for f in lint(damaged.encode()))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_elements_and_attributes_may_be_missing(data: st.DataObject) -> None:
    """Whole words of the file vanish: attributes, tags, references."""
    words = RICH.split(" ")
    for index in data.draw(st.lists(st.integers(0, len(words) - 1), min_size=1, max_size=3)):
        words[index] = data.draw(st.sampled_from(["", 'id="u"', 'name=""', 'sourceRef="u"', 'cancelActivity="x"']))
    assert isinstance(lint(" ".join(words).encode()), tuple)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_as_form_or_table(content: bytes) -> None:
    assert isinstance(lint(task().end(), {"forms/f.form.json": content, "odd.dmn": content}), tuple)


def long_procedure(rounds: int) -> Bpmn:
    diagram = procedure()
    for i in range(rounds):
        diagram.user(f"u{i}", lane="L", form="f").exclusive(f"g{i}", default=f"d{i}")
        diagram.script(f"x{i}", f"{{ n{i}: kind }}", when=f'kind = "{i}"').exclusive(f"j{i}")
        diagram.flow(f"g{i}", f"j{i}", flow_id=f"d{i}")
    return diagram.end()


def test_two_hundred_elements_are_sound() -> None:
    assert found(long_procedure(50).xml()) == []
