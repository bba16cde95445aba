// Builds the browser half: one anywidget bundle a widget, the plotly.js file they share, and the JupyterLab extension.
// Called by hatch_build.py and by `npm run build`. Must not touch the network and must write only to ../qlab/static,
// ../qlab/labextension and lib/.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "qlab", "static");
const labOut = join(here, "..", "qlab", "labextension");
const css = (name) => readFileSync(join(here, "style", `${name}.css`), "utf8");

// A widget's style sheet: the tokens and shared parts, then its own. The Lab holds all views.
const VIEWS = {
  designer: ["designer"],
  data: ["data"],
  panel: ["panel"],
  runs: ["runs"],
  optimise: ["optimise"],
  lab: ["designer", "data", "panel", "optimise", "lab"],
};
const sheet = (parts) => ["tokens", "components", ...parts].map(css).join("\n");

async function widgets() {
  const names = readdirSync(join(here, "src", "host", "widget"))
    .filter((f) => f.endsWith(".ts"))
    .map((f) => f.slice(0, -3))
    .filter((name) => name in VIEWS);
  await build({
    entryPoints: names.map((n) => join(here, "src", "host", "widget", `${n}.ts`)),
    outdir: out,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
  });
  for (const name of names) {
    const { code } = await transform(sheet(VIEWS[name]), { loader: "css", minify: true });
    writeFileSync(join(out, `${name}.css`), code);
  }
}

function plotly() {
  const from = join(here, "node_modules", "plotly.js-cartesian-dist-min");
  copyFileSync(join(from, "plotly-cartesian.min.js"), join(out, "plotly.min.js"));
  const licence = ["LICENSE", "LICENSE.md"].map((f) => join(from, f)).find(existsSync);
  if (licence) copyFileSync(licence, join(out, "plotly.LICENSE"));
}

async function labextension() {
  rmSync(join(here, "lib"), { recursive: true, force: true });
  rmSync(labOut, { recursive: true, force: true });
  await build({
    entryPoints: [join(here, "src", "host", "lab", "index.ts")],
    outfile: join(here, "lib", "index.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    loader: { ".svg": "text", ".css": "text" },
    external: ["@jupyterlab/*", "@lumino/*", "plotly.js-cartesian-dist-min"],
    plugins: [
      {
        name: "style-sheets", // `import css from "qlab:designer.css"` gives the whole sheet as text
        setup(b) {
          b.onResolve({ filter: /^qlab:.*\.css$/ }, (a) => ({
            path: a.path.slice(5, -4),
            namespace: "sheet",
          }));
          b.onLoad({ filter: /.*/, namespace: "sheet" }, (a) => ({
            contents: sheet(VIEWS[a.path]),
            loader: "text",
          }));
        },
      },
    ],
  });
  const builder = join(here, "node_modules", "@jupyter", "builder", "lib", "build-labextension.js");
  const core = join(here, "node_modules", "@jupyterlab", "core-meta", "core.package.json");
  const done = spawnSync(process.execPath, [builder, "--core-package-file", core, here], {
    cwd: here,
    stdio: "inherit",
  });
  if (done.status !== 0) throw new Error(`the labextension build failed with status ${done.status}`);
}

mkdirSync(out, { recursive: true });
await widgets();
plotly();
await labextension();
