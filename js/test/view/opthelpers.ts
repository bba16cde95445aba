/** What tests of the optimisation panel share. */
import type { Status } from "../../src/view/opttypes";

/** What the kernel says of a run; `changes` on top. */
export function status(changes: Partial<Status> = {}): Status {
  return {
    key: "solve 1",
    name: "shop",
    state: "running",
    preparing: "",
    sense: "min",
    objective: "Makespan",
    value: 30,
    bound: 27,
    bound_source: "one machine",
    gap: 0.1,
    found_by: "QAOA",
    seconds: 1.5,
    limit: 10,
    planned: ["coarse", "refine", "verify"],
    stages: [
      { stage: "coarse", method: "QAOA", began: 0, seconds: 1, added: "31 to 30", summary: "6 windows" },
    ],
    incumbents: [
      [0.1, 31],
      [0.9, 30],
    ],
    bounds: [[0, 27, "one machine"]],
    coarse: null,
    certificate: null,
    error: null,
    stale: false,
    ...changes,
  };
}
