// The ways in of own pictures, with as much of a page as they touch.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { settled } from "./page.js";

/** An element that lets everything be done to it, and finds whatever is asked for in it. */
function thing(properties = {}) {
  const found = new Map();
  return {
    hidden: false,
    value: "",
    focused: false,
    dataset: {},
    style: {},
    attributes: {},
    children: /** @type {any[]} */ ([]),
    classList: { add() {}, remove() {}, toggle() {} },
    querySelector: (name) => found.get(name) ?? found.set(name, thing()).get(name),
    querySelectorAll: () => [],
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
    replaceChildren(...children) {
      this.children = children;
    },
    prepend() {},
    append() {},
    matches: (sign) => sign === ":focus" && found.get("focused"),
    focus: () => found.set("focused", true),
    blur: () => found.set("focused", false),
    select() {},
    remove() {},
    replaceWith() {},
    play: async () => {},
    setPointerCapture() {},
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 256, height: 256 }),
    getContext: () => new Proxy({}, { get: (made, name) => made[name] ?? (() => {}) }),
    ...properties,
  };
}

const listening = { addEventListener() {}, removeEventListener() {} };
Object.assign(globalThis, { document: { createElement: () => thing(), ...listening } });
const { chooser, default: studio } = await import("../../static/pictures/studio.js");
const { camera } = await import("../../static/pictures/camera.js");
const { taker } = await import("../../static/pictures/taking.js");
const { pad } = await import("../../static/pictures/pad.js");

/** A pad beside the field and the chips of the classes; ``sent`` is the class of each drawing. */
function atThePad(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const memory = { way: "draw", class: "A", chosen: true },
    sent = /** @type {string[]} */ ([]),
    sheet = thing(),
    root = thing();
  sheet.querySelector(".by-itself input").checked = true;
  const drawing = pad(sheet, () => sent.push(memory.class));
  const { show, commit } = chooser(root, memory, drawing);
  show(["A", "B"]);
  const at = (kind) =>
    sheet
      .querySelector("canvas")
      [kind]({ pointerId: 1, button: 0, buttons: 1, clientX: 9, clientY: 9, preventDefault() {} });
  const draw = () => (at("onpointerdown"), at("onpointermove"), at("onpointerup"));
  const field = root.querySelector(".class"),
    chips = () => root.querySelector(".chips").children;
  return { memory, sent, drawing, draw, field, chips, show, commit, byItself: sheet.querySelector(".by-itself input") };
}

test("a drawing is of the class in which it was drawn, however soon another is chosen", (t) => {
  const { sent, draw, chips, field, memory } = atThePad(t);
  draw();
  t.mock.timers.tick(400);
  chips()[1].onclick();
  assert.deepEqual(sent, ["A"]);
  draw();
  chips()[2].onclick(); // + New class
  assert.deepEqual([sent, memory.class, field.value], [["A", "B"], "Class 3", "Class 3"]);
  t.mock.timers.tick(5000);
  assert.equal(sent.length, 2, "each once");
});

test("a name that is being typed is a class once it is finished, and no page that is drawn anew takes it away", (t) => {
  const { sent, draw, field, show, memory } = atThePad(t);
  draw();
  field.focus();
  field.value = "ca";
  field.oninput?.();
  t.mock.timers.tick(5000);
  show(["A", "B", "C"]);
  assert.deepEqual([sent, memory.class, field.value], [["A"], "A", "ca"]);
  field.value = "cat";
  field.onkeydown({ key: "Enter" });
  draw();
  t.mock.timers.tick(5000);
  assert.deepEqual(sent, ["A", "cat"]);
});

test("without the pad's own Next a drawing waits for its button, and is of the class of that moment", (t) => {
  const { sent, draw, chips, byItself, drawing } = atThePad(t);
  byItself.checked = false;
  draw();
  chips()[1].onclick();
  drawing.end();
  assert.deepEqual(sent, []);
});

test("a drawing that waits is finished when the page is left", (t) => {
  const { sent, draw, drawing } = atThePad(t);
  draw();
  drawing.end();
  assert.deepEqual(sent, ["A"]);
});

/** A camera that its visitor is asked for: ``grant`` is the answer to all that wait; ``live`` says which still run. */
function askedFor() {
  const waiting = [],
    tracks = /** @type {any[]} */ ([]);
  const stream = () => {
    const track = { live: true, stop: () => (track.live = false), onended() {} };
    tracks.push(track);
    return { getTracks: () => [track] };
  };
  const mediaDevices = {
    getUserMedia: () => new Promise((done) => waiting.push(() => done(stream()))),
    enumerateDevices: async () => [],
  };
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  const grant = async () => {
    for (const each of waiting.splice(0)) each();
    await settled();
  };
  return { grant, tracks, live: () => tracks.map(({ live }) => live) };
}

