/**
 * Copy, cut and paste: the text is OpenQASM 3, so that it pastes into another notebook or editor, and OpenQASM from
 * anywhere pastes here. Within the page the gates themselves are kept, which need no reading.
 */
import { needed } from "../core/blocks";
import type { Circuit } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { readFragment } from "../core/fragment";
import { paste } from "../core/paste";
import { toQasm3 } from "../core/qasm";
import { type Session, statsOf } from "./session";

let clip: { readonly text: string; readonly part: Pick<Circuit, "ops" | "blocks"> } | undefined;

/** The selected operations as OpenQASM 3, kept for a paste; undefined with nothing selected. */
export function copied(session: Session): string | undefined {
  const chosen = new Set(session.selection);
  const { circuit } = session;
  const ops = circuit.ops.filter((op) => chosen.has(op.id));
  if (ops.length === 0) return undefined;
  const blocks = needed(ops, circuit.blocks ?? []);
  const part: Circuit = { ...circuit, ops, blocks };
  const { text } = toQasm3(part);
  clip = { text, part };
  return text;
}

/** Puts copied gates, or those of any OpenQASM text, at the cursor. */
export function pasted(session: Session, text: string): void {
  if (text.trim() === "") {
    session.refuse("The clipboard holds no text. Copy gates, or OpenQASM.");
    return;
  }
  try {
    const own = clip?.text.trim() === text.trim();
    const part = own ? clip!.part : readFragment(text);
    if (!own && session.circuit.ops.length === 0 && replaces(session, part as Circuit)) return;
    const { cursor } = session;
    const { circuit, ids, added } = paste(session.circuit, part, cursor.col, cursor.wire);
    const wires = added > 0 ? ` ${added} ${added === 1 ? "wire" : "wires"} added.` : "";
    session.commit(circuit, `${ids.length} pasted.${wires} Depth ${statsOf(circuit).depth}.`);
    session.select(ids);
  } catch (error) {
    if (!(error instanceof CircuitError)) throw error;
    const where = error.line === undefined ? "" : `, line ${error.line}, column ${error.column}`;
    const what = error.line === undefined ? "" : `This text is not OpenQASM that qlab reads${where}: `;
    session.refuse(`${what}${sentence(error)}`);
  }
}

/** An empty drawing becomes the program, wires and names and all. */
function replaces(session: Session, program: Circuit): boolean {
  if (program.ops.length === 0) return false;
  const name = program.name === "circuit" ? session.circuit.name : program.name;
  const extra = session.circuit.qubits
    .slice(program.qubits.length)
    .filter((q) => !program.qubits.includes(q));
  const circuit = { ...program, name, qubits: [...program.qubits, ...extra] };
  session.commit(circuit, `${program.ops.length} pasted. Depth ${statsOf(circuit).depth}.`);
  session.select(circuit.ops.map((op) => op.id));
  return true;
}
