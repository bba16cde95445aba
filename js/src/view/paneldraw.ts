/**
 * What the plots of a panel are drawn from, and which of them need it: one pane a step. The first pane is drawn each time;
 * where that takes long the others take turns, so that it stays live. Decides no arrangement.
 */

import type { Timers } from "../stream/session";
import { isActive } from "../stream/state";
import { Curves, type Settings } from "./panecurves";
import { isLog, type Scene } from "./panefigure";
import type { Members } from "./panelset";
import type { PlotPane } from "./paneplot";
import type { Tokens } from "./panetokens";
import type { Plotly } from "./plotly";

/** What the user has arranged and where he looks, at this moment. */
export interface Look {
  readonly settings: Settings;
  readonly zoom: [number, number] | null;
  readonly reset: number;
  readonly picked: number | null;
  /** Grows with each change of the theme. */
  readonly theme: number;
  readonly tokens: Tokens;
  readonly panes: readonly PlotPane[];
  /** Changes with the columns of the run. */
  readonly columns: string;
}

export interface Painter {
  scene(): Scene;
  /** One pane a step, so that a page stays smooth; `more` asks for another drawing, of the panes that are left. */
  draw(plotly: Plotly | null, done: () => void, more: () => void): Generator<void>;
}

const DESCRIBE = 1000;
/** Milliseconds of one drawing after which no further pane is begun. */
const LONG = 25;
/** Drawings in a row that may be of the first pane alone. */
const ALONE = 2;

export function painter(members: Members, look: () => Look, timers: Timers): Painter {
  const fine = new Curves();
  let described = 0;
  /** Where the panes after the first go on, and how many drawings in a row were of the first alone. */
  let turn = 1;
  let alone = 0;

  function scene(): Scene {
    const { settings, tokens, zoom, reset, picked } = look();
    const member = members.current;
    const { session, curves, readings } = member;
    const { status } = session.state;
    curves.use(session.columns, settings, status);
    const others = members.overlays(settings);
    const base = { settings, status, tokens, zoom, reset, picked, readings, others };
    return { run: member.id, curves, ...base, own: members.pen(member) };
  }

  /** The scene of a zoom for which finer rows have come. */
  function closer(now: Scene): Scene {
    const { detail } = members.current.zoom;
    if (!now.zoom || !detail) return now;
    fine.use(detail, now.settings, now.status);
    return { ...now, curves: fine };
  }

  /** What a pane's picture depends on. */
  function keyOf(pane: PlotPane, now: Scene, { theme, columns: seen, picked, zoom, reset }: Look): string {
    const { id, session, zoom: closer } = members.current;
    const finer = closer.detail?.n;
    const { columns, state } = session;
    const { status } = state;
    const { across, smoothing } = now.settings;
    const rows = [id, columns.version, seen.length, status?.state, status?.total];
    const marks = [picked, status?.events.length, status?.baseline?.name, members.pointed];
    const over = now.others.map((o) => `${o.id}:${o.color}:${o.curves.columns.version}`);
    const measured = pane.spec.watch ? now.readings.version : 0;
    const axis = [measured, across, smoothing, isLog(pane.spec, now.settings), zoom, reset, theme, finer];
    return [...rows, ...marks, ...over, ...axis].join();
  }

  return {
    scene,
    *draw(plotly, done, more) {
      if (!plotly) return;
      const { status, phase, have } = members.current.session.state;
      // before the first rows a pane keeps its grey bars, so that nothing jumps
      if (phase === "idle" || (status === null && have === 0)) return;
      const { panes } = look();
      let spent = 0;
      let others = 0;
      let left = false;
      const first = Math.min(turn, panes.length);
      for (const pane of [...panes.slice(0, 1), ...panes.slice(first), ...panes.slice(1, first)]) {
        const now = look();
        if (now.panes !== panes) return; // rebuilt meanwhile, for other columns
        if (!pane.element.isConnected) continue; // hidden
        const lead = pane === panes[0];
        left = !lead && spent > LONG && (others > 0 || alone < ALONE);
        if (left) {
          turn = panes.indexOf(pane);
          break;
        }
        const drawn = closer(scene());
        const start = timers.now();
        if (!pane.draw(plotly, drawn, keyOf(pane, drawn, now))) continue;
        spent += timers.now() - start;
        if (!lead) others++;
        yield;
      }
      alone = left && others === 0 ? alone + 1 : 0;
      done();
      if (left) more();
      const at = timers.now();
      if (at - described < DESCRIBE && isActive(status)) return;
      described = at;
      const now = scene();
      for (const pane of panes) pane.describe(now);
    },
  };
}
