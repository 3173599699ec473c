// Lets Python tell another component something. Shows nothing: so that one's own, large data need not travel again.
import { tell } from "../lib/bus.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").PublishData>} component */
export default function ({ data }) {
  tell(data.name, data.value);
  return () => {};
}
