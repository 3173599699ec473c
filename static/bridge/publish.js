// Lets Python tell another component something. Shows nothing: so that one's own, large data need not travel again.
import { publish } from "../lib/bus.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PublishData>} component */
export default function ({ data }) {
  publish(data.name, data.value);
  return () => {};
}
