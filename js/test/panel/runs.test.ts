// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Link } from "../../src/stream/messages";
import { runs } from "../../src/view/runs";
import { when } from "../../src/view/runsrows";

interface Sent {
  type: string;
  client: string;
  id: string;
  runs?: string[];
  action?: string;
  value?: string;
  text?: string;
}
const row = (id: string, over: object = {}) => ({
  id,
  name: `name ${id}`,
  state: "done",
  created: 1_700_000_000,
  step: 84,
  total: 84,
  elapsed: 1,
  loss: 0.1,
  val_loss: 0.2,
  figure: "accuracy",
  val: 0.9,
  test: null,
  optimizer: "adam",
  lr: 0.05,
  batch: 32,
  data: "digits",
  parent: null,
  parent_step: null,
  error: null,
  tags: [] as string[],
  note: "",
  ...over,
});
let root: HTMLElement;
let end: AbortController;
let sent: Sent[];
let say: (message: object) => void;
let opened: (readonly string[])[];
const $ = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector) as T;
const press = (el: Element, key: string) =>
  el.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const word = (text: string): HTMLButtonElement =>
  [...root.querySelectorAll<HTMLButtonElement>(".ql-runs-bar button")].find((b) => b.textContent === text)!;

/** The answer to the newest question. */
function answer(rows: object[], over: object = {}): void {
  const { client, id } = sent.findLast((m) => m.type === "runs")!;
  say({
    type: "runs",
    client,
    id,
    folder: "f",
    all: rows.length,
    total: rows.length,
    rows,
    tags: ["paper"],
    ...over,
  });
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  end = new AbortController();
  sent = [];
  opened = [];
  const link: Link = {
    send: (m) => sent.push(m as Sent),
    onMessage: (cb) => {
      say = (m) => cb(m as never, []);
      return () => {};
    },
  };
  const host = { open: (ids: readonly string[]) => opened.push(ids) > 0, resume: () => false };
  runs(root, link, host, end.signal).refresh();
});
afterEach(() => {
  end.abort();
  root.remove();
});

it("lists runs as text, whatever their names hold, and opens one by its name", () => {
  answer([row("A", { name: "<img src=x onerror=alert(1)>" }), row("B", { state: "running", step: 10 })]);
  expect(root.querySelector("img")).toBeNull();
  expect(root.querySelectorAll("tr[data-run]")).toHaveLength(2);
  expect($("[data-run=B] .ql-run-state").textContent).toBe("Runningstep 10 of 84");
  $("[data-run=A] .ql-run-name").click();
  expect(opened).toEqual([["A"]]);
});
it("compares, tags and deletes what is selected; deleting asks first", () => {
  answer([row("A"), row("B"), row("C", { state: "running" })]);
  for (const id of ["A", "B"]) $(`[data-run=${id}] input`).click();
  word("Compare").click();
  expect(opened).toEqual([["A", "B"]]);
  word("Tag").click();
  const field = $<HTMLInputElement>(".ql-runs-bar input");
  field.value = "paper";
  press(field, "Enter");
  expect(sent.at(-1)).toMatchObject({ type: "edit", action: "tag", runs: ["A", "B"], value: "paper" });
  word("Delete").click();
  expect(sent.at(-1)?.action).toBe("tag");
  word("Keep").click();
  word("Delete").click();
  word("Delete").click();
  expect(sent.at(-1)).toMatchObject({ action: "delete", runs: ["A", "B"] });
  const { client } = sent.at(-1) as Sent;
  say({ type: "edited", client, action: "delete", count: 2 });
  answer([row("C", { state: "running" })]);
  expect(root.querySelectorAll("tr[data-run]")).toHaveLength(1);
});
it("does not delete a run that goes on", () => {
  answer([row("C", { state: "running" })]);
  press($("[data-run=C] .ql-run-name"), "Delete");
  expect(word("Delete").disabled).toBe(true);
  expect($(".ql-runs-bar").textContent).toContain("stop them first");
});
it("answers to keys: arrows, Space, T, N, R", () => {
  answer([row("A"), row("B", { state: "stopped", note: "old" })]);
  const [a, b] = [$("[data-run=A] .ql-run-name"), $("[data-run=B] .ql-run-name")];
  a.focus();
  press(a, "ArrowDown");
  expect(document.activeElement).toBe(b);
  press(b, " ");
  expect($(".ql-runs-bar").textContent).toContain("1 run selected");
  press($("[data-run=B] .ql-run-name"), "n");
  const field = $<HTMLInputElement>(".ql-runs-bar input");
  expect(field.value).toBe("old");
  field.value = "new";
  press(field, "Enter");
  expect(sent.at(-1)).toMatchObject({ action: "note", runs: ["B"], value: "new" });
  // this host has no cells: the call is offered instead
  press($("[data-run=B] .ql-run-name"), "r");
  expect($(".ql-runs-code pre").textContent).toBe('qlab.resume("B").panel');
});
it("never paints an older answer over a newer question", () => {
  const first = sent[0] as Sent;
  $<HTMLSelectElement>("select[aria-label=State]").dispatchEvent(new Event("change"));
  answer([row("NEW")]);
  say({ type: "runs", client: first.client, id: first.id, rows: [row("OLD")], total: 1, all: 1 });
  expect([...root.querySelectorAll<HTMLElement>("tr[data-run]")].map((r) => r.dataset.run)).toEqual(["NEW"]);
});
it("says what to do where there is no run, and where none fits", () => {
  answer([]);
  expect($(".ql-runs-empty").textContent).toContain("No run yet");
  $<HTMLInputElement>("input[type=search]").value = "zzz";
  answer([], { all: 5 });
  expect($(".ql-runs-empty").textContent).toContain("No run fits");
});
it("shows a refusal with its cure", () => {
  answer([row("A")]);
  const { client } = sent[0] as Sent;
  say({ type: "error", client, id: "x", message: "the store is locked", cure: "close the other kernel" });
  expect($(".ql-note.err").textContent).toBe("The store is locked. Close the other kernel. ");
});
it("tells times as short as is unmistakable", () => {
  const now = new Date(2026, 10, 23, 15, 0).getTime();
  const at = (...a: [number, number, number, number, number]) => new Date(...a).getTime() / 1000;
  expect(when(at(2026, 10, 23, 14, 2), now)).toBe("14:02");
  expect(when(at(2026, 10, 21, 9, 5), now)).toBe("Sat 09:05");
  expect(when(at(2026, 9, 1, 9, 5), now)).toBe("1 Oct");
  expect(when(at(2025, 9, 1, 9, 5), now)).toBe("1 Oct 2025");
});
