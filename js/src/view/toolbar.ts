/** The bar on top: name, undo, zoom, templates, keys; what is low folds into a menu where it is narrow. */
import { fill, h, on } from "./dom";
import { exportItems } from "./exportmenu";
import { icon } from "./icons";
import { type MenuItem, menuButton } from "./menu";
import type { Session, Tab } from "./session";
import { TEMPLATES } from "./templates";
import { openTemplate } from "./templatesheet";

export interface ToolbarHost {
  root(): HTMLElement;
  focusCanvas(): void;
  zoom(by: -1 | 0 | 1): void;
  sheet(): void;
}

export function toolbar(
  session: Session,
  host: ToolbarHost,
  signal: AbortSignal,
): { el: HTMLElement; update(): void } {
  const name = h("input", {
    class: "ql-title ql-name",
    "aria-label": "Name of the circuit",
    spellcheck: false,
    maxlength: 64,
  });
  const quiet = (
    label: string,
    picture: Parameters<typeof icon>[0],
    act: () => void,
    key = "",
  ): HTMLButtonElement => {
    const button = h(
      "button",
      {
        class: "ql-btn icon quiet",
        type: "button",
        "aria-label": label,
        title: key ? `${label} (${key})` : label,
      },
      icon(picture),
    );
    on(button, "click", act, signal);
    return button;
  };
  const undo = quiet("Undo", "undo", () => session.undo(), "Ctrl Z");
  const redo = quiet("Redo", "redo", () => session.redo(), "Ctrl Y");
  const level = h("button", { class: "ql-btn quiet ql-zoom", type: "button", title: "Back to 100 %" });
  on(level, "click", () => session.set("zoom", 1), signal);
  const zoom = h(
    "span",
    { class: "row low ql-zooms", role: "group", "aria-label": "Zoom" },
    quiet("Zoom out", "minus", () => host.zoom(-1), "−"),
    level,
    quiet("Zoom in", "plus", () => host.zoom(1), "+"),
    quiet("Fit", "fit", () => host.zoom(0), "0"),
  );
  const templates = (): MenuItem[] =>
    TEMPLATES.map((t) => ({
      label: t.title,
      note: t.note(session.circuit.qubits.length),
      run: () => openTemplate(host.root(), session, t, host.focusCanvas),
    }));
  const wand = menuButton(
    host.root,
    { class: "ql-btn low", label: "Templates" },
    [icon("wand"), "Templates"],
    templates,
    signal,
  );
  const out = menuButton(
    host.root,
    { class: "ql-btn low", label: "Export" },
    [icon("download"), "Export"],
    () => exportItems(session, host.root),
    signal,
  );
  const panel = (tab: Tab): void => {
    session.set("panel", "gate");
    session.set("tab", tab);
  };
  const rest = (): MenuItem[] => [
    ...(session.locked ? [] : templates()),
    { label: "Trial values", run: () => panel("weights") },
    { label: "Wires", run: () => panel("wires") },
    ...exportItems(session, host.root),
    { label: "Zoom in", run: () => host.zoom(1) },
    { label: "Zoom out", run: () => host.zoom(-1) },
    { label: "Fit", run: () => host.zoom(0) },
  ];
  const more = menuButton(
    host.root,
    { class: "ql-btn icon quiet only-narrow", label: "More" },
    [icon("more")],
    rest,
    signal,
  );
  const back = h("button", { class: "ql-btn quiet ql-acc ql-back", type: "button", title: "K or Esc" });
  on(back, "click", () => session.open(undefined), signal);
  const lock = h("span", { class: "ql-pill ql-lock" }, icon("lock"), "Read-only");
  const el = h(
    "header",
    { class: "ql-bar" },
    back,
    name,
    lock,
    h("span", { class: "sep" }),
    undo,
    redo,
    h("span", { class: "sep low" }),
    zoom,
    h("span", { class: "end row" }, wand, out, more, quiet("Keyboard", "keyboard", host.sheet, "?")),
  );

  const focused = (): boolean => (name.getRootNode() as Document | ShadowRoot).activeElement === name;
  on(
    name,
    "change",
    () => {
      const text = name.value.trim();
      if (text !== session.circuit.name && !session.run({ type: "rename", name: text }))
        name.value = session.circuit.name;
    },
    signal,
  );
  on(
    name,
    "keydown",
    (event) => {
      if (event.key === "Escape") name.value = session.circuit.name;
      if (event.key !== "Escape" && event.key !== "Enter") return;
      event.stopPropagation();
      name.blur();
    },
    signal,
  );

  return {
    el,
    update() {
      back.hidden = session.inside === undefined;
      fill(back, icon("undo"), h("span", null, session.root.name), " / ");
      if (!focused()) name.value = session.circuit.name;
      name.size = Math.max(4, Math.min(28, [...name.value].length));
      name.readOnly = session.locked !== undefined;
      undo.disabled = !session.canUndo;
      redo.disabled = !session.canRedo;
      level.textContent = `${Math.round(session.zoom * 100)} %`;
      wand.disabled = session.locked !== undefined;
      lock.hidden = session.locked === undefined || session.conflict !== undefined;
      lock.title = session.locked ?? "";
    },
  };
}
