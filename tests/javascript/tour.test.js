import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { layout, linksOf, packedBits, WIDE } from "../../static/shell/keepsake.js";
import {
  around,
  common,
  freeOf,
  height,
  holes,
  NARROW,
  place,
  scrollFor,
  width,
} from "../../static/shell/tour_place.js";
import { Witness } from "../../static/shell/tour_witness.js";
import { Memory } from "../../static/shell/tour_memory.js";

const store = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, String(value)) };
};
Object.assign(globalThis, { localStorage: store() });

const VIEWS = [
  { width: 1280, height: 800, top: 116 },
  { width: 1920, height: 1080, top: 116 },
  { width: 390, height: 844, top: 116 },
];
const cardIn = (view) => (view.width <= NARROW ? { width: 366, height: 210 } : { width: 368, height: 190 });
const box = (left, top, wide, high) => ({ left, top, right: left + wide, bottom: top + high });
const touch = (one, other) => width(common(one, other)) > 0 && height(common(one, other)) > 0;

/** Things of all sizes at all places of a window. */
function* things(view) {
  for (const wide of [40, 200, 0.6 * view.width, view.width - 30])
    for (const high of [40, 180, 420])
      for (let x = 4; x + wide <= view.width - 4; x += 97)
        for (let y = view.top + 8; y + high <= view.height - 8; y += 83) yield box(x, y, wide, high);
}

// ---- where the card stands

test("the card covers nothing that it speaks of where there is room beside it, and lies in the window", () => {
  for (const view of VIEWS)
    for (const thing of things(view)) {
      const card = cardIn(view),
        { box: stands } = place([thing], card, view),
        room = thing.top - view.top > card.height + 60 || view.height - thing.bottom > card.height + 60;
      assert.ok(
        stands.left >= 0 && stands.right <= view.width && stands.top >= view.top && stands.bottom <= view.height,
      );
      if (room && view.width <= NARROW) assert.ok(!touch(stands, thing), JSON.stringify({ thing, stands }));
      if (room && width(thing) < view.width / 2) assert.ok(!touch(stands, thing), JSON.stringify({ thing, stands }));
    }
});

test("the card stays where it is as long as it covers nothing", () => {
  const [view] = VIEWS,
    card = cardIn(view);
  assert.equal(place([box(100, 200, 50, 50)], card, view, "top right").name, "top right");
  assert.notEqual(place([box(1000, 130, 200, 50)], card, view, "top right").name, "top right");
  assert.equal(place([box(100, 200, 50, 50)], card, VIEWS[2], "top right").name, "bottom", "a phone has no such place");
});

test("after scrolling, a thing is in sight and free of the card on every screen", () => {
  for (const view of VIEWS)
    for (const at of [-2000, -50, 300, 790, 5000])
      for (const high of [44, 200, 400]) {
        const card = cardIn(view),
          free = freeOf(card, view),
          thing = box(20, at, 200, high),
          by = scrollFor(thing, card, view),
          after = box(20, at - by, 200, high);
        assert.ok(after.top >= free.top && after.bottom <= free.bottom + 1, JSON.stringify({ view, after, free }));
        assert.ok(!touch(after, place([after], card, view).box));
        assert.equal(scrollFor(after, card, view), 0, "once is enough");
      }
});

test("of a thing that is too high, the beginning comes into sight", () => {
  for (const view of VIEWS) {
    const by = scrollFor(box(0, 900, 300, 3000), cardIn(view), view);
    assert.ok(900 - by >= view.top && 900 - by < view.top + 40);
  }
});

test("light falls around a thing, never on the card or outside the window", () => {
  for (const view of VIEWS)
    for (const thing of things(view)) {
      const card = place([thing], cardIn(view), view).box;
      for (const hole of holes([thing], card, view)) {
        assert.ok(!touch(hole, card));
        assert.ok(hole.left >= 0 && hole.right <= view.width && hole.bottom <= view.height);
      }
      if (!touch(thing, card)) assert.ok(width(holes([thing], card, view)[0]) >= width(thing));
    }
  assert.deepEqual(holes([box(10, 3000, 50, 50)], null, VIEWS[0]), [], "what is not seen has none");
  assert.deepEqual(around([box(1, 2, 3, 4), box(10, 20, 1, 1)]), { left: 1, top: 2, right: 11, bottom: 21 });
});

