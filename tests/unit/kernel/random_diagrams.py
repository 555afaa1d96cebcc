"""Random structured diagrams: blocks with one way in and one way out, written as BPMN.

Each block knows the features it needs, so that a comparison can leave out what the other engine does wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from engine.kernel.run import ProcedureSource
from tests.unit.kernel.bpmn_builder import Bpmn, Scope, multi_instance
from tests.unit.kernel.instance import source_of


@dataclass(frozen=True)
class Block:
    """`kind` is one of those in `_WRITERS`; `inner` are the blocks in it, `flags` what its kind makes of them."""

    kind: str
    inner: tuple[Block, ...] = ()
    flags: tuple[bool, ...] = ()


_LEAVES = ("user", "user", "user", "script", "timer")
_PLAIN = ("sequence", "exclusive", "subprocess", "call")
_RICH = (*_PLAIN, "parallel", "inclusive", "loop", "instances", "timed", "told")
_PARTS = {"exclusive": 2, "timed": 2, "told": 2, "subprocess": 1, "call": 1, "loop": 1, "instances": 1}


def blocks(*, faithful: bool) -> st.SearchStrategy[Block]:
    """Two blocks in a row, some levels deep. `faithful`: only what SpiffWorkflow as it comes executes right."""
    return st.builds(lambda a, b: Block("sequence", (a, b)), _block(2, faithful, False), _block(2, faithful, False))


@st.composite
def _block(draw: st.DrawFn, depth: int, faithful: bool, in_loop: bool) -> Block:
    if depth == 0:
        return Block(draw(st.sampled_from(_LEAVES)))
    kind = draw(st.sampled_from(_PLAIN if faithful and in_loop else _RICH))
    count = _PARTS.get(kind) or draw(st.integers(2, 3))
    is_looped = in_loop or kind == "loop"
    inner = tuple(draw(_block(draw(st.integers(0, depth - 1)), faithful, is_looped)) for _ in range(count))
    flags = tuple(draw(st.booleans()) for _ in range(3))
    if faithful and kind == "instances":
        flags = (False,)  # one after the other, the first instance's item bars the second
    return Block(kind, inner, flags)


@dataclass
class Writer:
    """Writes a block after the cursor of a scope and leaves the cursor at its end; ids are unique in all."""

    root: Bpmn
    calls: dict[str, Bpmn] = field(default_factory=dict)
    count: int = 0
    layers: int = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def write(self, scope: Scope, block: Block) -> str:
        """The id of the last node."""
        last: str = getattr(self, f"_{block.kind}")(scope, block)
        scope.at(last)
        return last

    def fill(self, scope: Scope, block: Block) -> None:
        scope.start(self.new("start"))
        self.write(scope, block)
        scope.end(self.new("end"))

    def _user(self, scope: Scope, _: Block) -> str:
        name = self.new("user")
        scope.user(name)
        return name

    def _script(self, scope: Scope, _: Block) -> str:
        name = self.new("script")
        scope.script(name, f'{{ {name}: "done" }}')
        return name

    def _timer(self, scope: Scope, _: Block) -> str:
        name = self.new("timer")
        scope.catch_timer(name, "PT1H")
        return name

    def _sequence(self, scope: Scope, block: Block) -> str:
        return [self.write(scope, inner) for inner in block.inner][-1]

    def _exclusive(self, scope: Scope, block: Block) -> str:
        split, join = self.new("choice"), self.new("merge")
        scope.exclusive(split, default=f"{split}_default")
        scope.script(self.new("yes"), "{ yes: true }", after=split, when=_text(block.flags[0]))
        first = self.write(scope, block.inner[0])
        scope.script(self.new("no"), "{ no: true }", after=split, flow=f"{split}_default")
        second = self.write(scope, block.inner[1])
        scope.exclusive(join, after=(first, second))
        return join

    def _parallel(self, scope: Scope, block: Block) -> str:
        split, join = self.new("split"), self.new("join")
        scope.parallel(split)
        ends = [self.write(scope.at(split), inner) for inner in block.inner]
        scope.parallel(join, after=ends)
        return join

    def _inclusive(self, scope: Scope, block: Block) -> str:
        split, join = self.new("any"), self.new("all")
        scope.inclusive(split, default=f"{split}_default")
        ends = []
        for inner, flag in zip(block.inner, block.flags, strict=False):
            scope.script(self.new("way"), "{ way: true }", after=split, when=_text(flag))
            ends.append(self.write(scope, inner))
        other = self.new("other")
        scope.script(other, "{ other: true }", after=split, flow=f"{split}_default")
        scope.inclusive(join, after=[*ends, other])
        return join

    def _loop(self, scope: Scope, block: Block) -> str:
        counter, head, tail = self.new("n"), self.new("again"), self.new("more")
        scope.script(self.new("zero"), f"{{ {counter}: 0 }}").exclusive(head)
        self.write(scope, block.inner[0])
        step, done = self.new("count"), self.new("done")
        scope.script(step, f"{{ {counter}: {counter} + 1 }}").exclusive(tail, default=f"{tail}_default")
        scope.flow(tail, head, when=f"{counter} < 2")
        scope.script(done, f"{{ {done}: true }}", after=tail, flow=f"{tail}_default")
        return done

    def _subprocess(self, scope: Scope, block: Block) -> str:
        name = self.new("sub")
        scope.subprocess(name, lambda inner: self.fill(inner, block.inner[0]))
        return name

    def _wrapped(self, scope: Scope, block: Block) -> str:
        """A subprocess that takes no number from those that come after it."""
        self.layers += 1
        name = f"layer{self.layers}"

        def inside(inner: Scope) -> None:
            inner.start(f"{name}_start")
            self.write(inner, block.inner[0])
            inner.end(f"{name}_end")

        scope.subprocess(name, inside)
        return name

    def _call(self, scope: Scope, block: Block) -> str:
        name = self.new("call")
        called = Bpmn(f"{name}_process")
        self.calls[called.process_id] = called
        caller, self.root = self.root, called
        self.fill(called, block.inner[0])
        self.root = caller
        scope.call(name, called.process_id)
        return name

    def _instances(self, scope: Scope, block: Block) -> str:
        name = self.new("each")
        loop = multi_instance(over="items", item=f"item_{name}", sequential=block.flags[0])
        scope.subprocess(name, lambda inner: self.fill(inner, block.inner[0]), loop=loop)
        return name

    def _timed(self, scope: Scope, block: Block) -> str:
        return self._guarded(scope, block, "timed")

    def _told(self, scope: Scope, block: Block) -> str:
        return self._guarded(scope, block, "told")

    def _guarded(self, scope: Scope, block: Block, kind: str) -> str:
        name, event, after = self.new("sub"), self.new(kind), self.new("after")
        interrupting = block.flags[0]
        scope.subprocess(name, lambda inner: self.fill(inner, block.inner[0]))
        if kind == "timed":
            scope.timer_boundary(event, on=name, expression="PT2H", interrupting=interrupting)
        else:
            self.root.message(f"{event}_message")
            scope.message_boundary(event, on=name, message=f"{event}_message", interrupting=interrupting)
        last = self.write(scope, block.inner[1])
        if interrupting:
            scope.exclusive(after, after=(name, last))
            return after
        scope.end(self.new("end"))
        return name


def _text(flag: bool) -> str:
    return "true" if flag else "false"


def written(block: Block) -> tuple[ProcedureSource, list[ProcedureSource]]:
    """The procedure of a block, and those of all its processes, the main one first."""
    root = Bpmn()
    writer = Writer(root)
    writer.fill(root, block)
    every = {name: Bpmn.xml(called) for name, called in writer.calls.items()}
    called = _with_calls(every)
    main = source_of(root, called)
    return main, [main, *called.values()]


def _with_calls(every: dict[str, bytes]) -> dict[str, ProcedureSource]:
    """Each called process with those that it calls itself."""
    sources: dict[str, ProcedureSource] = {}
    for name in reversed(every):
        called = {n: s for n, s in sources.items() if f'calledElement="{n}"'.encode() in every[name]}
        sources[name] = source_of(every[name], called)
    return sources
