/**
 * The matrices of the base gates, as Qiskit defines them, little-endian: of a gate on qubits [a, b], a is the low bit of
 * the row and column index. Row-major, real and imaginary parts apart. Controls are the simulator's business.
 */

export interface Matrix {
  readonly re: readonly number[];
  readonly im: readonly number[];
}

type Entry = readonly [number, number];
const O: Entry = [0, 0];
const I: Entry = [1, 0];
const J: Entry = [0, 1];
const MINUS_J: Entry = [0, -1];
const R = Math.SQRT1_2;

const cis = (angle: number): Entry => [Math.cos(angle), Math.sin(angle)];
const real = (a: number): Entry => [a, 0];
const scale = ([re, im]: Entry, by: number): Entry => [re * by, im * by];
/** −i·by·e^(i angle) */
const minusI = (by: number, angle = 0): Entry => [by * Math.sin(angle), -by * Math.cos(angle)];

const pack = (...entries: Entry[]): Matrix => ({
  re: entries.map((e) => e[0]),
  im: entries.map((e) => e[1]),
});
const diagonal = (...d: Entry[]): Matrix =>
  pack(...d.flatMap((e, row) => d.map((_, col) => (row === col ? e : O))));

const FIXED: Record<string, Matrix> = {
  h: pack(real(R), real(R), real(R), real(-R)),
  x: pack(O, I, I, O),
  y: pack(O, MINUS_J, J, O),
  z: diagonal(I, real(-1)),
  s: diagonal(I, J),
  sdg: diagonal(I, MINUS_J),
  t: diagonal(I, [R, R]),
  tdg: diagonal(I, [R, -R]),
  sx: pack([0.5, 0.5], [0.5, -0.5], [0.5, -0.5], [0.5, 0.5]),
  sxdg: pack([0.5, -0.5], [0.5, 0.5], [0.5, 0.5], [0.5, -0.5]),
  id: diagonal(I, I),
  swap: pack(I, O, O, O, O, O, I, O, O, I, O, O, O, O, O, I),
  iswap: pack(I, O, O, O, O, O, J, O, O, J, O, O, O, O, O, I),
  ecr: pack(O, [R, 0], O, [0, R], [R, 0], O, [0, -R], O, O, [0, R], O, [R, 0], [0, -R], O, [R, 0], O),
  dcx: pack(I, O, O, O, O, O, O, I, O, I, O, O, O, O, I, O),
};

const ROTATIONS: Record<string, (...angles: number[]) => Matrix> = {
  rx: (t) => pairs2(Math.cos(t / 2), minusI(Math.sin(t / 2)), minusI(Math.sin(t / 2))),
  ry: (t) => pairs2(Math.cos(t / 2), real(-Math.sin(t / 2)), real(Math.sin(t / 2))),
  rz: (t) => diagonal(cis(-t / 2), cis(t / 2)),
  p: (t) => diagonal(I, cis(t)),
  r: (t, phi) => pairs2(Math.cos(t / 2), minusI(Math.sin(t / 2), -phi!), minusI(Math.sin(t / 2), phi!)),
  u: (t, phi, lam) => {
    const [c, s] = [Math.cos(t / 2), Math.sin(t / 2)];
    return pack(real(c), scale(cis(lam!), -s), scale(cis(phi!), s), scale(cis(phi! + lam!), c));
  },
  rxx: (t) => {
    const [c, s] = [real(Math.cos(t / 2)), minusI(Math.sin(t / 2))];
    return pack(c, O, O, s, O, c, s, O, O, s, c, O, s, O, O, c);
  },
  ryy: (t) => {
    const [c, s] = [real(Math.cos(t / 2)), minusI(Math.sin(t / 2))];
    const plus = scale(s, -1);
    return pack(c, O, O, plus, O, c, s, O, O, s, c, O, plus, O, O, c);
  },
  rzz: (t) => diagonal(cis(-t / 2), cis(t / 2), cis(t / 2), cis(-t / 2)),
  rzx: (t) => {
    const [c, s] = [real(Math.cos(t / 2)), minusI(Math.sin(t / 2))];
    const plus = scale(s, -1);
    return pack(c, O, s, O, O, c, O, plus, s, O, c, O, O, plus, O, c);
  },
  xx_plus_yy: (t, beta) => {
    const [c, s] = [real(Math.cos(t / 2)), Math.sin(t / 2)];
    return pack(I, O, O, O, O, c, minusI(s, -beta!), O, O, minusI(s, beta!), c, O, O, O, O, I);
  },
  xx_minus_yy: (t, beta) => {
    const [c, s] = [real(Math.cos(t / 2)), Math.sin(t / 2)];
    return pack(c, O, O, minusI(s, -beta!), O, I, O, O, O, O, I, O, minusI(s, beta!), O, O, c);
  },
  gphase: (t) => pack(cis(t)),
};

const pairs2 = (c: number, right: Entry, left: Entry): Matrix => pack(real(c), right, left, real(c));

/** The matrix of a unitary gate, or undefined for measure, reset and barrier. */
export function matrix(gate: string, angles: readonly number[] = []): Matrix | undefined {
  return FIXED[gate] ?? ROTATIONS[gate]?.(...angles);
}
