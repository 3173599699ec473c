// Brings the decoder of the epoch that the visitor rests at, for the map to draw with. Shows nothing.
import { askUntil } from "./ask.js";
import { decoder } from "../lib/decoder.js";
import { followEpoch } from "../lib/epoch.js";
import { later } from "../lib/busy.js";

const REST = 900; // milliseconds without a change before the server is asked: longer than a step of the playing film
const decoders = (window.latentLabDecoders ??= new Map());

/**
 * The decoder of a run at an epoch, if it is here already.
 *
 * @returns {ReturnType<typeof decoder> | undefined}
 */
export const decoderOf = (run, epoch) => window.latentLabDecoders?.get(run + "@" + epoch);

/** @typedef {import("../lib/payloads").DecoderCacheData} Data */
/** @typedef {import("../lib/payloads").EpochAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  decoders.set(data.run + "@" + data.epoch, decoder(data.decoder));
  while (decoders.size > 12) decoders.delete(decoders.keys().next().value);
  parentElement.stop?.();
  let end = () => {};
  const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
    parentElement.wait?.cancel();
    end();
    const missing = () => !decoderOf(data.run, epoch);
    const ask = () => (end = askUntil({ missing, times: 5, ask: () => setStateValue("epoch", epoch) }));
    if (missing()) parentElement.wait = later("the decoder", ask, REST, { film: true });
  });
  parentElement.stop = () => (parentElement.wait?.cancel(), end(), unfollow());
  return parentElement.stop;
}
