"""The canonical text of a circuit: JSON, one operation a line, the same bytes in Python and JavaScript.

Printing is always in normal form. Reading accepts any order of keys and of controls, any spelling of an
angle, numbers as angles; it says line and column, or operation and field, of what it can't accept. Twin of
js/src/core/text.ts; tests/vectors/{circuits,bad}.json hold both to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from qlab.circuit.blocks import Block, inside
from qlab.circuit.gates import BLOCK, GATES, UNITARY, lookup
from qlab.circuit.model import Circuit
from qlab.circuit.names import check_limit, check_name
from qlab.circuit.ops import Condition, Operation, normalise
from qlab.circuit.unitary import from_pairs, print_matrix
from qlab.errors import CircuitError

FORMAT = "circuit/1"
_KEYS = ("qlab", "name", "qubits", "clbits", "names", "blocks", "ops")
_OP_KEYS = ("id", "gate", "qubits", "params", "matrix", "label", "controls", "anticontrols", "clbits", "if")
_BLOCK_KEYS = ("name", "qubits", "ops")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ints(values: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, values))}]"


def _print_op(op: Operation) -> str:
    gate = f'"{op.gate}"' if op.block is None else _dump(op.gate)
    parts = [f'{{"id": "{op.id}", "gate": {gate}, "qubits": {_ints(op.qubits)}']
    if op.params:
        # The printed form of an angle holds nothing that JSON escapes.
        parts.append('"params": [' + ", ".join(f'"{p}"' for p in op.params) + "]")
    if op.matrix is not None:
        parts.append(f'"matrix": {print_matrix(op.matrix)}')
    if op.label is not None:
        parts.append(f'"label": {_dump(op.label)}')
    parts += [
        f'"{key}": {_ints(values)}'
        for key, values in (
            ("controls", op.controls),
            ("anticontrols", op.anticontrols),
            ("clbits", op.clbits),
        )
        if values
    ]
    if op.condition is not None:
        parts.append(f'"if": {{"clbits": {_ints(op.condition.clbits)}, "value": {op.condition.value}}}')
    return ", ".join(parts) + "}"


def _print_ops(ops: tuple[Operation, ...]) -> str:
    rows = ",\n".join(map(_print_op, ops))
    return f'"ops": [\n{rows}\n]' if ops else '"ops": []'


def _print_block(block: Block) -> str:
    return f'{{"name": {_dump(block.name)}, "qubits": {block.qubits}, {_print_ops(block.ops)}}}'


def to_text(circuit: Circuit) -> str:
    """Return the canonical text.

    Example:
        >>> print(to_text(Circuit(1).append("ry", 0, "x[0]")), end="")
        {
        "qlab": "circuit/1",
        "name": "circuit",
        "qubits": ["q0"],
        "ops": [
        {"id": "g1", "gate": "ry", "qubits": [0], "params": ["x[0]"]}
        ]
        }
    """
    lines = [
        f'"qlab": "{FORMAT}"',
        f'"name": {_dump(circuit.name)}',
        f'"qubits": {_dump(list(circuit.qubits))}',
    ]
    if circuit.clbits:
        lines.append(f'"clbits": {_dump(list(circuit.clbits))}')
    if circuit.names:
        lines.append(f'"names": {_dump(dict(circuit.names))}')
    if circuit.blocks:
        lines.append('"blocks": [\n' + ",\n".join(map(_print_block, circuit.blocks)) + "\n]")
    lines.append(_print_ops(circuit.ops))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_text(text: str, *, limits: Mapping[str, int] | None = None) -> Circuit:
    """Return the circuit of a text.

    Args:
        text: JSON as `to_text` prints it, or written by hand.
        limits: Raises a limit by name: ``{"qubits": 64, "ops": 10_000, "text": 1_000_000}``.

    Raises:
        CircuitError: with ``where`` = ``"line 3, column 7"`` or ``"op g3, field params[0], column 5"``.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    check_limit("text", size, limits)
    try:
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        raise CircuitError(
            "the text is not JSON: " + error.msg[:1].lower() + error.msg[1:],
            where=f"line {error.lineno}, column {error.colno}",
            cure="mend the text there",
        ) from None
    except (ValueError, RecursionError) as error:
        raise CircuitError(f"the text is not JSON: {str(error)[:80]}", cure="mend the text") from None
    if not isinstance(data, dict):
        cure = f'begin with {{"qlab": "{FORMAT}", ...}}'
        raise CircuitError("the text is not a circuit, but another value", where="line 1, column 1", cure=cure)
    _keys(data, _KEYS, "")
    if data.get("qlab") != FORMAT:
        raise CircuitError(
            f"the format is {_dump(data.get('qlab'))[:40]}, not {FORMAT}",
            where="field qlab",
            cure=f'write "{FORMAT}", or update qlab',
        )
    qubits, clbits = _names(data.get("qubits"), "qubits"), _names(data.get("clbits", []), "clbits")
    rows = _list(data.get("ops"), "field ops")
    check_limit("ops", len(rows), limits)
    names = data.get("names", {})
    if not isinstance(names, dict):
        raise CircuitError("names is not an object", where="field names", cure='write {"w[0]": "θ[0]"}')
    blocks = [_read_block(row, i, limits) for i, row in enumerate(_list(data.get("blocks", []), "field blocks"))]
    ops = [_read_op(row, i) for i, row in enumerate(rows)]
    name = data.get("name", "circuit")
    return Circuit(qubits, ops, clbits=clbits, name=name, names=names, blocks=blocks, limits=limits)


