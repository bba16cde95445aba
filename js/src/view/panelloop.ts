/** When to draw: the words at the next frame, the plots at most ten times a second and never more than two thirds of the time. */

export interface Loop {
  /** Something changed that words show. */
  words(): void;
  /** Something changed that plots show. */
  plots(): void;
}

const PERIOD = 100;
/** Milliseconds of drawing in one frame; what is left over is drawn in the next. */
const SLICE = 10;

/** `drawWords` and the steps of `drawPlots` run in animation frames, so not at all in a hidden page. */
export function loop(drawWords: () => void, drawPlots: () => Iterator<void>, signal: AbortSignal): Loop {
  let wordsDue = false;
  let plotsDue = false;
  let drawing: Iterator<void> | null = null;
  let frame = 0;
  let timer = 0;
  let next = 0;
  let cost = 0;

  function run(): void {
    frame = 0;
    if (signal.aborted) return;
    if (wordsDue) {
      wordsDue = false;
      drawWords();
    }
    if (!drawing && plotsDue) {
      const wait = next - performance.now();
      if (wait > 0) {
        timer ||= window.setTimeout(later, wait);
        return;
      }
      plotsDue = false;
      cost = 0;
      // one that is a little late doesn't make the next one late, too
      next = (-wait < PERIOD / 2 ? next : performance.now()) + PERIOD;
      drawing = drawPlots();
    }
    if (drawing) slice(drawing);
  }
  function slice(work: Iterator<void>): void {
    const start = performance.now();
    let done = false;
    while (!done && performance.now() - start < SLICE) done = work.next().done === true;
    cost += performance.now() - start;
    if (done) {
      drawing = null;
      next = Math.max(next, performance.now() + cost / 2);
    }
    if (!done || plotsDue) ask();
  }
  function later(): void {
    timer = 0;
    ask();
  }
  function ask(): void {
    frame ||= requestAnimationFrame(run);
  }
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });
  return {
    words() {
      wordsDue = true;
      ask();
    },
    plots() {
      plotsDue = true;
      ask();
    },
  };
}
