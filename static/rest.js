// Tells Python at which epoch the visitor has come to rest, for what is made there. Shows nothing; scrubbing sends nothing.
import { followEpoch } from "./lab.js";

const REST = 400; // milliseconds without a change before the server is told

export default function (component) {
  const { data, parentElement: here, setStateValue } = component;
  here.stop?.();
  const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
    clearTimeout(here.timer);
    if (epoch !== data.epoch) here.timer = setTimeout(() => setStateValue("epoch", epoch), REST);
  });
  here.stop = () => (clearTimeout(here.timer), unfollow());
  return here.stop;
}
