// Names the visitor's choices in the address.
import { inAddress } from "../lib/url.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").UrlChoicesData>} component */
export default function ({ data }) {
  inAddress(data.choices);
  return () => {};
}
