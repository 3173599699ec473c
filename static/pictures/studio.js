// The ways in: draw, camera, files, and paste anywhere. Pictures queue here and leave by themselves (mailbox.js).
import { element, mount } from "../lib/dom.js";
import { incoming } from "../lib/incoming.js";
import { send } from "../bridge/ask.js";
import { camera } from "./camera.js";
import { adder } from "./adding.js";
import { chosen, dropped } from "./files.js";
import { Mailbox, changed, newStream } from "./mailbox.js";
import { pad } from "./pad.js";
import { classOf, taker } from "./taking.js";

const SENT = 128; // pixels to a side of a drawing
const OFTEN = 1500; // milliseconds after which the cards are drawn again while much is added

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const LENS = "M3 8h4l2-3h6l2 3h4v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z";
const WAYS = {
  draw: ["Draw", "Letters, faces, anything: one after the other", icon("M4 20l1-5L16 4l4 4L9 19zM14 6l4 4")],
  camera: ["Camera", "Hold a button, and it takes eight a second", icon(LENS)],
  files: ["Files", "Pictures, folders or a zip: drop them anywhere", icon("M3 6h6l2 2h10v11H3zM12 11v6M9 14l3-3 3 3")],
}; // biome-ignore format: one way a line

const HTML = `
  <div class="ways" role="tablist" aria-label="Add pictures">
    ${Object.entries(WAYS)
      .map(
        ([name, [title, words, picture]]) => `<button type="button" role="tab" data-way="${name}" aria-selected="false">
      ${picture}<span><b>${title}</b><small>${words}</small></span></button>`,
      )
      .join("")}
  </div>
  <p class="quiet paste">You can also paste a picture anywhere on this page, or drop files on it.</p>
  <div class="work" hidden>
    <div class="left">
      <section data-panel="draw" role="tabpanel" aria-label="Draw" hidden></section>
      <section data-panel="camera" role="tabpanel" aria-label="Camera" hidden></section>
      <section data-panel="files" role="tabpanel" aria-label="Files" hidden>
        <div class="drop"><b>Drop pictures, folders or a zip here</b>
          <p class="quiet">Each folder is a class. Pictures are made small before they leave your computer.</p>
          <div class="tools">
            <label class="file">Choose files<input type="file" class="files" multiple
              accept="image/*,.zip,.tif,.tiff"></label>
            <label class="file">Choose a folder<input type="file" class="folder" webkitdirectory></label>
          </div></div>
      </section>
    </div>
    <div class="who">
      <label class="name">Class: what do they show?
        <input type="text" class="class" maxlength="60" placeholder="as the folders say, or none"
          autocomplete="off" spellcheck="false"></label>
      <div class="chips" role="group" aria-label="Classes of this set"></div>
    </div>
    <div class="new">
      <p class="count" role="status"></p>
      <div class="row" aria-hidden="true"></div>
    </div>
  </div>
  <p class="said" role="alert" hidden></p>
  <div class="report" role="status" hidden></div>`;

// These outlive the page: what was not sent before a visit to another page is sent after it.
const mail = new Mailbox(newStream());
// chosen: whether somebody said which class; put: pictures so far; job: one is taken back as a whole.
const memory = { way: "", class: "Class 1", chosen: false, put: 0, job: 0 };
/**
 * So do the files that are still being read, and the elements in which they are told of: each page takes those in.
 *
 * @type {{data?: Data, parts?: {[name: string]: HTMLElement}, adding?: ReturnType<typeof adder>, take?: any}}
 */
const going = {};

