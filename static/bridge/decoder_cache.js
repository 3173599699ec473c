// Brings the decoder of the epoch that the visitor rests at, for the map to draw with. Shows nothing.
import { askUntil } from "./ask.js";
import { publish } from "../lib/bus.js";
import { unpack } from "../lib/codec.js";
import { decoder, unpacked } from "../lib/decoder.js";
import { followEpoch } from "../lib/epoch.js";
import { busy, later } from "../lib/busy.js";

const REST = 900; // milliseconds without a change before the server is asked: longer than a step of the playing film
const decoders = (window.latentLabDecoders ??= new Map());

/**
 * The decoder of a run at an epoch, if it is here already.
 *
 * @returns {ReturnType<typeof decoder> | undefined}
 */
export const decoderOf = (run, epoch) => window.latentLabDecoders?.get(run + "@" + epoch);

/** @typedef {Uint8Array} Data a head with run, epochs, epoch and the decoder's own, and its weights */
/** @typedef {import("../lib/payloads").EpochAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { parentElement, setStateValue } = component,
    { head: data, parts } = unpack(component.data),
    done = busy("the decoder");
  unpacked(data.decoder, parts[0])
    .then((source) => {
      const name = `${data.run}@${data.epoch}`;
      decoders.set(name, decoder(source));
      while (decoders.size > 12) decoders.delete(decoders.keys().next().value);
      publish("decoder", name);
    })
    .finally(done);
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
