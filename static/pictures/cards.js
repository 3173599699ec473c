// Class cards: name, count, pictures; rename, merge, move, remove, undo. Each is a letter to Python (mailbox.js).
import { element, mount, refill } from "../lib/dom.js";
import { Mailbox, changed, newStream } from "./mailbox.js";
import { button, drop, many, paint, sheet } from "./tiles.js";

const HTML = `
  <div class="head"><h4></h4><button type="button" class="undo" hidden></button></div>
  <div class="cards"></div>
  <div class="chosen" role="region" aria-label="Chosen pictures" hidden></div>`;

const mail = new Mailbox(newStream());

/** @typedef {import("../lib/payloads").CardsData} Data */
/** @typedef {import("../lib/payloads").CardsAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root, isNew] = mount(component, HTML);
  mail.post = (letter) => setTriggerValue("letter", letter);
  if (isNew) {
    root.classList.add("ll-cards");
    root.chosen = new Set();
    // A menu closes once one presses anywhere else.
    root.closeMenus = ({ target }) => {
      for (const menu of root.querySelectorAll("details[open]")) if (!menu.contains(target)) menu.open = false;
    };
    document.addEventListener("pointerdown", root.closeMenus);
    mail.resume(root);
  }
  changed(data);
  mail.acknowledge(data.stream, data.done);
  draw(root, data);
  return () => {
    root.turn++; // a sheet that is still being loaded is dropped once it is
    drop([root.sheet]);
    document.removeEventListener("pointerdown", root.closeMenus);
    mail.pause(root);
  };
}

async function draw(root, data) {
  const turn = (root.turn = (root.turn ?? 0) + 1);
  const image = await sheet(data.sheet, "webp");
  if (turn !== root.turn) return drop([image]); // drawn anew meanwhile
  drop([root.sheet]);
  root.sheet = image;
  if (root.set !== data.set) {
    root.chosen.clear();
    root.asked = null;
  }
  const known = new Set(data.classes.flatMap(({ ids }) => ids));
  for (const id of root.chosen) if (!known.has(id)) root.chosen.delete(id);
  const tell = (kind, item) => mail.put(kind, { set: data.set, ...item });
  Object.assign(root, { set: data.set, classes: data.classes, tell });
  const total = data.classes.reduce((sum, { count }) => sum + count, 0);
  const words = data.heap ? many(total) : `${many(total)} in ${many(data.classes.length, "class", "classes")}`;
  root.querySelector("h4").textContent = words;
  const undo = root.querySelector(".undo");
  undo.hidden = !data.undo;
  undo.textContent = `Undo: ${data.undo}`;
  undo.onclick = () => tell("undo", {});
  const box = root.querySelector(".cards");
  const select = (id, yes) => {
    if (yes) root.chosen.add(id);
    else root.chosen.delete(id);
    bar(root);
  };
  const opened = new Set([...box.querySelectorAll(".more[open]")].map((menu) => menu.closest(".card").dataset.name));
  const cards = data.classes.map((each, place) => card(each, place, { data, image, tell, root, select, opened }));
  refill(box, cards);
  box.classList.toggle("opened", data.open >= 0);
  bar(root);
}

/** One class. */
function card(each, place, { data, image, tell, root, select, opened }) {
  const open = place === data.open;
  const box = element("section", { className: open ? "card open" : "card" });
  box.dataset.name = each.name;
  const name = element("input", { type: "text", value: each.name, maxLength: 60, spellcheck: false });
  name.setAttribute("aria-label", "Name of the class");
  name.dataset.key = `name ${each.name}`;
  name.onkeydown = (e) => {
    if (e.key === "Enter") name.blur();
    if (e.key === "Escape") {
      name.value = each.name;
      name.blur();
    }
  };
  const isTaken = (to) => data.classes.some((other) => other !== each && other.name === to),
    question = (to) => ask(box, each, to, tell, root, () => (name.value = each.name));
  let told = "";
  // Not when it changes: what was typed before the cards were drawn anew is no change of this field.
  name.onblur = () => {
    if (document.activeElement === name) return; // all of the window is left
    const to = name.value.trim();
    if (root.asked?.of === each.name) root.asked = null;
    box.querySelector(".ask")?.remove();
    if (!to || to === each.name) name.value = each.name;
    else if (isTaken(to)) question(to);
    else if (to !== told) tell("rename", { class_name: each.name, to: (told = to) });
  };
  const head = element("div", { className: "name" });
  head.append(name, element("span", { className: "quiet", textContent: String(each.count) }));
  head.append(more(each, data, tell, opened.has(each.name)));
  const tiles = element("div", { className: "tiles" });
  tiles.append(
    ...each.ids.map((id, k) => tile(id, each.at + k, `${each.name} ${k + 1}`, { data, image, tell, root, select })),
  );
  box.append(head, tiles);
  if (root.asked?.of === each.name && isTaken(root.asked.to)) question((name.value = root.asked.to));
  if (!each.count) tiles.append(element("p", { className: "quiet", textContent: "Empty. Add pictures above." }));
  const rest = each.count - each.ids.length;
  if (open) box.append(leaf(each, data, tell));
  else if (rest > 0)
    box.append(
      keyed(
        `all ${each.name}`,
        button(`Show all ${each.count.toLocaleString("en")}`, () => tell("open", { class_name: each.name, page: 0 }), {
          className: "all",
        }),
      ),
    );
  return box;
}

/** With a name of its own among all that takes the focus (``refill``). */
function keyed(key, node) {
  node.dataset.key = key;
  return node;
}

