/**
 * The stored runs: find, compare, tag, note, delete, open, resume. The same view is the sidebar and the widget.
 * It talks to `RunsServer` over a link; what opens a panel is the host's, since only the host has cells.
 */

import type { Link } from "../stream/messages";
import { fill, h, on, setText } from "./dom";
import { plural } from "./format";
import { icon } from "./icons";
import { type MenuItem, openMenu } from "./menu";
import { runsKeys } from "./runskeys";
import { choiceOf, codeBox, entryField, faultBox, noRuns, runsTable } from "./runsparts";
import { canResume, isLive, type RunRow, runRow } from "./runsrows";
import type { Answer, RunsHost, RunsView } from "./runstypes";
import { followTheme } from "./theme";

const [POLL, PAGE] = [2000, 200]; // ms; rows an answer
const STATES = ["running", "paused", "done", "stopped", "failed", "interrupted"];

export type { RunsHost, RunsView } from "./runstypes";

export function runs(root: HTMLElement, link: Link, host: RunsHost, signal: AbortSignal): RunsView {
  const client = crypto.randomUUID();
  const chosen = new Set<string>();
  let rows: readonly RunRow[] = [];
  let tags: readonly string[] = [];
  let total = 0;
  let all = -1;
  let folder = "";
  let asked = 0;
  let heard = 0;
  let drawn = "";
  let deaf = false;
  let mode: "pick" | "tag" | "delete" | { note: string } = "pick";

  followTheme(root, signal);
  root.classList.add("ql-runsview");
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const search = h("input", {
    class: "ql-field grow",
    type: "search",
    placeholder: "Name, data, note, id",
    "aria-label": "Find runs",
  });
  const state = choiceOf("State", [["", "Any state"], ...STATES.map((s) => [s, s] as const)]);
  const tag = choiceOf("Tag", [["", "Any tag"]]);
  const again = h(
    "button",
    { type: "button", class: "ql-btn quiet", "aria-label": "Read the list again", title: "Read again" },
    icon("refresh"),
  );
  const count = h("span", { class: "cap", role: "status" });
  const bar = h("div", { class: "ql-runs-bar" });
  const note = h("div", { class: "ql-runs-note" });
  const body = h("tbody");
  const table = runsTable(body);
  const empty = h("div", { class: "ql-runs-empty" });
  const away = h("div", { class: "ql-runs-empty", hidden: true });
  const main = h(
    "div",
    { class: "ql-runs-main" },
    h("div", { class: "ql-runs-find" }, search, state, tag, again),
    note,
    bar,
    h("div", { class: "ql-runs-scroll" }, table, empty),
    h("div", { class: "ql-runs-foot" }, count),
  );
  fill(root, main, away);

  // -- asking ----------------------------------------

  function send(message: Record<string, unknown>): void {
    try {
      link.send({ client, id: `${client}:${asked}`, ...message });
    } catch {
      deaf = true;
      say("err", "No kernel answers.", "Start one and read the list again.");
    }
  }
  function refresh(): void {
    asked++;
    send({ type: "runs", text: search.value.trim(), state: state.value, tag: tag.value, n: PAGE });
  }
  const edit = (ids: readonly string[], action: string, value?: string): void => {
    asked++;
    send({ type: "edit", runs: ids, action, ...(value === undefined ? {} : { value }) });
  };

  const stop = link.onMessage((message) => {
    const answer = message as Answer;
    if (typeof answer !== "object" || answer === null || answer.client !== client) return;
    if (answer.type === "runs") {
      // an older answer is never painted over a newer question
      const number = Number(String(answer.id).split(":").at(-1));
      if (number < heard) return;
      heard = number;
      if (deaf) say(null);
      deaf = false;
      rows = answer.rows ?? [];
      tags = answer.tags ?? [];
      total = answer.total ?? rows.length;
      all = answer.all ?? total;
      folder = answer.folder ?? "";
      paint();
    } else if (answer.type === "edited") {
      say(null);
      if (answer.action === "delete") {
        chosen.clear();
        setMode("pick");
        spoken(`${plural(answer.count ?? 0, "run")} deleted.`);
      }
      refresh();
    } else if (answer.type === "script" && answer.text !== undefined) offer(answer.text);
    else if (answer.type === "error") say("err", answer.message ?? "The kernel refused.", answer.cure ?? "");
  });
  signal.addEventListener("abort", () => {
    stop();
    clearInterval(poll);
    root.replaceChildren();
  });
  const poll = window.setInterval(() => {
    const visible = root.isConnected && root.offsetParent !== null && !root.ownerDocument.hidden;
    if (visible && away.hidden && rows.some(isLive)) refresh();
  }, POLL);

  // -- painting ----------------------------------------

  function say(kind: "err" | null, text = "", cure = ""): void {
    fill(note, kind && faultBox(text, cure));
  }
  const spoken = (text: string): void => setText(count, text);

  function paint(): void {
    const known = new Set(rows.map((row) => row.id));
    for (const id of [...chosen]) if (!known.has(id)) chosen.delete(id);
    const key = JSON.stringify([rows, [...chosen], all]);
    if (key !== drawn) {
      drawn = key;
      const focus = pointed.focused();
      const now = Date.now();
      fill(
        body,
        rows.map((row) => runRow(row, chosen.has(row.id), now)),
      );
      if (focus)
        pointed.rowOf(focus.id)?.querySelector<HTMLElement>(focus.part)?.focus({ preventScroll: true });
      const filtered = search.value.trim() !== "" || state.value !== "" || tag.value !== "";
      spoken(
        all < 0
          ? ""
          : rows.length < total
            ? `${rows.length} of ${plural(total, "run")}, the newest first; narrow the search for the others`
            : filtered
              ? `${total} of ${plural(all, "run")}`
              : plural(all, "run"),
      );
      count.title = folder;
      const keep = tag.value;
      fill(
        tag,
        h("option", { value: "" }, "Any tag"),
        tags.map((t) => h("option", { value: t }, t)),
      );
      tag.value = tags.includes(keep) ? keep : "";
      tag.hidden = tags.length === 0;
      table.hidden = rows.length === 0;
      empty.hidden = rows.length > 0;
      fill(empty, rows.length > 0 ? [] : noRuns(filtered ? all : 0, showAll, signal));
    }
    choose();
  }

  function showAll(): void {
    for (const field of [search, state, tag]) field.value = "";
    refresh();
  }

  /** The bar of what can be done with the selected runs; it takes the place of nothing, so nothing jumps. */
  function choose(): void {
    const ids = [...chosen];
    bar.classList.toggle("on", ids.length > 0);
    const key = JSON.stringify([ids, mode, tags]);
    if (bar.dataset.key === key) return;
    bar.dataset.key = key;
    if (ids.length === 0) {
      fill(
        bar,
        h("span", { class: "cap" }, rows.length > 0 ? "Select runs to compare, tag or delete them." : ""),
      );
      return;
    }
    const many = plural(ids.length, "run");
    if (mode === "delete") {
      const live = rows.filter((row) => chosen.has(row.id) && isLive(row)).length;
      const text =
        live > 0 ? `${plural(live, "run")} of these go on: stop them first.` : `Delete ${many} for good?`;
      const yes = button("Delete", "trash", () => edit(ids, "delete"), "danger");
      yes.disabled = live > 0;
      fill(
        bar,
        h("b", { class: "grow" }, text),
        yes,
        button("Keep", "close", () => setMode("pick")),
      );
      (live > 0 ? (bar.lastElementChild as HTMLElement) : yes).focus();
    } else if (mode === "tag" || typeof mode === "object") entry(ids);
    else
      fill(
        bar,
        h("b", { class: "grow" }, `${many} selected`),
        button(ids.length > 1 ? "Compare" : "Open", "eye", () => open(ids), "primary"),
        button("Tag", "flag", () => setMode("tag")),
        button("Delete", "trash", () => setMode("delete")),
        button("Clear", "close", () => pick([], true), "quiet"),
      );
  }

  function entry(ids: readonly string[]): void {
    const noting = typeof mode === "object" ? mode.note : null;
    const target = noting === null ? ids : [noting];
    const stop = (): void => setMode("pick");
    const keep = (text: string): void => {
      if (noting !== null || text) edit(target, noting === null ? "tag" : "note", text);
      if (noting !== null) chosen.delete(noting);
      stop();
    };
    const about = noting === null ? `Tag for ${plural(ids.length, "run")}` : `Note on ${noting}`;
    const { field, list } =
      noting === null
        ? entryField({ about, holder: "tag", longest: 64, value: "", offers: tags }, keep, stop, signal)
        : entryField(
            {
              about,
              holder: "note",
              longest: 4000,
              value: rows.find((row) => row.id === noting)?.note ?? "",
            },
            keep,
            stop,
            signal,
          );
    fill(
      bar,
      field,
      list,
      button("Keep", "check", () => keep(field.value.trim()), "primary"),
      button("Cancel", "close", stop),
    );
    field.focus();
  }

  function button(
    word: string,
    glyph: Parameters<typeof icon>[0],
    run: () => void,
    kind = "",
  ): HTMLButtonElement {
    const made = h("button", { type: "button", class: `ql-btn ${kind}` }, icon(glyph), h("span", null, word));
    made.addEventListener("click", run); // ends with the button
    return made;
  }
  function setMode(next: typeof mode): void {
    mode = next;
    choose();
  }
  function pick(ids: readonly string[], only = false): void {
    if (only) chosen.clear();
    for (const id of ids) if (!chosen.delete(id)) chosen.add(id);
    mode = "pick";
    paint();
  }

  function open(ids: readonly string[]): void {
    const quoted = ids.map((id) => JSON.stringify(id)).join(", ");
    if (!host.open(ids))
      offer(ids.length > 1 ? `qlab.compare([${quoted}]).panel` : `qlab.open_run(${quoted}).panel`);
  }
  function resume(id: string): void {
    if (!host.resume(id)) offer(`qlab.resume(${JSON.stringify(id)}).panel`);
  }
  /** Code that the reader runs where this host can't. */
  function offer(code: string): void {
    fill(
      note,
      codeBox(code, () => say(null), signal),
    );
  }
  function menu(id: string, anchor: HTMLElement): void {
    const row = rows.find((r) => r.id === id);
    if (!row) return;
    const items: MenuItem[] = [{ label: "Open panel", note: "Enter", run: () => open([id]) }];
    if (canResume(row)) items.push({ label: "Resume", note: "R", run: () => resume(id) });
    items.push(
      { label: row.note ? "Change the note" : "Add a note", note: "N", run: () => write(id) },
      { label: "Tag", note: "T", run: () => withOnly(id, "tag") },
      ...row.tags.map((t) => ({ label: `Remove tag ${t}`, run: () => edit([id], "untag", t) })),
      { label: "Show as a script", run: () => send({ type: "script", run: id }) },
      { label: "Delete", note: "Del", run: () => withOnly(id, "delete") },
    );
    openMenu(root, anchor, `${row.name}, menu`, items);
  }
  function withOnly(id: string, next: "tag" | "delete"): void {
    if (!chosen.has(id)) pick([id], true);
    setMode(next);
  }
  function write(id: string): void {
    if (!chosen.has(id)) pick([id], true);
    setMode({ note: id });
  }

  const pointed = runsKeys(
    root,
    body,
    {
      row: (id) => rows.find((r) => r.id === id),
      narrow(label) {
        tag.value = label;
        refresh();
      },
      menu,
      open: (id) => open([id]),
      pick: (id) => pick([id]),
      remove: (id) => withOnly(id, "delete"),
      tag: (id) => withOnly(id, "tag"),
      note: write,
      resume,
      back() {
        if (mode === "pick" && chosen.size === 0) return false;
        if (mode === "pick") pick([], true);
        else setMode("pick");
        return true;
      },
    },
    signal,
  );
  let typing = 0;
  on(
    search,
    "input",
    () => {
      clearTimeout(typing);
      typing = window.setTimeout(refresh, 200);
    },
    signal,
  );
  for (const field of [state, tag]) on(field, "change", refresh, signal);
  on(again, "click", refresh, signal);

  paint();
  return {
    refresh,
    away(content) {
      away.hidden = content === null;
      main.hidden = content !== null;
      fill(away, content ?? []);
    },
  };
}
