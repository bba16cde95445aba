/** A circuit printed as code, with the operation each line stands for. Printing only: reading is Python's business. */
export type { Code } from "./code";
export { toQasm2 } from "./qasm2";
export { toQasm3 } from "./qasm3";
export { toQiskit } from "./qiskit";
