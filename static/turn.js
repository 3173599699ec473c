// Asks Python to draw a part of the page again, once the poll names another token than the one it was drawn with.
import { hear } from "./lab.js";

export default function (component) {
  const { data, parentElement: here, setTriggerValue } = component;
  here.unhear?.();
  here.unhear = hear("turn " + data.name, (token) => {
    if (token === data.token) here.asked = null;
    if (token == null || token === data.token || token === here.asked) return;
    here.asked = token; // once: the answer may already be about something newer
    setTriggerValue("asked", token);
  });
  return here.unhear;
}