/** @typedef {import("../lib/payloads").StudioData} Data */
/** @typedef {import("../lib/payloads").StudioAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root, isNew] = mount(component, HTML);
  mail.post = (letter) => setTriggerValue("letter", letter);
  if (isNew) build(root, data);
  root.heard(data);
  return root.end;
}

function build(root, first) {
  root.classList.add("ll-studio");
  const find = (name) => root.querySelector(name);
  let told = 0;
  going.data ??= first;
  const { adding, take } = carriedOn(find);
  const panels = ways(root, adding.add, take);
  const classes = chooser(root, memory, panels);
  root.mark = classes.mark;
  root.commit = classes.commit;
  const took = (found, source) => {
    classes.commit();
    if (!memory.way) panels.open("files");
    take(found, source);
  };
  const forget = incoming(root, {
    drop: async (transfer) => took(await dropped(transfer), "file"),
    paste: (files) =>
      took(
        files.map((file) => ({ file, path: file.name || "a pasted picture" })),
        "pasted",
      ),
  });
  for (const input of [find(".files"), find(".folder")])
    input.onchange = () => {
      took(chosen(input), "file");
      input.value = "";
    };
  root.heard = (now) => {
    if (now.set !== going.data.set && going.data.set) find(".report").hidden = true;
    going.data = now;
    mail.acknowledge(now.stream, now.done);
    root.classList.toggle("empty", !now.count);
    if (now.trouble || !mail.left) {
      find(".said").textContent = now.trouble;
      find(".said").hidden = !now.trouble;
    }
    classes.show(now.classes);
    adding.show();
    // The cards are drawn again once nothing is under way, or now and then; what is slow only then.
    if (now.set && (!mail.left || Date.now() - told > OFTEN)) {
      told = Date.now();
      send(() => changed(now, !mail.left));
    }
  };
  mail.resume(root);
  panels.open(memory.way);
  root.end = () => {
    forget();
    panels.end();
    mail.pause(root);
  };
}

/** What takes pictures in: made once, and brought to this page with all that it is about. */
function carriedOn(find) {
  if (going.parts) for (const [name, node] of Object.entries(going.parts)) find(name).replaceWith(node);
  else {
    const [row, count, box] = [".row", ".count", ".report"].map(find);
    going.parts = { ".row": row, ".count": count, ".report": box };
    going.adding = adder({ row, count, mail, memory });
    going.take = taker({ ...going.adding, mail, memory, now: () => going.data, box });
    mail.changed = going.adding.show;
  }
  return going;
}

/** The three ways in, and the panel of the one that is open. */
function ways(root, add, take) {
  const tabs = [...root.querySelectorAll("[data-way]")];
  /** @type {{draw?: ReturnType<typeof pad>, camera?: ReturnType<typeof camera>}} */
  const made = {};
  const open = (way) => {
    if (way !== memory.way) root.querySelector(".report").hidden = true;
    memory.way = way;
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.way === way));
    for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== way;
    root.querySelector(".work").hidden = !way;
    root.classList.toggle("open", !!way);
    root.mark?.();
    if (way === "draw") {
      made.draw ??= pad(root.querySelector("[data-panel=draw]"), (canvas) =>
        add(copyOf(canvas, SENT), "drawn", "a drawing", memory.class),
      );
      made.draw.focus();
    }
    if (way !== "camera") return made.camera?.end();
    made.camera ??= camera(
      root.querySelector("[data-panel=camera]"),
      (canvas) => add(canvas, "camera", "a picture of the camera", memory.class),
      (files) => take(files, "camera"),
      () => {
        root.commit();
        memory.job++;
      },
    );
    made.camera.start();
  };
  for (const tab of tabs) tab.onclick = () => open(tab.dataset.way);
  root.querySelector(".ways").onkeydown = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length].focus();
  };
  const end = () => {
    made.draw?.end();
    made.camera?.end();
  };
  return { open, end, focus: () => made.draw?.focus(), finish: () => made.draw?.finish() };
}

/**
 * Which class pictures are of: a field, and the classes that there are. A drawing that waits to be finished is of the
 * class in which it was drawn, so it is finished before another is chosen.
 */
export function chooser(root, memory, { finish, focus }) {
  const field = root.querySelector(".class"),
    chips = root.querySelector(".chips");
  const mark = () => {
    const shown = classOf(memory);
    if (!field.matches(":focus")) field.value = shown; // what is being typed there stays
    for (const chip of chips.children) chip.setAttribute("aria-pressed", String(chip.dataset.name === shown));
  };
  const choose = (name) => {
    finish();
    memory.class = field.value = name;
    memory.chosen = true;
    mark();
  };
  // Not at each key: what is drawn or taken meanwhile is of the class before, and not of half a name.
  const commit = () => field.value !== classOf(memory) && choose(field.value);
  const chip = (name) => {
    const made = element("button", { type: "button", textContent: name, onclick: () => (choose(name), focus()) });
    made.dataset.name = name;
    return made;
  };
  field.onchange = commit;
  field.onkeydown = (e) => {
    if (e.key !== "Enter") return;
    commit();
    focus();
  };
  const show = (names) => {
    const another = element("button", { type: "button", textContent: "+ New class", className: "another" });
    another.onclick = () => {
      let k = names.length + 1;
      while (names.includes(`Class ${k}`)) k++;
      choose(`Class ${k}`);
      field.focus();
      field.select();
    };
    chips.replaceChildren(...names.map(chip), ...(names.length ? [another] : []));
    mark();
  };
  return { show, mark, commit };
}

function copyOf(canvas, side) {
  const copy = element("canvas", { width: side, height: side }),
    g = copy.getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(canvas, 0, 0, side, side);
  return copy;
}
