// Names the visitor's choices in the address.
import { inAddress } from "../lib/url.js";

export default function ({ data }) {
  inAddress(data.choices);
  return () => {};
}
