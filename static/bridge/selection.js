// Takes what was picked on a large component to Python, and tells that one what is chosen. Shows nothing: so that after
// a click only the part of the page runs again that this stands in, and the large data stay where they are.
import { send } from "./ask.js";
import { subscribe, publish } from "../lib/bus.js";

/** @typedef {import("../lib/payloads").SelectionData} Data */
/** @typedef {import("../lib/payloads").SelectionAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function ({ data, parentElement: here, setTriggerValue }) {
  here.stop?.();
  publish(data.name, data.chosen);
  here.stop = subscribe(`${data.name} picked`, (picked) => {
    if (picked === undefined) return;
    publish(`${data.name} picked`, undefined); // once
    send(() => setTriggerValue("picked", picked ?? {}));
  });
  return here.stop;
}
