/** What Export offers: pictures, code and words, each to copy or to save. The texts come from core; here is only the way out. */
import { altText } from "../core/alttext";
import { CircuitError, sentence } from "../core/errors";
import { toSvg } from "../core/exportsvg";
import { toQasm2, toQasm3, toQiskit } from "../core/qasm";
import { toQuantikz } from "../core/quantikz";
import { writeClipboard } from "./codepane";
import { h } from "./dom";
import type { MenuItem } from "./menu";
import type { Session } from "./session";

/** A name that any file system takes. */
export const fileName = (name: string, extension: string): string =>
  `${
    name
      .replace(/[^\p{L}\p{N} ._-]/gu, "_")
      .replace(/^[. ]+|[. ]+$/g, "")
      .slice(0, 60) || "circuit"
  }.${extension}`;

function save(root: HTMLElement, blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name, class: "ql-away" });
  root.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The drawing as a bitmap, two pixels to one. */
export async function png(svg: { text: string; width: number; height: number }, scale = 2): Promise<Blob> {
  const limit = Math.min(scale, 16_000 / Math.max(svg.width, svg.height));
  const url = URL.createObjectURL(new Blob([svg.text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(svg.width * limit);
    canvas.height = Math.ceil(svg.height * limit);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => {
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function exportItems(session: Session, root: () => HTMLElement): MenuItem[] {
  const theme = (): "light" | "dark" => (root().classList.contains("ql-dark") ? "dark" : "light");
  const { name } = session.circuit;
  const guarded = async (act: () => void | Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      const cause = error instanceof CircuitError ? sentence(error) : "The browser refused. Try SVG instead.";
      session.refuse(`Nothing was exported. ${cause}`);
    }
  };
  const copy =
    (what: string, text: () => string): (() => void) =>
    () =>
      void guarded(async () => {
        const ok = await writeClipboard(text(), root());
        if (ok) session.notify({ kind: "info", text: `${what} copied.`, ms: 4000 });
        else session.refuse("The browser did not allow copying. Save the file instead.");
      });
  const download =
    (extension: string, type: string, text: () => string): (() => void) =>
    () =>
      void guarded(() => {
        save(root(), new Blob([text()], { type }), fileName(name, extension));
        session.notify({ kind: "info", text: `Saved as ${fileName(name, extension)}.`, ms: 4000 });
      });
  const { circuit, trial } = session;
  const svg = (): string => toSvg(circuit, theme()).text;
  const qasm3 = (): string => toQasm3(circuit).text;
  return [
    { label: "SVG picture", note: "save, colours of this theme", run: download("svg", "image/svg+xml", svg) },
    {
      label: "PNG picture",
      note: "save, twice the size",
      run: () =>
        void guarded(async () => {
          save(root(), await png(toSvg(circuit, theme())), fileName(name, "png"));
          session.notify({ kind: "info", text: `Saved as ${fileName(name, "png")}.`, ms: 4000 });
        }),
    },
    { label: "OpenQASM 3 file", note: "save .qasm", run: download("qasm", "text/plain", qasm3) },
    { label: "OpenQASM 3", note: "copy", run: copy("OpenQASM 3", qasm3) },
    {
      label: "OpenQASM 2",
      note: "copy, at the trial values",
      run: copy("OpenQASM 2", () => toQasm2(circuit, trial.x, trial.w).text),
    },
    { label: "Qiskit code", note: "copy", run: copy("Qiskit code", () => toQiskit(circuit).text) },
    { label: "LaTeX", note: "copy, for quantikz2", run: copy("LaTeX", () => toQuantikz(circuit)) },
    { label: "Alt text", note: "copy, the circuit in words", run: copy("Alt text", () => altText(circuit)) },
  ];
}
