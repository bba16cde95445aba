/**
 * The field of one angle: parsed as it is typed, symbols coloured, an error marked under its column while the drawing
 * keeps the last good angle. One typing burst is one undo step.
 */

import { findOp, type Op } from "../core/circuit";
import { CircuitError, sentence } from "../core/errors";
import { parseExpr, printExpr } from "../core/expr";
import { evaluateSafely, slopes } from "./anglevalue";
import { fill, h, on } from "./dom";
import { fixed } from "./format";
import { icon } from "./icons";
import type { Session } from "./session";
import { tokens } from "./tokens";

export interface AngleField {
  readonly el: HTMLElement;
  readonly input: HTMLInputElement;
  update(): void;
}

export const GREEK: Record<string, string> = { theta: "θ", phi: "φ", lam: "λ", beta: "β" };
const PAUSE = 1000;

export function angleField(
  session: Session,
  id: string,
  index: number,
  name: string,
  count: number,
  done: (how: "stay" | "next" | "previous" | "leave") => boolean,
  signal: AbortSignal,
): AngleField {
  const input = h("input", {
    class: "ql-angle-in",
    spellcheck: false,
    autocomplete: "off",
    "aria-label": count > 1 ? `Angle ${GREEK[name] ?? name}` : "Angle",
    readonly: session.locked !== undefined,
  });
  const mirror = h("div", { class: "ql-angle-show", "aria-hidden": "true" });
  const ok = h("span", { class: "ok" });
  const field = h(
    "div",
    { class: "ql-field tall ql-angle" },
    h("div", { class: "ql-angle-box" }, mirror, input),
    ok,
  );
  const caret = h("div", { class: "ql-angle-caret", "aria-hidden": "true" }, "^");
  const problem = h("div", { class: "ql-angle-err", role: "alert" });
  const figures = h("div", { class: "ql-angle-fig" });
  const label = h("div", { class: "ql-lab" }, count > 1 ? `Angle ${GREEK[name] ?? name}` : "Angle");
  const el = h("div", { class: "ql-angle-row" }, label, field, caret, problem, figures);
  let error: CircuitError | undefined;
  let key = session.burst(`angle:${id}:${index}`);
  let typed = 0;

  const op = (): Op | undefined => findOp(session.circuit, id);
  const canonical = (): string => {
    const e = op()?.params[index];
    return e ? printExpr(e) : "";
  };
  const focused = (): boolean => {
    const root = input.getRootNode() as Document | ShadowRoot;
    return root.activeElement === input;
  };

  function paint(): void {
    fill(mirror, tokens(input.value));
    field.classList.toggle("is-bad", error !== undefined);
    input.setAttribute("aria-invalid", String(error !== undefined));
    fill(ok, icon(error ? "warn" : "check"));
    caret.hidden = error?.column === undefined;
    caret.style.setProperty("--col", String((error?.column ?? 1) - 1));
    problem.hidden = error === undefined;
    problem.textContent = error ? sentence(error) : "";
    figures.hidden = error !== undefined;
    const e = op()?.params[index];
    if (error || !e) return;
    const value = evaluateSafely(e, session.trial);
    fill(
      figures,
      h(
        "div",
        { class: "row between cap nowrap" },
        h("span", null, "= ", h("b", null, fixed(value, 4)), " rad"),
        h("span", null, `${fixed(value / Math.PI, 3)} π`),
      ),
      h(
        "div",
        { class: "ql-slopes cap nowrap" },
        slopes(e, session.trial).map(({ symbol, value: slope }) =>
          h(
            "span",
            null,
            "slope in ",
            h("span", { class: `mono ${symbol[0]}` }, symbol),
            ` = ${fixed(slope, 2)}`,
          ),
        ),
      ),
    );
  }

  function read(): void {
    const good = error === undefined;
    const now = Date.now();
    if (now - typed > PAUSE) key = session.burst(`angle:${id}:${index}`);
    typed = now;
    try {
      parseExpr(input.value);
      error = undefined;
    } catch (e) {
      if (!(e instanceof CircuitError)) throw e;
      error = e;
    }
    const current = op();
    if (!error && current) {
      const params = current.params.map((e, i) => (i === index ? input.value : printExpr(e)));
      session.run({ type: "params", id, params }, key);
    }
    paint();
    if (error && good) problem.scrollIntoView?.({ block: "nearest" }); // the field may stand at the lower edge
  }

  on(input, "input", read, signal);
  // as it scrolls, and not with each picture: to ask where it stands is to have the page laid out
  on(
    input,
    "scroll",
    () => {
      mirror.style.transform = `translateX(${-input.scrollLeft}px)`;
    },
    signal,
  );
  on(input, "focus", () => input.select(), signal);
  on(
    input,
    "blur",
    () => {
      if (!error) input.value = canonical();
      key = session.burst(`angle:${id}:${index}`);
      paint();
    },
    signal,
  );
  on(
    input,
    "keydown",
    (event) => {
      if (event.key === "Enter") done("leave");
      else if (event.key === "Tab") {
        if (done(event.shiftKey ? "previous" : "next")) event.preventDefault();
      } else if (event.key === "Escape") {
        error = undefined;
        input.value = canonical();
        paint();
        done("leave");
      } else return;
      event.stopPropagation();
    },
    signal,
  );

  return {
    el,
    input,
    update() {
      if (!focused() && !error) input.value = canonical();
      // undo from elsewhere while the field has the focus
      else if (focused() && !error && sameAngle(input.value, canonical()) === false)
        input.value = canonical();
      paint();
    },
  };
}

function sameAngle(text: string, canonical: string): boolean {
  try {
    return printExpr(parseExpr(text)) === canonical;
  } catch {
    return true;
  }
}