/** One picture: a click chooses it, the cross takes it out. */
function tile(id, place, label, { data, image, tell, root, select }) {
  const box = element("span", { className: "tile" });
  const face = button("", () => {
    const yes = !root.chosen.has(id);
    face.setAttribute("aria-pressed", String(yes));
    select(id, yes);
  });
  face.setAttribute("aria-label", label);
  face.setAttribute("aria-pressed", String(root.chosen.has(id)));
  face.dataset.key = `tile ${id}`;
  paint(face, image, place, data.tile, data.wide);
  const cross = button("×", () => {
    box.classList.add("gone");
    root.chosen.delete(id);
    tell("remove", { ids: [id] });
  });
  cross.className = "cross";
  cross.title = "Remove";
  cross.setAttribute("aria-label", `Remove ${label}`);
  box.append(face, cross);
  return box;
}

/** What can be done with a whole class. */
function more(each, data, tell, open) {
  const menu = element("details", { className: "more" });
  const list = element("div", { className: "menu" });
  menu.append(element("summary", { textContent: "⋯", title: "More" }), list);
  menu.querySelector("summary").setAttribute("aria-label", `More for ${each.name}`);
  // Only once it is opened: two hundred classes would otherwise make forty thousand lines to choose from.
  const fill = () => {
    if (list.children.length) return;
    const others = data.classes.filter((other) => other !== each),
      into = keyed(`merge ${each.name}`, choice("Merge into…", others));
    into.onchange = () => into.value && tell("merge", { class_name: each.name, to: into.value });
    list.append(
      ...(others.length && each.count ? [into] : []),
      keyed(
        `remove ${each.name}`,
        button("Remove class", () => tell("remove_class", { class_name: each.name })),
      ),
    );
  };
  menu.ontoggle = fill;
  menu.open = open;
  if (open) fill();
  return menu;
}

/** A list to choose a class from. */
function choice(title, classes) {
  const select = element("select", {});
  select.setAttribute("aria-label", title);
  select.append(...lines(title, classes));
  return select;
}

const lines = (title, classes) => [new Option(title, ""), ...classes.map(({ name }) => new Option(name, name))];

/** Another class has this name already: should the two be one? */
function ask(box, each, to, tell, root, no) {
  root.asked = { of: each.name, to };
  const line = element("p", { className: "ask", textContent: `There is a class “${to}” already. ` });
  line.setAttribute("role", "alert");
  const end = () => {
    root.asked = null;
    line.remove();
  };
  line.append(
    keyed(
      `yes ${each.name}`,
      button("Merge the two", () => (end(), tell("merge", { class_name: each.name, to }))),
    ),
    " ",
    keyed(
      `no ${each.name}`,
      button("Keep both", () => (end(), no())),
    ),
  );
  box.querySelector(".name").after(line);
}

/** The pages of a class of which all pictures are shown. */
function leaf(each, data, tell) {
  const line = element("div", { className: "bar" });
  const pages = Math.max(Math.ceil(each.count / data.per_page), 1),
    go = (page) => () => tell("open", { class_name: each.name, page });
  if (pages > 1)
    line.append(
      button("‹ Newer", go(data.page - 1), { disabled: data.page === 0 }),
      element("span", { textContent: `${data.page + 1} of ${pages}` }),
      button("Older ›", go(data.page + 1), { disabled: data.page + 1 >= pages }),
    );
  const fewer = button("Show fewer", () => tell("open", { class_name: each.name, page: null }));
  line.append(keyed(`all ${each.name}`, fewer)); // where “Show all” was
  return line;
}

/** What can be done with the pictures that are chosen. It stands for as long as some are: a name may be typed there. */
function bar(root) {
  const box = root.querySelector(".chosen"),
    remove = () => (root.tell("remove", { ids: [...root.chosen] }), unchoose(root));
  box.hidden = !root.chosen.size;
  if (box.hidden) return box.replaceChildren();
  if (!box.children.length)
    box.append(
      element("b", {}),
      moving(root),
      button("Remove", remove),
      button("Cancel", () => unchoose(root)),
    );
  box.querySelector("b").textContent = `${many(root.chosen.size)} chosen`;
  const list = box.querySelector("select");
  if (list && list !== document.activeElement) list.replaceChildren(...targets(root)); // else it is open, perhaps
}

function unchoose(root) {
  root.chosen.clear();
  for (const face of root.querySelectorAll(".tile [aria-pressed=true]")) face.setAttribute("aria-pressed", "false");
  bar(root);
}

const targets = (root) => [...lines("Move to…", root.classes), new Option("A new class…", "\n")];

/** A list of classes to move the chosen pictures to, or the name of a new one. */
function moving(root) {
  const list = choice("Move to…", []);
  list.replaceChildren(...targets(root));
  const move = (to) => (root.tell("move", { ids: [...root.chosen], to }), unchoose(root));
  list.onchange = () => {
    if (list.value !== "\n") return list.value && move(list.value);
    const name = element("input", { type: "text", placeholder: "Name of the new class, then Enter", maxLength: 60 });
    name.setAttribute("aria-label", "Name of the new class");
    name.onkeydown = (e) => {
      if (e.key === "Enter" && name.value.trim()) move(name.value.trim());
      if (e.key !== "Escape") return;
      const again = moving(root);
      name.replaceWith(again);
      again.focus();
    };
    list.replaceWith(name);
    name.focus();
  };
  return list;
}
