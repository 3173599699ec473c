// Asks Python to draw a part of the page again, once the poll names another token than the one it was drawn with.
import { hear } from "./lab.js";

const APART = 30, AGAIN = 3000; // ms
let free = 0; // when the next part may ask: Streamlit sends what is set in one go as one message, for the first part alone

export default function (component) {
  const { data, parentElement: here, setTriggerValue } = component;
  const ask = (token) => {
    const now = performance.now(), wait = Math.max(0, free - now);
    free = now + wait + APART;
    here.asked = { token, at: now };
    here.timer = setTimeout(() => ((here.timer = 0), setTriggerValue("asked", token)), wait);
  };
  here.unhear?.();
  const unhear = hear("turn " + data.name, (token) => {
    if (token === data.token) here.asked = null;
    if (token == null || token === data.token) return;
    // Once, since the answer may already be about something newer; and again should none come.
    if (token !== here.asked?.token || performance.now() - here.asked.at > AGAIN) ask(token);
  });
  return (here.unhear = () => {
    unhear();
    if (here.timer) here.asked = null; // it was not asked after all
    clearTimeout(here.timer);
    here.timer = 0;
  });
}
