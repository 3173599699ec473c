// Asks Python to draw a part of the page again, once the poll names another token than the one it was drawn with.
import { hear } from "./lab.js";
import { busy } from "./settled.js";

const APART = 10, AGAIN = 3000; // ms
// Streamlit sends what is set before its next timer as one message, for the first part alone. So they ask in turn, each
// after the other's message has left.
let queue = Promise.resolve();

export default function (component) {
  const { data, parentElement: here, setTriggerValue } = component;
  let gone = false;
  const ask = (token) => {
    const asked = (here.asked = { token, at: performance.now(), sent: false });
    const said = busy("a turn");
    queue = queue.then(() => new Promise((done) => {
      if (!gone) {
        asked.sent = true;
        setTriggerValue("asked", token);
      }
      setTimeout(() => (done(), said()), APART);
    }));
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
    gone = true;
    if (!here.asked?.sent) here.asked = null; // it was not asked after all
  });
}
