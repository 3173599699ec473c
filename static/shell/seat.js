// Keeps who this browser is in a class, draws the thin line of whoever is in a room, and goes where the teacher goes.
//
// The names are 128 random bits each: one by which this browser is a pupil, and of a teacher the room's own. They stay
// here and never stand in an address. Where the teacher is stands in the address, which is looked at while it is seen.
import { send } from "../bridge/ask.js";
import { busy } from "../lib/busy.js";
import { publish } from "../lib/bus.js";
import { element, refill } from "../lib/dom.js";
import { setEpoch } from "../lib/epoch.js";
import { present } from "./present.js";

const KEY = "latent-lab-class";
const LOOK = 250; // milliseconds between two looks at the address
const TOKEN = /^[0-9a-f]{32}$/;
// Choices that nobody follows, as in seat.py, and those that no page can be opened with.
const OURS = ["room", "present", "tour", "play", "done", "embed", "embed_options"];

/** @typedef {{token?: string, room?: string, teacher?: string}} Kept */

/** @returns {Kept} what this browser keeps */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return found && typeof found === "object" ? found : {};
  } catch {
    return {}; // storage is blocked, or holds something else
  }
}

/** @param {Kept} what */
function keep(what) {
  window.latentLabSeat = { ...kept(), ...window.latentLabSeat, ...what };
  try {
    localStorage.setItem(KEY, JSON.stringify(window.latentLabSeat));
  } catch {
    /* storage is blocked: it lasts for this page */
  }
}

/**
 * What the server says to keep, once for each number: this tab's server tells it at every turn, and meanwhile another
 * tab may have come into another room.
 *
 * @param {import("../lib/payloads").SeatKeep} told
 */
function keepOnce({ room, teacher, left, number }) {
  if (window.latentLabKept === number) return;
  window.latentLabKept = number;
  if (room || !left || (kept().room ?? "") === left) keep({ room, teacher });
  else window.latentLabSeat = { ...window.latentLabSeat, room, teacher };
}

/** Who this browser is: asked for the first time it gets a name. */
function known() {
  const { token, room = "", teacher = "" } = { ...kept(), ...window.latentLabSeat };
  if (TOKEN.test(token ?? "")) return { token, room, teacher };
  const dice = crypto.getRandomValues(new Uint8Array(16));
  keep({ token: Array.from(dice, (byte) => byte.toString(16).padStart(2, "0")).join("") });
  return known();
}

/**
 * Whether the page's script runs just now. A message to a part of the page that comes as the script ends may cost what
 * the script has drawn last, and the page stands still (Streamlit's issue 9921).
 */
function scriptRuns() {
  const app = document.querySelector("[data-testid=stApp]");
  return app instanceof HTMLElement && app.dataset.testScriptState === "running";
}

/** Send something once the page's script rests. */
function sendAtRest(f) {
  const done = busy("the class");
  const go = () => {
    if (scriptRuns()) return void setTimeout(go, 50);
    send(f);
    done();
  };
  go();
}

/** Where this page is, as a teacher's goes to the pupils: its address and what stands after it. */
export function placeOf(path, search) {
  const choices = Object.fromEntries(new URLSearchParams(search));
  for (const name of OURS) delete choices[name];
  return { page: path.split("/").pop(), choices };
}

const button = (words, onclick) => element("button", { type: "button", textContent: words, onclick });

const pace = (follows) => (follows ? "You follow the teacher" : "You may look around");

/** The line's parts, for one who is in a room or was told something. */
function parts({ code, teacher, name, follows, room, doing, joins, trouble }, act) {
  if (trouble) return [element("span", { className: "trouble", textContent: trouble })];
  const where = element("span", { className: "where" });
  where.append(element("span", { textContent: "Room " }), element("b", { textContent: code }));
  if (!teacher) where.append(` · ${name}`);
  const found = [where],
    misses = doing && !joins && !teacher; // what their class does
  if (teacher) {
    const label = element("label", {}),
      check = element("input", { type: "checkbox", checked: follows });
    check.onchange = () => act(check.checked ? "follow" : "roam");
    label.append(check, " Pupils follow me");
    found.push(label);
  } else if (misses || !doing)
    found.push(element("span", { textContent: misses ? "Your class has started" : pace(follows) }));
  if (!room) found.push(button(misses ? "Join in" : "Back to the room", () => act("room")));
  if (!teacher) found.push(button("Leave", () => act("leave")));
  return found;
}

/** @typedef {import("../lib/payloads").SeatData} Data */
/** @typedef {import("../lib/payloads").SeatAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, parentElement: here, setStateValue, setTriggerValue } = component;
  present();
  if (data.keep) keepOnce(data.keep);
  const { room } = kept();
  if (!here.known && (data.ask || (room && !data.line))) {
    here.known = true;
    sendAtRest(() => setStateValue("seat", known()));
  }
  const act = (what) => send(() => setTriggerValue("act", { what }));
  let line = here.querySelector(":scope > .ll-seat");
  if (!data.line) line?.remove();
  else {
    if (!line) here.append((line = element("div", { className: "ll-seat" })));
    line.setAttribute("role", "status");
    const words = JSON.stringify(data.line);
    if (line.dataset.words !== words) refill(line, parts(data.line, act));
    line.dataset.words = words;
  }
  document.documentElement.toggleAttribute("data-class", Boolean(data.line));
  follow(data.place);
  clearInterval(here.looking);
  if (data.tell) {
    const look = () => {
      if (document.hidden || scriptRuns()) return;
      const place = placeOf(location.pathname, location.search),
        words = JSON.stringify(place);
      if (words === here.place) return;
      here.place = words;
      send(() => setStateValue("place", place));
    };
    here.looking = setInterval(look, LOOK);
    look();
  } else here.place = null;
  return () => clearInterval(here.looking);
}

/** Go to the teacher's epoch, or scene of the lecture, once for each that is new. */
function follow(place) {
  const words = JSON.stringify(place);
  if (!place || words === window.latentLabFollowed) return;
  window.latentLabFollowed = words;
  if (place.run && /^\d{1,9}$/.test(place.epoch ?? "")) setEpoch(place.run, Number(place.epoch));
  if (place.scene) publish("scene asked", place.scene);
}
