// The icons of the extension. Drawn for qlab; colours follow the theme through JupyterLab's icon classes.
import { LabIcon } from "@jupyterlab/ui-components";

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none">${body}</svg>`;

export const circuitIcon = new LabIcon({
  name: "qlab:circuit",
  svgstr: svg(
    '<g class="jp-icon3" stroke="#616161" stroke-width="1.25"><path d="M1 5h3M9 5h6M1 11.5h8.5M13.5 11.5h1.5"/>' +
      '<rect x="4" y="2.5" width="5" height="5" rx="1"/><circle cx="11.5" cy="11.5" r="2"/>' +
      '<path d="M11.5 5v8.5M9.5 11.5h4"/></g><circle class="jp-icon3" cx="11.5" cy="5" r="1.25" fill="#616161"/>',
  ),
});

export const runsIcon = new LabIcon({
  name: "qlab:runs",
  svgstr: svg(
    '<g class="jp-icon3" stroke="#616161" stroke-width="1.25" stroke-linecap="round" stroke-linejoin="round">' +
      '<path d="M1.5 2v12h13"/><path d="M3.5 4c1 4.5 3 5.5 10.5 6"/><path d="M3.5 6.5c1.5 4.5 4 5.5 10.5 5.5"/>' +
      '<path d="M8 2.5h6M8 5h6"/></g>',
  ),
});

export const labIcon = new LabIcon({
  name: "qlab:lab",
  svgstr: svg(
    '<g class="jp-icon3" stroke="#616161" stroke-width="1.25" stroke-linecap="round" stroke-linejoin="round">' +
      '<path d="M1.5 2v12h13"/><path d="M3.5 4c1.5 5.5 3 7 10.5 7.5"/></g>' +
      '<rect class="jp-icon3" x="8.5" y="2.5" width="5" height="4.5" rx="1" stroke="#616161" stroke-width="1.25"/>' +
      '<path class="jp-icon3" d="M6.5 4.75h2M13.5 4.75h1.5" stroke="#616161" stroke-width="1.25"/>',
  ),
});
