/**
 * The Optimise view: a problem as a small grid, how to solve it, and the answer as it gets better. It joins its parts to
 * the link; the kernel holds the problem and the solve, so that two pages show the same.
 */

import type { Link } from "../stream/messages";
import { fill, h, on, setText } from "./dom";
import { icon } from "./icons";
import { ablationView } from "./optablate";
import { answerHead, refusal, seconds, stageBar } from "./optanswer";
import { solveBar } from "./optbar";
import { optCharts } from "./optcharting";
import { drawFigure, figureTitle } from "./optfigure";
import { sentence, taskGrid } from "./optgrid";
import { source } from "./optsource";
import type { Ablation, Figure, FormMessage, FromKernel, Refusal, Status, ToKernel } from "./opttypes";
import { followTheme } from "./theme";

let views = 0; // ids are unique in a page

export interface OptimiseEvents {
  /** A solve goes on, or has ended; the Lab marks its tab. */
  busy?(running: boolean): void;
}

/** Mounts the view into `root`; everything it adds ends with `signal`. */
export function optimise(root: HTMLElement, link: Link, events: OptimiseEvents, signal: AbortSignal): void {
  const send = (message: ToKernel): void => link.send(message);
  let form: FormMessage | undefined;
  let status: Status | null = null;
  let ablation: Ablation | null = null;
  let figure: Figure | null = null;
  let figureOf = "";
  let changed = false; // the problem, since the answer
  let wrong: (Refusal & { at: string }) | null = null;

  const bar = solveBar({ send, code: () => form?.code ?? "" }, signal);
  const from = source(send, signal);
  const grid = taskGrid(send, signal);
  const size = h("dl", { class: "ql-opt-size" });
  const sizeBox = h("div", null, h("h2", null, "Size"), size);
  const angles = h("div", { hidden: true });
  const drawWhy = h("div", { class: "cap", id: `ql-opt-why-${++views}` });
  const draw = h(
    "button",
    { class: "ql-btn", type: "button", "aria-describedby": drawWhy.id },
    icon("chip"),
    "Open in the designer",
  );
  on(draw, "click", () => send({ type: "circuit" }), signal);
  const drawBox = h("div", { class: "ql-opt-draw" }, draw, drawWhy);
  const compared = ablationView(signal);
  const note = h("div", { class: "ql-opt-note" });
  const stale = h(
    "div",
    { class: "ql-opt-stale", hidden: true },
    icon("info"),
    "The problem was changed since this answer. Solve again for its own.",
  );
  const head = h("div", { class: "ql-opt-head2" });
  const stages = h("div", { class: "ql-opt-stages" });
  const charts = optCharts(root, link, signal);
  const title = h("h2", null, "Answer");
  const keys = h("span", { class: "keys" });
  const canvas = h("div", { class: "ql-opt-canvas" });
  const picture = h("section", { class: "ql-opt-fig" }, h("div", { class: "row" }, title, keys), canvas);
  const waiting = h("div", { class: "ql-opt-blank" });
  const failed = h("div", { class: "ql-opt-blank", hidden: true });
  const answer = h(
    "div",
    { class: "ql-opt-main", hidden: true },
    stale,
    head,
    stages,
    charts.element,
    picture,
  );
  const side = h("div", { class: "ql-opt-side" }, from.element, grid.element, sizeBox, angles, drawBox);
  const body = h(
    "div",
    { class: "ql-opt-body" },
    side,
    h("div", { class: "ql-opt-main" }, compared.element, waiting, failed, answer),
  );
  const blank = from.blank;
  const said = h("span", { class: "row", role: "status" });
  const about = h("span", { class: "end" });
  const foot = h("footer", { class: "ql-foot ql-opt-foot" }, said, about);

  followTheme(root, signal, () => charts.retheme());
  root.classList.add("ql-opt");
  fill(root, bar.element, note, blank, body, foot);
  fill(
    waiting,
    h("h2", null, "Not solved yet"),
    h("p", { class: "sub" }, "Put your own figures into the grid, then press Solve."),
  );

  let width = 0;
  const sizes = new ResizeObserver(([entry]) => {
    const now = Math.round(entry?.contentRect.width ?? 0);
    if (now === width || now === 0) return;
    width = now;
    paint();
  });
  sizes.observe(canvas);

  function paint(): void {
    setText(title, figureTitle(figure));
    picture.hidden = figure === null;
    if (!figure) return;
    fill(canvas, drawFigure(figure, width || 760));
    const owners = figure.kind === "gantt" ? figure.owners : 0;
    const many = owners > 8;
    fill(
      keys,
      !many &&
        Array.from({ length: owners }, (_, k) =>
          h("span", { class: "ql-opt-key" }, h("i", { style: `background:var(--ql-s${k + 1})` }), `job ${k}`),
        ),
      owners > 0 &&
        h("span", { class: "ql-opt-key" }, h("i", { style: "border:2px solid var(--ql-ink-2)" }), "critical"),
    );
  }
  // a job across machines: pointing at one of its tasks dims the others
  on(
    canvas,
    "pointerover",
    (event) => {
      const owner = (event.target as Element).closest<SVGElement>(".ql-opt-bar")?.dataset.owner;
      const lit = figure?.kind === "gantt" && figure.owners > 0 && owner !== undefined;
      canvas.classList.toggle("dim", lit);
      for (const one of canvas.querySelectorAll<SVGElement>(".ql-opt-bar"))
        one.classList.toggle("lit", one.dataset.owner === owner);
    },
    signal,
  );
  on(canvas, "pointerleave", () => canvas.classList.remove("dim"), signal);

  function showForm(): void {
    const there = form?.form != null;
    blank.hidden = there;
    body.hidden = foot.hidden = !there;
    if (!form) return;
    setText(about, form.about);
    sizeBox.hidden = form.size.length === 0;
    bar.update(form, status, ablation?.running ?? false);
    showDraw();
    from.update(form);
    grid.update(form);
    fill(
      size,
      form.size.map(([name, value]) => [h("dt", null, name), h("dd", null, value)]),
    );
    const n = form.faults.length;
    fill(
      waiting,
      h("h2", null, n ? "A cell is wrong" : "Not solved yet"),
      h(
        "p",
        { class: "sub" },
        n ? "Mend it in the grid; Solve waits." : "Put your own figures into the grid, then press Solve.",
      ),
    );
  }

  function showNote(): void {
    const act = wrong && { label: "Close", run: () => refuse(null) };
    fill(note, wrong && wrong.at !== "read" && refusal(wrong, act, signal));
    from.refuse(wrong?.at === "read" ? wrong : null);
  }

  function refuse(error: typeof wrong): void {
    wrong = error;
    showNote();
  }

  function showAngles(): void {
    const c = status?.coarse;
    const [g, b] = [c?.gammas ?? [], c?.betas ?? []];
    angles.hidden = g.length === 0;
    const high = (values: readonly number[]): number => Math.max(...values.map(Math.abs), 1e-12);
    const bars = (values: readonly number[], kind: string) =>
      values.map((v) =>
        h("i", {
          class: kind,
          title: v.toFixed(4),
          style: `height:${(4 + (50 * Math.abs(v)) / high(values)).toFixed(1)}px`,
        }),
      );
    const text = `${g.length} layers; gamma ${g.map((v) => v.toFixed(3)).join(", ")}; beta ${b.map((v) => v.toFixed(3)).join(", ")}`;
    fill(
      angles,
      h("h2", null, "Angles"),
      h(
        "div",
        { class: "ql-opt-angles", role: "img", "aria-label": text },
        bars(g, ""),
        h("span"),
        bars(b, "b"),
      ),
      h(
        "div",
        { class: "row between cap" },
        h("span", null, `|γ|, ${g.length} layers`),
        h("span", null, `|β|, ${b.length} layers`),
      ),
    );
  }

  function showDraw(): void {
    const offer = status && status.state !== "running" && !changed ? status.circuit : form?.circuit;
    draw.disabled = !offer?.can;
    setText(drawWhy, offer?.why ? sentence(offer.why) : "");
  }

  function showBusy(): void {
    const comparing = ablation?.running ?? false;
    events.busy?.(status?.state === "running" || comparing);
    bar.update(form, status, comparing);
  }

  let drawn = "";
  function showStatus(): void {
    const running = status?.state === "running";
    const broken = status?.state === "failed";
    waiting.hidden = status !== null;
    failed.hidden = !broken;
    answer.hidden = status === null || broken;
    showBusy();
    showDraw();
    if (!status) return;
    stale.hidden = running || !changed;
    if (broken) {
      const error = status.error ?? { message: "the solve ended without an answer", cure: "solve again" };
      fill(failed, refusal(error, null, signal));
    } else if (JSON.stringify(status) !== drawn) {
      drawn = JSON.stringify(status);
      answerHead(head, status, signal);
      stageBar(stages, status);
      charts.update(status);
    }
    if (figureOf !== status.key) {
      figure = null;
      paint();
    }
    showAngles();
    const holds = status.bound === null ? "" : "; the bound holds";
    const words: Record<string, string> = {
      running:
        status.preparing ||
        `solving, ${seconds(status.seconds)}${status.limit > 0 ? ` of ${status.limit} s` : ""}`,
      optimal: `solved in ${seconds(status.seconds)}`,
      stopped: `stopped after ${seconds(status.seconds)}${holds}`,
      "time limit": `time limit of ${status.limit} s reached${holds}`,
      done: `done in ${seconds(status.seconds)}`,
      failed: "no answer",
    };
    const text = words[status.state] ?? status.state;
    if (said.textContent !== text)
      fill(said, running ? null : icon(broken ? "warn" : "check"), h("span", null, text));
  }

  const stop = link.onMessage((message: FromKernel) => {
    if (message.type === "form") {
      form = message;
      changed = message.stale;
      if (wrong) refuse(null);
      showForm();
      if (status) showStatus();
    } else if (message.type === "status") {
      status = message.status;
      changed = status?.stale ?? changed;
      showStatus();
    } else if (message.type === "ablation") {
      ablation = message.ablation;
      compared.update(ablation);
      showBusy();
    } else if (message.type === "figure") {
      figure = message.figure;
      figureOf = message.key;
      paint();
    } else if (message.type === "refused") refuse(message);
  });
  signal.addEventListener("abort", () => {
    stop();
    sizes.disconnect();
    root.replaceChildren();
  });
  showForm();
  showStatus();
  send({ type: "open" });
}
