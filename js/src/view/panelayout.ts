/** Plotly's layout and config exactly as ui/README §5 has them, filled with the theme's tokens. No data. */

import type { Config, Layout } from "plotly.js";
import type { Tokens } from "./panetokens";

/** Room around the plot area in pixels; panel and tooltip compute places from it. */
export const MARGIN = { l: 44, r: 12, t: 8, b: 28 } as const;

export function baseLayout(t: Tokens, revision: string): Partial<Layout> {
  return {
    margin: { ...MARGIN },
    autosize: true,
    showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: t.font, size: 11, color: t.ink3 },
    colorway: [...t.series],
    uirevision: revision,
    // no `transition`, not even of 0 ms: with one, react ends in a relayout that pins the range it has just drawn
    hovermode: "x",
    hoverdistance: 24,
    spikedistance: -1,
    dragmode: "zoom",
    bargap: 0.08,
    barmode: "overlay",
    hoverlabel: {
      bgcolor: t.raised,
      bordercolor: t.line2,
      font: { size: 11, color: t.ink },
      align: "left",
      namelength: 24,
    },
    xaxis: {
      showgrid: false,
      zeroline: false,
      showline: true,
      linecolor: t.axis,
      ticks: "outside",
      ticklen: 4,
      tickcolor: t.axis,
      nticks: 6,
      showspikes: true,
      spikemode: "across",
      spikesnap: "cursor",
      spikethickness: 1,
      spikedash: "solid",
      spikecolor: t.ink3,
      fixedrange: false,
    },
    yaxis: {
      gridcolor: t.grid,
      gridwidth: 1,
      zeroline: false,
      showline: false,
      ticks: "",
      nticks: 5,
      automargin: false,
      exponentformat: "power",
      minexponent: 3,
    } as Layout["yaxis"],
    modebar: { bgcolor: "rgba(0,0,0,0)", color: t.ink3, activecolor: t.accent },
  } as Partial<Layout>;
}

export function config(name: string): Partial<Config> {
  return {
    displaylogo: false,
    responsive: false,
    displayModeBar: "hover",
    doubleClick: "reset",
    scrollZoom: false,
    showTips: false,
    modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    toImageButtonOptions: { format: "svg", filename: name },
  } as Partial<Config>;
}
