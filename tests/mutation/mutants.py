"""Small mistakes in a module, one at a time: what a mutation run tries, and the tests must find.

Each mutant is the module with one node of its syntax tree changed: a comparison, a condition, a number, a statement left
out, a keyword left out, a value not returned. Texts for people, docstrings, annotations and imports are left alone.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


class Mutant(NamedTuple):
    """A mistake, and the module that has it."""

    line: int
    what: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    places = len(list(_places(ast.parse(source))))
    for number in range(places):
        tree = ast.parse(source)
        place = list(_places(tree))[number]
        what = place.change()
        yield Mutant(place.line, what, ast.unparse(ast.fix_missing_locations(tree)))


class _Place(NamedTuple):
    kind: str
    node: ast.AST
    parent: ast.AST
    field: str
    index: int

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", getattr(self.parent, "lineno", 0)))

    def change(self) -> str:
        """Make the mistake in the tree; says which."""
        before = ast.unparse(self.node)
        changed = getattr(self, f"_{self.kind}")()
        if self.index >= 0:
            getattr(self.parent, self.field)[self.index] = changed
        elif changed is not self.node:
            setattr(self.parent, self.field, changed)
        return f"{before} -> {ast.unparse(changed)}"

    def _compare(self) -> ast.AST:
        assert isinstance(self.node, ast.Compare)
        self.node.ops[0] = COMPARISONS[type(self.node.ops[0])]()
        return self.node

    def _boolean(self) -> ast.AST:
        assert isinstance(self.node, ast.BoolOp)
        self.node.op = ast.Or() if isinstance(self.node.op, ast.And) else ast.And()
        return self.node

    def _negate(self) -> ast.AST:
        assert isinstance(self.node, ast.expr)
        return ast.UnaryOp(ast.Not(), self.node)

    def _affirm(self) -> ast.AST:
        assert isinstance(self.node, ast.UnaryOp)
        return self.node.operand

    def _operate(self) -> ast.AST:
        assert isinstance(self.node, ast.BinOp)
        self.node.op = OPERATORS[type(self.node.op)]()
        return self.node

    def _constant(self) -> ast.AST:
        assert isinstance(self.node, ast.Constant)
        value = self.node.value
        return ast.Constant(not value if isinstance(value, bool) else value + 1)  # type: ignore[operator]

    def _omit(self) -> ast.AST:
        return ast.Pass()

    def _nothing(self) -> ast.AST:
        return ast.Return(ast.Constant(None))

    def _swap(self) -> ast.AST:
        assert isinstance(self.node, ast.IfExp)
        return ast.IfExp(self.node.test, self.node.orelse, self.node.body)

    def _keyword_0(self) -> ast.AST:
        return self._without(0)

    def _keyword_1(self) -> ast.AST:
        return self._without(1)

    def _keyword_2(self) -> ast.AST:
        return self._without(2)

    def _without(self, number: int) -> ast.AST:
        assert isinstance(self.node, ast.Call)
        del self.node.keywords[number]
        return self.node


def _places(tree: ast.AST) -> Iterator[_Place]:
    """Where a mistake can be made, in the order of the tree."""
    for parent in _walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
                continue
            for index, node in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                if isinstance(node, ast.AST):
                    for kind in _kinds(node, parent, field):
                        yield _Place(kind, node, parent, field, index)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Depth first, past what no test can see: texts, annotations, the names of types."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr | ast.Raise | ast.Assert):
                yield from _walk(child)


def _kinds(node: ast.AST, parent: ast.AST, field: str) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield "compare"
        case ast.BoolOp():
            yield "boolean"
        case ast.UnaryOp(op=ast.Not()):
            yield "affirm"
        case ast.BinOp(op=op) if type(op) in OPERATORS and not _is_text(node):
            yield "operate"
        case ast.Constant(value=bool() | int()):
            yield "constant"
        case ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Break() | ast.Continue():
            yield "omit"
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
            yield "omit"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield "omit"
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "nothing"
        case ast.IfExp():
            yield "swap"
        case ast.Call(keywords=keywords):
            yield from (f"keyword_{n}" for n, each in enumerate(keywords[:3]) if each.arg is not None)
    if field == "test" and isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        yield "negate"


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.JoinedStr) or _is_str(side) for side in (node.left, node.right))


def _is_str(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
