// What the network will see: before and after, everything as it goes in, and how small sets are varied.
import { element, mount, refill } from "../lib/dom.js";
import { Mailbox, changed, newStream } from "./mailbox.js";
import { button, drop, many, paint, sheet } from "./tiles.js";

const HTML = `
  <div class="pairs"></div>
  <div class="marks" role="status"></div>
  <div class="grid"></div>
  <div class="bar" hidden></div>
  <div class="varied" hidden></div>`;

const mail = new Mailbox(newStream());

/** @typedef {import("../lib/payloads").SeenData} Data */
/** @typedef {import("../lib/payloads").SeenAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root, isNew] = mount(component, HTML);
  mail.post = (letter) => setTriggerValue("letter", letter);
  if (isNew) {
    root.classList.add("ll-seen");
    mail.resume(root);
  }
  changed(data);
  mail.acknowledge(data.stream, data.done);
  draw(root, data);
  return () => {
    root.turn++; // sheets that are still being loaded are dropped once they are
    drop(root.sheets ?? []);
    mail.pause(root);
  };
}

/**
 * Why pictures are marked, by id: nearly empty, or a picture that is there already (all of a group but its first).
 *
 * @param {{empty: number[], doubles: number[][]}} data
 * @returns {Map<number, string>}
 */
export function marks({ empty, doubles }) {
  const found = new Map(doubles.flatMap(([, ...others]) => others.map((id) => [id, "there twice"])));
  for (const id of empty) found.set(id, "nearly empty");
  return found;
}

async function draw(root, data) {
  const turn = (root.turn = (root.turn ?? 0) + 1);
  const [pairs, all, varied] = await Promise.all([
    sheet(data.pairs, "webp"),
    sheet(data.sheet, "png"),
    data.varied ? sheet(data.varied, "png") : null,
  ]);
  if (turn !== root.turn) return drop([pairs, all, varied]); // drawn anew meanwhile
  drop(root.sheets ?? []);
  root.sheets = [pairs, all, varied];
  const tell = (kind, item) => mail.put(kind, { set: data.set, ...item });
  root.querySelector(".pairs").replaceChildren(...pairsOf(data, pairs));
  const marked = marks(data);
  root.querySelector(".marks").replaceChildren(...toClean(marked, tell));
  grid(root.querySelector(".grid"), data, all, marked, tell);
  const bar = root.querySelector(".bar"),
    go = (page) => () => tell("page", { page });
  bar.hidden = data.pages < 2;
  refill(bar, [
    button("‹", go(data.page - 1), { disabled: data.page === 0, title: "Earlier" }),
    element("span", { textContent: `${data.page + 1} of ${data.pages}` }),
    button("›", go(data.page + 1), { disabled: data.page + 1 >= data.pages, title: "Later" }),
  ]);
  const rows = root.querySelector(".varied");
  rows.hidden = !varied;
  if (varied) rows.replaceChildren(...variations(data, varied));
}

/** A picture as it came, above the same as it goes in. */
function pairsOf(data, image) {
  const line = (words, row) => {
    const box = element("div", { className: "line" });
    box.append(element("b", { textContent: words }));
    for (let k = 0; k < data.pair_count; k++) {
      const tile = element("i", {});
      paint(tile, image, row * data.pair_count + k, data.pair_tile, data.pair_count);
      box.append(tile);
    }
    return box;
  };
  return [line("As it came", 0), line("As the network sees it", 1)];
}

/** What is marked, in words, each with one click to remove all of it. */
function toClean(marked, tell) {
  return ["nearly empty", "there twice"].flatMap((why) => {
    const ids = [...marked].filter(([, each]) => each === why).map(([id]) => id);
    if (!ids.length) return [];
    const line = element("p", { className: why === "nearly empty" ? "empty" : "twice" });
    const words = why === "nearly empty" ? "nearly empty" : "nearly the same as another";
    line.append(
      element("span", { textContent: `${many(ids.length, "picture is", "pictures are")} ${words}. ` }),
      button(ids.length === 1 ? "Remove it" : `Remove these ${ids.length}`, () => tell("remove", { ids })),
    );
    return [line];
  });
}

/** Everything on this page, class after class. */
function grid(box, data, image, marked, tell) {
  const parts = [];
  data.ids.forEach((id, k) => {
    if (data.names.length && data.labels[k] !== data.labels[k - 1])
      parts.push(element("b", { className: "class", textContent: data.names[data.labels[k]] }));
    const why = marked.get(id);
    const tile = why ? button("", () => (tile.classList.add("gone"), tell("remove", { ids: [id] }))) : element("i", {});
    if (why) {
      tile.className = why === "nearly empty" ? "empty" : "twice";
      tile.title = `${why}: click to remove it`;
      tile.setAttribute("aria-label", `A picture that is ${why}: remove it`);
    }
    paint(tile, image, k, data.tile, data.wide);
    parts.push(tile);
  });
  box.replaceChildren(...parts);
  box.style.setProperty("--tile", `${Math.max(data.tile, 40)}px`);
}

function variations(data, image) {
  return Array.from({ length: data.varied_high }, (_, row) => {
    const box = element("div", { className: "line" });
    box.append(element("b", { textContent: row ? "" : "Varied" }));
    for (let k = 0; k < data.varied_wide; k++) {
      const tile = element("i", { className: k ? "" : "first" });
      paint(tile, image, row * data.varied_wide + k, data.tile, data.varied_wide);
      box.append(tile);
    }
    return box;
  });
}
