/**
 * Chooses the theme classes of a widget's root from its host (JupyterLab, VS Code, Colab, anything else)
 * and follows changes until the signal ends. It sets ql-light, ql-dark, ql-hc-light, ql-hc-dark and nothing else.
 */

export interface Theme {
  readonly dark: boolean;
  readonly contrast: boolean;
}

/** The theme the host shows around `root`, in the order of ui/README §2. */
export function themeOf(root: Element): Theme {
  const doc = root.ownerDocument;
  const body = doc.body;
  const jp = body.getAttribute("data-jp-theme-light");
  if (jp !== null) {
    const contrast = (body.getAttribute("data-jp-theme-name") ?? "").includes("High Contrast");
    return { dark: jp === "false", contrast };
  }
  const has = (name: string) => body.classList.contains(name);
  if (has("vscode-high-contrast-light")) return { dark: false, contrast: true };
  if (has("vscode-high-contrast")) return { dark: true, contrast: true };
  if (has("vscode-dark")) return { dark: true, contrast: false };
  if (has("vscode-light")) return { dark: false, contrast: false };
  const colab = doc.documentElement.getAttribute("theme");
  if (colab === "dark" || colab === "light") return { dark: colab === "dark", contrast: false };
  const above = luminanceAbove(root);
  const win = doc.defaultView;
  const prefers = (query: string) => win?.matchMedia?.(query).matches ?? false;
  const dark = above === undefined ? prefers("(prefers-color-scheme: dark)") : above < 0.4;
  return { dark, contrast: prefers("(prefers-contrast: more)") };
}

function luminanceAbove(root: Element): number | undefined {
  const win = root.ownerDocument.defaultView;
  for (let el = root.parentElement; el && win; el = el.parentElement) {
    const rgb = /^rgba?\(([\d.]+),? ([\d.]+),? ([\d.]+)(?:,? ?\/? ?([\d.]+))?\)/.exec(
      win.getComputedStyle(el).backgroundColor,
    );
    if (rgb && (rgb[4] === undefined || Number(rgb[4]) > 0.5))
      return (0.2126 * Number(rgb[1]) + 0.7152 * Number(rgb[2]) + 0.0722 * Number(rgb[3])) / 255;
  }
  return undefined;
}

/** Keeps the theme classes of `root` in step with its host; `onChange` runs after each change but the first. */
export function followTheme(
  root: HTMLElement,
  signal: AbortSignal,
  onChange?: (theme: Theme) => void,
): Theme {
  let now: Theme | undefined;
  const update = () => {
    const next = themeOf(root);
    if (now && next.dark === now.dark && next.contrast === now.contrast) return;
    const first = now === undefined;
    now = next;
    root.classList.toggle("ql-light", !next.dark);
    root.classList.toggle("ql-dark", next.dark);
    root.classList.toggle("ql-hc-light", next.contrast && !next.dark);
    root.classList.toggle("ql-hc-dark", next.contrast && next.dark);
    if (!first) onChange?.(next);
  };
  root.classList.add("ql");
  update();
  const doc = root.ownerDocument;
  const watch = new MutationObserver(update);
  watch.observe(doc.body, {
    attributes: true,
    attributeFilter: ["class", "style", "data-jp-theme-light", "data-jp-theme-name"],
  });
  watch.observe(doc.documentElement, { attributes: true, attributeFilter: ["class", "style", "theme"] });
  signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  const win = doc.defaultView;
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"])
    win?.matchMedia?.(query).addEventListener?.("change", update, { signal });
  // a view is usually filled before it is attached: what is above it is known one frame later
  win?.requestAnimationFrame?.(() => {
    if (!signal.aborted) update();
  });
  return now ?? themeOf(root);
}
