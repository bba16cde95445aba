// The JupyterLab extension: one plugin a file, each separately disableable. Must not hold logic of its own.
import { circuitSidebar } from "./circuit";
import { circuitDocument } from "./document";
import { launcher } from "./launcher";
import { plotly } from "./plotly";
import { runsSidebar } from "./runs";
import { stills } from "./stills";

export default [plotly, launcher, circuitDocument, circuitSidebar, runsSidebar, stills];