const theCamera = (box = thing()) => camera(box, mock.fn(), mock.fn(), mock.fn());

test("however often a camera is asked for, only the last runs, and none once it is left", async () => {
  const { grant, live } = askedFor(),
    shown = theCamera();
  shown.start();
  shown.start(); // its tab was pressed twice
  await grant();
  assert.deepEqual(live(), [false, true]);
  shown.end();
  assert.deepEqual(live(), [false, false]);
  shown.start();
  shown.end(); // away to the pad and back
  shown.start();
  await grant();
  shown.start();
  shown.end();
  await grant();
  assert.deepEqual(live().slice(2), [false, false, false]);
});

test("a camera that is unplugged says so", async () => {
  const { grant, tracks } = askedFor(),
    box = thing(),
    trouble = box.querySelector(".trouble");
  theCamera(box).start();
  await grant();
  assert.equal(trouble.textContent, "");
  tracks[0].onended();
  assert.match(trouble.textContent, /has stopped/);
  assert.equal(trouble.hidden, false);
});

/** Files that are taken; what each needs, and what became of them. */
function taking(options = {}) {
  const box = thing({ hidden: true, replaceChildren: (...nodes) => (box.textContent = nodes[0].textContent) }),
    put = mock.fn();
  const now = () => ({ taken: put.mock.callCount(), skipped: [], skipped_count: 0, largest: 1, uploads: 0 });
  const parts = { add() {}, put, until: async () => {}, show() {}, mail: { left: 0 }, now, box, ...options };
  return { box, put, take: taker(/** @type {any} */ ({ memory: { way: "files", job: 0 }, ...parts })) };
}

const good = { name: "a.png", size: 10, arrayBuffer: async () => new ArrayBuffer(10) },
  moved = { name: "b.png", size: 10, arrayBuffer: () => Promise.reject(new Error("NotReadableError")) };
const inOrder = (...files) => /** @type {any[]} */ (files.map((file) => ({ file, path: file.name })));
const allRead = () => new Promise((done) => setTimeout(done, 0)).then(settled);

test("a small file that cannot be read is skipped with its reason, and all others are taken", async (t) => {
  const told = [];
  const { take, box, put } = taking();
  box.append = (...nodes) => told.push(...nodes);
  t.mock.method(globalThis.document, "createElement", () => thing({ append: (...nodes) => told.push(...nodes) }));
  take(inOrder(...Array(6).fill(good), moved, ...Array(6).fill(good)));
  await allRead();
  assert.equal(put.mock.callCount(), 12);
  assert.equal(box.textContent, "12 pictures taken.");
  assert.ok(told.some(({ textContent }) => /^b\.png cannot be read now/.test(textContent ?? "")));
});

test("what goes wrong with files in another way is said, and the next files are taken", async (t) => {
  t.mock.method(console, "error", () => {});
  const { take, box, put } = taking();
  put.mock.mockImplementationOnce(() => {
    throw new Error("anything");
  });
  take(inOrder(good));
  await allRead();
  assert.match(box.textContent, /went wrong/);
  take(inOrder(good));
  await allRead();
  assert.match(box.textContent, /taken/);
});

/** The component on a page of its own, with what Python says; ``leave`` ends it, ``letters`` are what it sends. */
function onThePage(said) {
  let root = null;
  const letters = [],
    parentElement = thing({ querySelector: () => root, append: (made) => (root = made) });
  const draw = (data) => studio(/** @type {any} */ ({ parentElement, data, setTriggerValue }));
  const setTriggerValue = (_name, letter) => letters.push(letter);
  const leave = draw(said());
  return { root, letters, draw, leave };
}

test("files that are still being read go on after a visit to another page, and none is lost", async () => {
  const python = { set: "", token: "", count: 0, classes: [], taken: 0, skipped: [], skipped_count: 0, trouble: "" };
  let stream = "",
    done = 0;
  const said = () => ({ ...python, uploads: 0, largest: 1, taken: done, stream, done });
  const first = onThePage(said),
    all = 450;
  const input = first.root.querySelector(".files");
  input.files = Array(all).fill(good);
  input.onchange();
  await new Promise((go) => setTimeout(go, 60)); // four hundred wait for a server that does not answer
  first.leave();
  const second = onThePage(said),
    items = new Map();
  for (let k = 0; k < 60; k++) {
    await new Promise((go) => setTimeout(go, 12));
    for (const letter of second.letters.splice(0)) {
      items.set(letter.number, letter.items.length);
      [stream, done] = [letter.stream, letter.number];
      second.draw(said());
    }
    if ([...items.values()].reduce((sum, n) => sum + n, 0) >= all) break;
  }
  assert.equal(
    [...items.values()].reduce((sum, n) => sum + n, 0),
    all,
  );
  second.leave();
});
