// Tells Python at which epoch the visitor has come to rest, for what is made there. Shows nothing; scrubbing sends
// nothing.
import { askUntil } from "./ask.js";
import { followEpoch } from "../lib/epoch.js";
import { later } from "../lib/busy.js";

const REST = 400; // milliseconds without a change before the server is told

/** @typedef {import("../lib/payloads").SettledEpochData} Data */
/** @typedef {import("../lib/payloads").EpochAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, parentElement: here, setStateValue } = component;
  here.stop?.();
  let end = () => {};
  const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
    here.wait?.cancel();
    end();
    if (epoch === data.epoch) return;
    // until drawn anew
    const ask = () => (end = askUntil({ missing: () => true, times: 5, ask: () => setStateValue("epoch", epoch) }));
    here.wait = later("the epoch at rest", ask, REST, { film: true });
  });
  here.stop = () => (here.wait?.cancel(), end(), unfollow());
  return here.stop;
}