def _read_block(row: object, index: int, limits: Mapping[str, int] | None) -> Block:
    where = f"field blocks[{index}]"
    if not isinstance(row, dict):
        cure = 'write {"name": "A", "qubits": 1, "ops": []}'
        raise CircuitError(f"block {index} is not an object", where=where, cure=cure)
    _keys(row, _BLOCK_KEYS, where, "a block")
    name = check_name(row.get("name"), where)
    try:
        qubits = _integer(row.get("qubits"), "field qubits")
        rows = _list(row.get("ops"), "field ops")
        check_limit("ops", len(rows), limits)
        return Block(name, qubits, tuple(_read_op(one, i) for i, one in enumerate(rows)))
    except CircuitError as error:
        raise inside(name, error) from None


def _read_op(row: object, index: int) -> Operation:
    if not isinstance(row, dict):
        raise CircuitError(f"operation {index} is not an object", where=f"op {index}", cure='write {"id": "g1", ...}')
    id = row.get("id")
    if not isinstance(id, str):
        raise CircuitError(f"operation {index} has no id", where=f"op {index}, field id", cure='write "id": "g1"')
    where = f"op {id[:32]}"
    _keys(row, _OP_KEYS, where)
    gate = row.get("gate")
    if not isinstance(gate, str) or not (gate in GATES or gate == UNITARY.name or _is_block(gate)):
        base, controls = lookup(gate, f"{where}, field gate")
        raise CircuitError(
            f"{_dump(gate)} is not a gate in normal form",
            where=f"{where}, field gate",
            cure=f'write "{base.name}"' + (" with controls" if controls else ""),
            value=gate,
        )
    params = _list(row.get("params", []), f"{where}, field params")
    for i, p in enumerate(params):
        if isinstance(p, bool) or not isinstance(p, (str, int, float)):
            place = f"{where}, field params[{i}]"
            raise CircuitError("an angle must be a text or a number", where=place, cure='write "x[0]"', value=p)
    found, qubits, angles, ones, zeros = normalise(
        gate,
        _integers(row, "qubits", where),
        params,
        _integers(row, "controls", where),
        _integers(row, "anticontrols", where),
        where,
    )
    condition = _read_condition(row["if"], f"{where}, field if") if "if" in row else None
    bits = _integers(row, "clbits", where)
    matrix = from_pairs(row["matrix"], f"{where}, field matrix") if "matrix" in row else None
    label = check_name(row["label"], f"{where}, field label") if "label" in row else None
    return Operation(id, found.name, qubits, angles, ones, zeros, bits, condition, matrix, label)


def _is_block(gate: str) -> bool:
    return gate.startswith(BLOCK) and len(gate) > len(BLOCK)


def _read_condition(value: object, where: str) -> Condition:
    cure = 'write "if": {"clbits": [0], "value": 1}'
    if not isinstance(value, dict) or set(value) != {"clbits", "value"} or not isinstance(value["clbits"], list):
        raise CircuitError("if needs clbits and a value", where=where, cure=cure, value=value)
    return Condition(tuple(_integer(v, where) for v in value["clbits"]), _integer(value["value"], where))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
        raise ValueError(f"the key {_dump(twice)} is given twice")
    return out


def _keys(data: dict[str, Any], known: tuple[str, ...], where: str, what: str = "") -> None:
    for key in data:
        if key not in known:
            what = what or ("an operation" if where else "a circuit")
            raise CircuitError(
                f"{_dump(key)[:40]} is not a field of {what}",
                where=where or f"field {key[:40]}",
                cure=f"remove it; the fields are {', '.join(known)}",
                value=key,
            )


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        shown = "nothing" if value is None else _dump(value)[:40]
        raise CircuitError(f"{where.rpartition(' ')[2]} is {shown}, not a list", where=where, cure="write [ ]")
    return value


def _names(value: object, field: str) -> list[str]:
    for name in (found := _list(value, f"field {field}")):
        if not isinstance(name, str):
            message = f"{field} holds {_dump(name)[:40]}, not only names"
            raise CircuitError(message, where=f"field {field}", cure='write ["q0", "q1"]', value=name)
    return found


def _integer(value: object, where: str) -> int:
    if isinstance(value, float) and value.is_integer():  # JavaScript can't tell 1.0 from 1
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CircuitError(f"{_dump(value)[:40]} is not an integer", where=where, cure="write 0", value=value)
    return value


def _integers(row: dict[str, Any], key: str, where: str) -> tuple[int, ...]:
    place = f"{where}, field {key}"
    return tuple(_integer(v, place) for v in _list(row.get(key, []), place))
