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
  const known = new Set(data.classes.flatMap(({ ids }) => ids));
  for (const id of root.chosen) if (!known.has(id)) root.chosen.delete(id);
  const tell = (kind, item) => mail.put(kind, { set: data.set, ...item });
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
    bar(root, data, tell);
  };
  const cards = data.classes.map((each, place) => card(each, place, { data, image, tell, root, select }));
  refill(box, cards);
  box.classList.toggle("opened", data.open >= 0);
  bar(root, data, tell);
}

/** One class. */
function card(each, place, { data, image, tell, root, select }) {
  const open = place === data.open;
  const box = element("section", { className: open ? "card open" : "card" });
  box.dataset.name = each.name;
  const name = element("input", { type: "text", value: each.name, maxLength: 60, spellcheck: false });
  name.setAttribute("aria-label", "Name of the class");
  name.dataset.key = `name ${place}`;
  name.onkeydown = (e) => {
    if (e.key === "Enter") name.blur();
    if (e.key === "Escape") {
      name.value = each.name;
      name.blur();
    }
  };
  name.onchange = () => {
    const to = name.value.trim();
    if (!to || to === each.name) name.value = each.name;
    else if (data.classes.some((other) => other.name === to)) ask(box, each, to, tell, () => (name.value = each.name));
    else tell("rename", { class_name: each.name, to });
  };
  const head = element("div", { className: "name" });
  head.append(name, element("span", { className: "quiet", textContent: String(each.count) }), more(each, data, tell));
  const tiles = element("div", { className: "tiles" });
  tiles.append(
    ...each.ids.map((id, k) => tile(id, each.at + k, `${each.name} ${k + 1}`, { data, image, tell, root, select })),
  );
  box.append(head, tiles);
  if (!each.count) tiles.append(element("p", { className: "quiet", textContent: "Empty. Add pictures above." }));
  const rest = each.count - each.ids.length;
  if (open) box.append(leaf(each, data, tell));
  else if (rest > 0)
    box.append(
      button(`Show all ${each.count.toLocaleString("en")}`, () => tell("open", { class_name: each.name, page: 0 }), {
        className: "all",
      }),
    );
  return box;
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
function more(each, data, tell) {
  const menu = element("details", { className: "more" });
  const list = element("div", { className: "menu" });
  menu.append(element("summary", { textContent: "⋯", title: "More" }), list);
  menu.querySelector("summary").setAttribute("aria-label", `More for ${each.name}`);
  // Only once it is opened: two hundred classes would otherwise make forty thousand lines to choose from.
  menu.ontoggle = () => {
    const others = data.classes.filter((other) => other !== each),
      into = choice("Merge into…", others);
    into.onchange = () => into.value && tell("merge", { class_name: each.name, to: into.value });
    list.replaceChildren(
      ...(others.length && each.count ? [into] : []),
      button("Remove class", () => tell("remove_class", { class_name: each.name })),
    );
  };
  return menu;
}

/** A list to choose a class from. */
function choice(title, classes) {
  const select = element("select", {});
  select.setAttribute("aria-label", title);
  select.append(new Option(title, ""), ...classes.map(({ name }) => new Option(name, name)));
  return select;
}

/** Another class has this name already: should the two be one? */
function ask(box, each, to, tell, no) {
  box.querySelector(".ask")?.remove();
  const line = element("p", { className: "ask", textContent: `There is a class “${to}” already. ` });
  line.setAttribute("role", "alert");
  const end = () => line.remove();
  line.append(
    button("Merge the two", () => (end(), tell("merge", { class_name: each.name, to }))),
    " ",
    button("Keep both", () => (end(), no())),
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
  line.append(button("Show fewer", () => tell("open", { class_name: each.name, page: null })));
  return line;
}

/** What can be done with the pictures that are chosen. */
function bar(root, data, tell) {
  const box = root.querySelector(".chosen"),
    ids = [...root.chosen];
  box.hidden = !ids.length;
  if (!ids.length) return;
  const done = () => {
    root.chosen.clear();
    for (const face of root.querySelectorAll(".tile [aria-pressed=true]")) face.setAttribute("aria-pressed", "false");
    bar(root, data, tell);
  };
  const to = choice("Move to…", data.classes);
  to.append(new Option("A new class…", "\n"));
  to.onchange = () => {
    if (!to.value) return;
    if (to.value !== "\n") return tell("move", { ids, to: to.value }), done();
    const name = element("input", { type: "text", placeholder: "Name of the new class, then Enter", maxLength: 60 });
    name.setAttribute("aria-label", "Name of the new class");
    name.onkeydown = (e) => {
      if (e.key === "Escape") bar(root, data, tell);
      if (e.key !== "Enter" || !name.value.trim()) return;
      tell("move", { ids, to: name.value.trim() });
      done();
    };
    to.replaceWith(name);
    name.focus();
  };
  box.replaceChildren(
    element("b", { textContent: `${many(ids.length)} chosen` }),
    to,
    button("Remove", () => (tell("remove", { ids }), done())),
    button("Cancel", done),
  );
}