// ---- what was done

class Page {
  values = {};
  choices = {};
  chosen = null;
  things = new Set();
  has = (selector) => this.things.has(selector);
  value = (selector, name) => this.values[`${selector} ${name}`] ?? null;
  address = (name) => this.choices[name] ?? null;
  epoch = () => this.chosen;
}

test("a step believes only what was done since it began", () => {
  const page = new Page(),
    witness = new Witness([{ address: "dot" }]);
  page.choices.dot = "5"; // of an earlier visit
  witness.begin(page);
  witness.touch(page);
  assert.equal(witness.look(page), false);
  page.choices.dot = "6";
  assert.equal(witness.look(page), true);
});

test("what changes before anybody touches the page does not count; what comes of the first touch does", () => {
  const rule = { changed: "z", selector: "ring" },
    page = new Page(),
    witness = new Witness([rule]);
  witness.begin(page);
  page.values["ring z"] = "1,2"; // the page is being drawn
  assert.equal(witness.look(page), false);
  page.values["ring z"] = "1,3"; // and moves by itself
  assert.equal(witness.look(page), false);
  witness.touch(page);
  assert.equal(witness.look(page), false);
  page.values["ring z"] = "4,4";
  assert.equal(witness.look(page), true);
  page.values = {};
  assert.equal(witness.look(page), true, "it stays done");
});

test("a touch before the first look takes note of what was there before it", () => {
  const page = new Page(),
    witness = new Witness([{ changed: "beta", selector: "chart" }]);
  page.values["chart beta"] = "1";
  witness.touch(page);
  page.values["chart beta"] = "4";
  assert.equal(witness.look(page), true);
});

test("clicks are counted, and what they should lead to must be there", () => {
  const page = new Page(),
    witness = new Witness([
      { click: "dice", least: 3 },
      { click: "start", brings: "birth" },
    ]);
  page.things.add("birth"); // a training that goes on already
  witness.begin(page);
  for (const k of [1, 2])
    witness.event("click", (selector) => selector === "dice"), assert.equal(witness.look(page), false, k);
  page.things.clear();
  witness.event("click", (selector) => selector === "start");
  assert.equal(witness.look(page), false, "it was refused");
  page.things.add("birth");
  assert.equal(witness.look(page), true);
});

test("a training that goes on already is done with when it was watched, by its own moments", () => {
  const page = new Page(),
    witness = new Witness([{ changed: "moment", selector: "birth", least: 3, by_itself: true }]);
  page.values["birth moment"] = "10";
  witness.begin(page);
  const seen = ["10", "11", "11", "12", "13"].map((moment) => {
    page.values["birth moment"] = moment;
    return witness.look(page);
  });
  assert.deepEqual(seen, [false, false, false, false, true]);
});

test("a film counts from its first epoch on, once a hand has set it going", () => {
  const page = new Page(),
    witness = new Witness([{ epochs: [0, 3] }]);
  page.chosen = 20;
  witness.begin(page);
  assert.equal(witness.look(page), false);
  page.chosen = 0;
  witness.look(page);
  page.chosen = 3;
  assert.equal(witness.look(page), false, "by itself");
  witness.touch(page);
  assert.equal(witness.look(page), true);
});

test("nothing is drawn on an empty pad", () => {
  const page = new Page(),
    witness = new Witness([{ changed: "sum", selector: "pad", not: "0" }]);
  page.values["pad sum"] = "77"; // a drawing from before
  witness.touch(page);
  page.values["pad sum"] = "0"; // is wiped away
  assert.equal(witness.look(page), false);
  page.values["pad sum"] = "78";
  assert.equal(witness.look(page), true);
});

