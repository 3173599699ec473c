// Lets Python tell another component something. Shows nothing: so that one's own, large data need not travel again.
import { tell } from "../lib/bus.js";

export default function ({ data }) {
  tell(data.name, data.value);
  return () => {};
}
