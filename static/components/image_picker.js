// Choosing pictures by sight: for each end of a morph its classes, and a strip of that class's pictures.
// All of them come with the page: another class and a shuffle ask the server nothing, a choice does.
import { send } from "../bridge/ask.js";
import { picture, tile as copy } from "../lib/canvas.js";
import { mount } from "../lib/dom.js";
import { busy } from "../lib/busy.js";

const SHOWN = 10;

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
  const sheet = Object.assign(new Image(), { cell: data.size });
  sheet.src = "data:image/webp;base64," + data.sheet;
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
    now = () => root.data.ends[which];
  const box = document.createElement("section"),
    tabs = document.createElement("div"),
    strip = document.createElement("div");
  const title = Object.assign(document.createElement("b"), { textContent: now().title, className: "title" });
  const others = Object.assign(document.createElement("button"), {
    type: "button",
    className: "others",
    textContent: "⟳",
  });
  let open = root.data.browse ? (classes.find((each) => each.name === root.data.browse) ?? classes[0]) : null,
    page = 0,
    seen = root.data.browse ? "" : null;
  box.dataset.end = which;
  tabs.className = "tabs";
  strip.className = "pictures";
  group(tabs, `${now().title}: which class`);
  group(strip, `${now().title}: which picture`);
  box.append(title, tabs, others, strip);
  root.append(box);

  const choose = (choice) => {
    if (same(choice, now().choice)) return mark();
    now().choice = choice;
    if (!choice.drawing) now().tile = "";
    seen = nameOf(choice);
    mark();
    root.tell(which, choice);
  };
  const shown = () => {
    const all = open.numbers,
      first = (page * SHOWN) % all.length;
    return [...Array(Math.min(SHOWN, all.length)).keys()].map((k) => (first + k) % all.length);
  };
  tabs.append(
    ...classes.map((each) =>
      radio(each.name, `${now().title} ${each.name}`, () => {
        [open, page] = [each, 0];
        showStrip();
        if (root.data.browse) mark();
        else choose(pictureOf(each, each.numbers[0]));
      }),
    ),
  );
  if (own)
    tabs.append(
      radio("✎ Your own", `${now().title} your own drawing`, () => ((open = null), showStrip(), choose(DRAWING))),
    );
  others.onclick = () => (page++, showStrip(), mark());

  function showStrip() {
    others.hidden = !open;
    if (!open) return void strip.replaceChildren();
    others.title = `Show other pictures of ${open.name}`;
    others.setAttribute("aria-label", others.title);
    const line = classes.indexOf(open),
      items = shown().map((k) => {
        const number = open.numbers[k],
          choice = pictureOf(open, number);
        const button = radio("", `${open.name}, test picture ${number + 1}`, () => choose(choice));
        button.dataset.choice = nameOf(choice);
        const canvas = face(button, size);
        if (sheet.complete && sheet.naturalWidth) copy(canvas, sheet, line, k);
        return button;
      });
    const { choice, tile: png } = now();
    if (png && choice?.label === open.label) {
      // a link's picture that is not on the sheet
      const button = radio("", `${open.name}, test picture ${choice.number + 1}`, () => choose(choice)),
        canvas = face(button, size);
      button.dataset.choice = nameOf(choice);
      picture(png, size).then((image) => copy(canvas, image, 0, 0));
      items.splice(0, 1, button);
    }
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
  }
  return { strip: () => (showStrip(), mark()), mark };
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

function reach(box) {
  const all = [...box.children],
    stop = all.find((each) => each.getAttribute("aria-checked") === "true") ?? all[0];
  if (!all.includes(document.activeElement)) all.forEach((each) => (each.tabIndex = each === stop ? 0 : -1));
}