test("a reload within a step goes on with what was seen, and anything else that is kept there harms nothing", () => {
  const page = new Page(),
    rules = [{ click: "dice", least: 2 }],
    first = new Witness(rules);
  first.touch(page);
  first.event("click", () => true);
  const second = new Witness(rules, JSON.parse(JSON.stringify(first.kept())));
  assert.equal(second.look(page), false);
  second.event("click", () => true);
  assert.equal(second.look(page), true);
  for (const odd of [
    7,
    "x",
    [],
    { notes: 3 },
    { notes: [null, { count: "9" }] },
    { begun: 1, notes: [{ count: NaN }] },
  ])
    assert.equal(new Witness(rules, odd).look(page), false);
});

// ---- what is kept

const PNG = "data:image/png;base64,AAAA";

test("the step and the pictures last; what was seen done belongs to the visit", () => {
  const memory = new Memory();
  memory.begin();
  memory.step = 4;
  memory.done.add(3);
  memory.keep("rebuilt", { src: PNG, words: "Drawn again" });
  memory.save();
  const same = new Memory();
  assert.deepEqual([same.step, [...same.done], Object.keys(same.keeps)], [4, [3], ["rebuilt"]]);
  Object.assign(globalThis, { sessionStorage: store() }); // another visit
  const later = new Memory();
  assert.deepEqual([later.step, [...later.done], Object.keys(later.keeps)], [4, [], ["rebuilt"]]);
  later.begin();
  assert.deepEqual([new Memory().step, new Memory().keeps], [0, {}]);
  later.end();
  assert.equal(new Memory().step, null);
});

test("what stands in the browser’s store may be anything", () => {
  for (const odd of ["", "{", "null", "[]", "7.5", '"x"', '{"step": -1, "keeps": 7}', '{"step": "2", "run": "<b>"}']) {
    localStorage.setItem("latent-lab-tour", odd);
    const memory = new Memory();
    assert.deepEqual([memory.step, memory.keeps, memory.run], [null, {}, ""], odd);
  }
  localStorage.setItem("latent-lab-tour", "6"); // as it was written before there was more to keep
  assert.equal(new Memory().step, 6);
  const evil = { a: { src: "https://evil.example/x.png", words: "" }, b: { src: PNG }, c: { src: PNG, words: "fine" } };
  localStorage.setItem("latent-lab-tour", JSON.stringify({ step: 1, keeps: evil }));
  assert.deepEqual(Object.keys(new Memory().keeps), ["c"]);
});

test("the pictures that one keeps lie apart and inside, whichever there are", () => {
  const sizes = {
    drawing: { width: 140, height: 140 },
    rebuilt: { width: 28, height: 28 },
    samples: { width: 224, height: 224 },
    rolled: { width: 28, height: 28 },
    imagined: { width: 280, height: 28 },
    morph: { width: 252, height: 28 },
    training: { width: 280, height: 56 },
  };
  const names = Object.keys(sizes);
  for (let some = 0; some < 1 << names.length; some++) {
    const there = Object.fromEntries(names.filter((_, k) => some & (1 << k)).map((name) => [name, sizes[name]])),
      { slots, height: high } = layout(there);
    for (const slot of slots) {
      assert.ok(slot.x >= 0 && slot.x + slot.width <= WIDE && slot.y + slot.height + 44 <= high, slot.name);
      for (const other of slots)
        if (other !== slot)
          assert.ok(
            !touch(box(slot.x, slot.y, slot.width, slot.height + 44), box(other.x, other.y, other.width, other.height)),
          );
    }
    if (!there.drawing && there.rolled) assert.ok(slots.some(({ name }) => name === "rolled"));
  }
});

test("links lead back to the drawing and to the training", () => {
  const base = "http://lab.test/here/";
  const [drawing, training] = linksOf({ drawing: "AB-_", run: "r.1" }, base).map(({ href }) => href);
  assert.equal(drawing, "http://lab.test/here/draw?run=lecture&drawing=AB-_");
  assert.equal(training, "http://lab.test/here/train?run=r.1");
  assert.deepEqual(
    linksOf({ drawing: "", run: "" }, base).map(({ href }) => href),
    [base],
  );
  assert.equal(packedBits([true, false, false, false, false, false, false, true]), "gQ");
  assert.equal(packedBits(Array(16).fill(true)), "__8", "as addresses have it");
  assert.equal(packedBits(Array(9).fill(false)), "");
});
