// The JupyterLab extension: one plugin a file, each separately disableable. Must not hold logic of its own.
import { circuitDocument } from "./document";
import { launcher } from "./launcher";
import { plotly } from "./plotly";
import { runsSidebar } from "./runs";

export default [plotly, launcher, circuitDocument, runsSidebar];
