// Tells the small map what stands on it. Shows nothing: so the dots need not travel again when only a mark has moved.
import { setMarks } from "./lab.js";

export default function ({ data }) {
  setMarks(data.map, data.marks);
  return () => {};
}
