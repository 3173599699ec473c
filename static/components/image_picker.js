// Choosing pictures by sight: for each end of a morph its classes, and a strip of that class's pictures.
// All of them come with the page: another class and a shuffle ask the server nothing, a choice does.
import { send } from "../bridge/ask.js";
import { picture, source, tile as copy, suit } from "../lib/canvas.js";
import { mount } from "../lib/dom.js";
import { busy } from "../lib/busy.js";

const SHOWN = 10; // pictures at a time
const FEW = 10; // classes that need not scroll

/** @typedef {import("../lib/payloads").ImagePickerData} Data */
/** @typedef {import("../lib/payloads").ImagePickerAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root] = mount(component, "");
  root.classList.add("ll-pick");
  root.tell = (which, choice) => send(() => setTriggerValue("choice", { end: which, choice }));
  root.data = data;
  const version = [data.run, data.sheet.length, Object.keys(data.ends).join(), data.own].join("|");
  if (root.version === version) {
    root.mark?.();
    return () => {};
  }
  root.version = version;
  root.replaceChildren();
  suit(root, data.size);
  const sheet = Object.assign(new Image(), { cell: data.size });
  sheet.src = source(data.sheet);
  const ends = Object.keys(data.ends).map((which) => end(root, which, sheet));
  const done = busy("a sheet of pictures");
  sheet
    .decode()
    .then(() => ends.forEach((each) => each.strip()))
    .finally(done);
  root.mark = () => ends.forEach((each) => each.mark());
  root.mark();
  return () => {};
}

/** One end: title, classes, pictures, shuffle. */
function end(root, which, sheet) {
  const { classes, own, size } = root.data,
    now = () => root.data.ends[which],
    { tabs, others, strip } = boxes(root, which, now().title);
  let open = root.data.browse ? (classes.find((each) => each.name === root.data.browse) ?? classes[0]) : null,
    page = 0,
    seen = root.data.browse ? "" : null;

  const choose = (choice) => {
    if (same(choice, now().choice)) return mark();
    now().choice = choice;
    if (!choice.drawing) now().tile = "";
    seen = nameOf(choice);
    mark();
    root.tell(which, choice);
  };
  const enter = (each) => {
    [open, page] = [each, 0];
    showStrip();
    if (root.data.browse) mark();
    else choose(pictureOf(each, each.numbers[0]));
  };
  const one = classes.length < 2; // then its name says nothing
  tabs.hidden = one && !own;
  tabs.classList.toggle("many", classes.length > FEW);
  tabs.append(...classes.map((each) => radio(each.name, `${now().title} ${each.name}`, () => enter(each))));
  if (own) {
    const yours = radio("✎ Your own", `${now().title} your own, drawn or dropped`, () => {
      open = null;
      showStrip();
      choose(DRAWING);
    });
    yours.className = "own";
    tabs.append(yours);
  }
  others.onclick = () => (page++, showStrip(), mark());

  const pictureButton = (number, draw) => {
    const choice = pictureOf(open, number),
      button = radio("", `${one ? "T" : `${open.name}, t`}est picture ${number + 1}`, () => choose(choice));
    button.dataset.choice = nameOf(choice);
    draw(face(button, size));
    return button;
  };
  function showStrip() {
    others.hidden = !open;
    if (!open) return void strip.replaceChildren();
    others.title = one ? "Show other pictures" : `Show other pictures of ${open.name}`;
    others.setAttribute("aria-label", others.title);
    const { numbers, label } = open,
      { choice, tile } = now(),
      line = classes.indexOf(open);
    const items = Array.from({ length: Math.min(SHOWN, numbers.length) }, (_, i) => {
      const k = (page * SHOWN + i) % numbers.length;
      return pictureButton(numbers[k], (g) => sheet.complete && sheet.naturalWidth && copy(g, sheet, line, k));
    });
    if (tile && choice?.label === label)
      // a link's picture that is not on the sheet
      items[0] = pictureButton(choice.number, (g) => picture(tile, size).then((image) => copy(g, image, 0, 0)));
    strip.replaceChildren(...items);
  }

  /** Show what is chosen. A choice that came from elsewhere opens its class, on the page where it stands. */
  function mark() {
    const { choice } = now(),
      at = classes.find((each) => each.label === choice?.label) ?? null;
    if (nameOf(choice) !== seen) {
      seen = nameOf(choice);
      open = at;
      page = at ? Math.floor(Math.max(at.numbers.indexOf(choice.number), 0) / SHOWN) : 0;
      showStrip();
    }
    classes.forEach((each, k) => check(tabs.children[k], each === (root.data.browse ? open : at)));
    if (own) check(tabs.lastChild, choice?.drawing);
    for (const button of /** @type {HTMLCollectionOf<HTMLElement>} */ (strip.children))
      check(button, button.dataset.choice === nameOf(choice));
    reach(tabs);
    reach(strip);
    inSight(tabs);
  }
  return { strip: () => (showStrip(), mark()), mark };
}

/** The empty boxes of an end. */
function boxes(root, which, title) {
  const [box, tabs, strip, others, name] = ["section", "div", "div", "button", "b"].map((tag) =>
    document.createElement(tag),
  );
  box.dataset.end = which;
  tabs.className = "tabs";
  strip.className = "pictures";
  Object.assign(others, { type: "button", className: "others", textContent: "⟳" });
  Object.assign(name, { textContent: title, className: "title" });
  group(tabs, `${title}: which class`);
  group(strip, `${title}: which picture`);
  box.append(name, tabs, others, strip);
  root.append(box);
  return { tabs, others, strip };
}

/** @type {import("../lib/payloads").Choice} */
const DRAWING = { drawing: true, label: -1, number: -1 };
const pictureOf = ({ label }, number) => ({ drawing: false, label, number });
/** What a choice is called within this page; "" for none. */
const nameOf = (choice) => (!choice ? "" : choice.drawing ? "drawing" : `${choice.label}-${choice.number}`);
const same = (one, other) => nameOf(one) === nameOf(other);

const check = (button, yes) => button.setAttribute("aria-checked", String(!!yes));

function radio(text, label, pick) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    textContent: text,
    onclick: pick,
    title: label,
  });
  button.setAttribute("role", "radio");
  button.setAttribute("aria-label", label);
  return button;
}

function face(button, { width, height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  button.append(canvas);
  return canvas.getContext("2d");
}

/** One stop for the tab key; arrows go from one to the next, Enter picks. */
function group(box, label) {
  box.setAttribute("role", "radiogroup");
  box.setAttribute("aria-label", label);
  box.onkeydown = (e) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key],
      all = [...box.children];
    if (!step) return;
    e.preventDefault();
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    all.forEach((each) => (each.tabIndex = each === next ? 0 : -1));
    next.focus();
  };
}

/** Of many classes, which scroll, the chosen one can be seen. */
function inSight(box) {
  const chosen = box.querySelector("[aria-checked=true]");
  if (!chosen || box.scrollHeight <= box.clientHeight) return;
  const from = chosen.offsetTop - box.offsetTop;
  if (from < box.scrollTop || from + chosen.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = from - 8;
}

function reach(box) {
  const all = [...box.children],
    stop = all.find((each) => each.getAttribute("aria-checked") === "true") ?? all[0];
  if (!all.includes(document.activeElement)) all.forEach((each) => (each.tabIndex = each === stop ? 0 : -1));
}
