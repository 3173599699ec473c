// The tour's bar: what to do now, whether it was done, and the way on. Its step outlives the visit in localStorage.
import { send } from "../bridge/ask.js";
import { mount, rich } from "../lib/dom.js";
import { epochOf } from "../lib/epoch.js";

const HTML = `
  <div class="ll-tour" role="region" aria-label="Tour" tabindex="-1">
    <div class="text"><small></small><b></b><p></p></div>
    <div class="ways">
      <span class="done" role="status"></span>
      <button type="button" class="back">Back</button>
      <button type="button" class="next">Next</button>
      <button type="button" class="leave">Leave</button>
    </div>
  </div>`;
let arrived = null; // the step and place that were brought into sight: a page that is drawn again must not scroll
const memory = {
  get: () => {
    try {
      return JSON.parse(localStorage.getItem("latent-lab-tour"));
    } catch {
      return null;
    }
  },
  set: (step) => {
    try {
      localStorage.setItem("latent-lab-tour", JSON.stringify(step));
    } catch {
      /* private window */
    }
  },
};

/** @typedef {import("../lib/payloads").TourData} Data */
/** @typedef {import("../lib/payloads").TourAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component,
    [root] = mount(component, HTML);
  const $ = (s) => root.querySelector(s),
    go = (step) => send(() => component.setTriggerValue("go", step));
  clearInterval(root.timer);
  root.classList.toggle("door", data.door);
  if (data.door) return (arrived = null), atTheDoor($, data, go), () => {};
  const { step, of, done } = data,
    last = step === of - 1;
  memory.set(step);
  $("small").textContent = `Tour, step ${step + 1} of ${of}`;
  $("b").textContent = data.title;
  rich($("p"), data.words);
  $(".back").hidden = step === 0;
  $(".back").onclick = () => go(step - 1);
  $(".leave").textContent = last ? "End the tour" : "Leave";
  $(".leave").onclick = () => (last && memory.set(null), go(-1));
  $(".next").hidden = last && data.here;
  $(".next").textContent = data.here ? "Next" : "Take me there";
  $(".next").onclick = () => go(data.here ? step + 1 : step);
  if (root.step !== step) Object.assign(root, { step, seen: new Set(), from: undefined, was: false });
  if (arrived !== `${step} ${data.here}`) {
    // the door is far down on a phone, and a page need not open at its top
    arrived = `${step} ${data.here}`;
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    $(".ll-tour").focus({ preventScroll: true }); // what was pressed is gone: Tab goes on here
  }
  const show = () => {
    root.was ||= data.here && noticed(root, done);
    $(".done").textContent = root.was ? "✓ Done" : "";
    root.querySelector(".ll-tour").classList.toggle("ready", root.was);
  };
  if (done.click) {
    // a button's press; the button may be made anew by then
    document.removeEventListener("click", root.pressed, true);
    root.pressed = (event) => event.target.closest?.(done.click) && ((root.was = true), show());
    document.addEventListener("click", root.pressed, true);
  }
  show();
  root.timer = setInterval(() => (root.isConnected ? show() : clearInterval(root.timer)), 300);
  return () => (clearInterval(root.timer), document.removeEventListener("click", root.pressed, true));
}

/** Was what the step asks for done? */
function noticed(root, done) {
  if (done.address) return new URLSearchParams(location.search).has(done.address);
  if (done.epochs) {
    const epoch = epochOf(done.run);
    if (epoch !== null && (epoch === done.epochs[0] || root.seen.size)) root.seen.add(epoch);
    return root.seen.has(done.epochs[0]) && [...root.seen].some((e) => e >= done.epochs[1]);
  }
  const node = document.querySelector(done.moved ?? done.selector ?? "nothing");
  if (!node) return false;
  if (done.changed) {
    root.from ??= node.dataset[done.changed];
    return root.from !== undefined && node.dataset[done.changed] !== root.from;
  }
  if (done.attribute) return +(node.dataset[done.attribute] ?? 0) >= done.least;
  if (done.moved) {
    root.from ??= node.value;
    return document.activeElement === node && node.value !== root.from;
  }
  return true;
}

function atTheDoor($, data, go) {
  const left = memory.get(),
    onward = Number.isInteger(left) && left > 0 && left < data.of;
  $("b").textContent = "New here?";
  $("p").textContent = "A tour of about five minutes: you do one thing on each page, and see what happens.";
  $("small").textContent = $(".done").textContent = "";
  $(".next").textContent = onward ? `Continue at step ${left + 1}` : "Take the tour";
  $(".next").onclick = () => go(onward ? left : 0);
  $(".back").hidden = !onward;
  $(".back").textContent = "From the start";
  $(".back").onclick = () => go(0);
  $(".leave").hidden = true;
}
