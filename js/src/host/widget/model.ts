/** The ports of the views over an anywidget model: a trait's changes, Link over custom messages. No view logic. */

import type { AnyModel } from "@anywidget/types";
import type { Link } from "../../stream/messages";

type Listener = (content: unknown, buffers: DataView[]) => void;

// biome-ignore lint/suspicious/noExplicitAny: traits differ from widget to widget
type Model = AnyModel<any>;

/** Calls back when a trait changes, until the returned function is called or the signal ends. */
export function onTrait(model: Model, name: string, callback: () => void, signal: AbortSignal): () => void {
  const stop = (): void => model.off(`change:${name}`, callback);
  model.on(`change:${name}`, callback);
  signal.addEventListener("abort", stop, { once: true });
  return stop;
}

/** Custom messages of the model; with a channel, only those wrapped for it (the Lab carries several). */
export function modelLink(model: Model, signal: AbortSignal, channel?: string): Link {
  return {
    send: (message, buffers) =>
      model.send(channel === undefined ? message : { channel, body: message }, undefined, buffers),
    onMessage: (callback) => {
      const listener: Listener = (content, buffers) => {
        if (channel === undefined) callback(content as never, buffers);
        else if ((content as { channel?: string })?.channel === channel)
          callback((content as { body: never }).body, buffers);
      };
      const stop = (): void => model.off("msg:custom", listener);
      model.on("msg:custom", listener);
      signal.addEventListener("abort", stop, { once: true });
      return stop;
    },
  };
}
