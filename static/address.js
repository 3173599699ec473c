// Names the visitor's choices in the address.
import { inAddress } from "./lab.js";

export default function ({ data }) {
  inAddress(data.choices);
  return () => {};
}
