/** What every test of a view needs: an element in the document and a life that ends with the test. */
import { afterEach, beforeEach } from "vitest";

export interface Page {
  root: HTMLElement;
  end: AbortController;
}

/** A fresh one before each test of the file that asks for it; `also` is called with it. */
export function page(also: () => void = () => {}): Page {
  const here: Page = { root: document.createElement("div"), end: new AbortController() };
  beforeEach(() => {
    here.root = document.createElement("div");
    here.end = new AbortController();
    document.body.append(here.root);
    also();
  });
  afterEach(() => {
    here.end.abort();
    here.root.remove();
  });
  return here;
}
