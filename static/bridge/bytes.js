// Lets Python tell another component something large that is no text. Shows nothing.
import { publish } from "../lib/bus.js";
import { unpack } from "../lib/codec.js";

/** @typedef {Uint8Array} Message */
/** @param {import("../lib/payloads").Component<Message>} component */
export default function ({ data }) {
  const { head, parts } = unpack(data);
  publish(head.name, { head, parts });
  return () => {};
}
