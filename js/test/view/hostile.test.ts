// @vitest-environment happy-dom
// Names that are scripts, in every view: nothing runs, and nothing of them becomes an element or an attribute that acts.
import { afterEach, describe, expect, it, vi } from "vitest";
import { designer } from "../../src/view/designer";
import { named, payloads } from "../payloads";
import { fakeStore } from "./helpers";

/** The picture, and the frame after it, in which the text follows. */
const frame = () =>
  new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 40));
const ALLOWED =
  /^(?:a|aside|b|button|canvas|circle|code|dd|defs|desc|div|dl|dt|ellipse|figcaption|figure|footer|g|h2|h3|header|i|input|label|line|lineargradient|option|p|path|rect|section|select|small|span|stop|svg|text|textarea|title)$/;

function acting(root: Element): string[] {
  const found: string[] = [];
  for (const el of root.querySelectorAll("*")) {
    if (!ALLOWED.test(el.localName.toLowerCase())) found.push(el.localName);
    for (const { name, value } of el.attributes) {
      if (/^on/i.test(name)) found.push(`${el.localName}[${name}]`);
      if (
        /^(?:href|src|action|formaction|style|xlink:href)$/i.test(name) &&
        /javascript:|url\((?!#)/i.test(value)
      )
        found.push(`${el.localName}[${name}=${value}]`);
    }
  }
  return found;
}

const pwned = vi.fn();
afterEach(() => expect(pwned).not.toHaveBeenCalled());

describe("names that are scripts", () => {
  it("are text in the drawing, every panel, menu and dialogue", async () => {
    Object.assign(globalThis, { pwned });
    const texts = named();
    expect(texts.length).toBeGreaterThanOrEqual(40);
    for (const [i, text] of texts.entries()) {
      const root = document.createElement("div");
      document.body.append(root);
      const end = new AbortController();
      designer(root, fakeStore(text), {}, end.signal);
      const key = (k: string, more = {}) =>
        root
          .querySelector(".ql-main")!
          .dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true, cancelable: true, ...more }));
      const click = (selector: string) => {
        for (const one of root.querySelectorAll<HTMLElement>(selector)) one.click();
      };
      key("Home");
      await frame();
      expect(acting(root), text).toEqual([]);
      click(".ql-insp-tabs button");
      await frame();
      expect(acting(root), text).toEqual([]);
      click(".ql-codehead [role=tab]");
      click(".ql-bar [aria-haspopup]");
      key("?");
      key("ArrowRight");
      key("k");
      await frame();
      expect(acting(root), text).toEqual([]);
      expect(root.textContent).toContain(payloads[i]);
      end.abort();
      root.remove();
    }
  });
});
