// Asks Python to draw a part of the page again, once the poll names another token than the one it was drawn with: until
// what is drawn is what was named. The poll itself is silent once nothing changes, so it is no cause to ask again.
import { askUntil } from "./ask.js";
import { subscribe } from "../lib/bus.js";

/** @typedef {import("../lib/payloads").RefreshData} Data */
/** @typedef {import("../lib/payloads").RefreshAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, parentElement: here, setTriggerValue } = component;
  let end = () => {};
  here.unsubscribe?.();
  const unsubscribe = subscribe("turn " + data.name, (token) => {
    end();
    end = () => {};
    if (token === data.token) here.asked = null;
    if (token == null || token === data.token) return;
    // Asked once, since the answer may already be about something newer.
    const since = here.asked?.token === token ? here.asked.at : undefined;
    end = askUntil({
      since,
      missing: () => true, // the answer is a new component
      ask() {
        here.asked = { token, at: Date.now() };
        setTriggerValue("asked", token);
      },
    });
  });
  return (here.unsubscribe = () => {
    unsubscribe();
    end();
  });
}
