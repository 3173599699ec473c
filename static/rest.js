// Tells Python at which epoch the visitor has come to rest, for what is made there. Shows nothing; scrubbing sends nothing.
import { followEpoch } from "./lab.js";
import { later } from "./settled.js";

const REST = 400; // milliseconds without a change before the server is told

export default function (component) {
  const { data, parentElement: here, setStateValue } = component;
  here.stop?.();
  const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
    here.wait?.cancel();
    if (epoch !== data.epoch) here.wait = later("the epoch at rest", () => setStateValue("epoch", epoch), REST, { film: true });
  });
  here.stop = () => (here.wait?.cancel(), unfollow());
  return here.stop;
}
