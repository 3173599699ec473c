// The ways in: draw, camera, files, and paste anywhere. Pictures queue here and leave by themselves (mailbox.js).
import { element, mount } from "../lib/dom.js";
import { publish } from "../lib/bus.js";
import { send } from "../bridge/ask.js";
import { camera } from "./camera.js";
import { chosen, classesOf, dropped, isForServer, isSilent, refusal } from "./files.js";
import { canvasOf, packed } from "./fit.js";
import { Mailbox, newStream } from "./mailbox.js";
import { pad } from "./pad.js";

const ROW = 14; // of the newest pictures, shown beside the pad
const AHEAD = 120; // pictures of files that wait to be sent, at most
const PATIENCE = 180_000; // milliseconds for a file to reach the server

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const WAYS = {
  draw: ["Draw", "Letters, faces, anything: one after the other", icon("M4 20l1-5L16 4l4 4L9 19zM14 6l4 4")],
  camera: ["Camera", "Hold a button, and it takes eight a second", icon("M3 8h4l2-3h6l2 3h4v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z")],
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
          <p class="quiet">In folders, each folder is a class. Pictures are made small before they leave your computer.</p>
          <div class="tools">
            <label class="file">Choose files<input type="file" class="files" multiple
              accept="image/*,.zip,.tif,.tiff"></label>
            <label class="file">Choose a folder<input type="file" class="folder" webkitdirectory></label>
          </div></div>
      </section>
    </div>
    <div class="right">
      <label class="name">Class: what do they show?
        <input type="text" class="class" maxlength="60" autocomplete="off" spellcheck="false"></label>
      <div class="chips" role="group" aria-label="Classes of this set"></div>
      <p class="count" role="status"></p>
      <div class="row" aria-hidden="true"></div>
    </div>
  </div>
  <p class="said" role="alert" hidden></p>
  <div class="report" role="status" hidden></div>`;

// These outlive the page: what was not sent before a visit to another page is sent after it.
const mail = new Mailbox(newStream());
const memory = { way: "", class: "Class 1", put: 0, packing: 0, job: 0 };

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
  const field = find(".class"),
    row = find(".row");
  let data = first;
  const waiting = new Set(); // functions that are asked whether they have seen enough
  const until = (enough) =>
    new Promise((done) => {
      const look = () => enough() && (waiting.delete(look), done());
      waiting.add(look);
      look();
    });
  const lookAgain = () => [...waiting].forEach((look) => void look());

  // ---- which class

  const setClass = (name) => {
    memory.class = name;
    if (field.value !== name) field.value = name;
    for (const chip of find(".chips").children) chip.setAttribute("aria-pressed", String(chip.dataset.name === name));
  };
  const chips = () => {
    const names = [...data.classes];
    const news = element("button", { type: "button", textContent: "+ New class", className: "new" });
    news.onclick = () => {
      let k = names.length + 1;
      while (names.includes(`Class ${k}`)) k++;
      setClass(`Class ${k}`);
      field.focus();
      field.select();
    };
    find(".chips").replaceChildren(
      ...names.map((name) => {
        const chip = element("button", { type: "button", textContent: name, onclick: () => setClass(name) });
        chip.dataset.name = name;
        return chip;
      }),
      ...(names.length ? [news] : []),
    );
    setClass(memory.class);
  };
  field.oninput = () => setClass(field.value);
  field.onkeydown = (e) => {
    if (e.key === "Enter") pads.draw?.focus();
  };

  // ---- adding

  const show = () => {
    const arrived = memory.put - memory.packing - mail.left;
    for (const node of row.children) node.classList.toggle("going", Number(node.dataset.place) > arrived);
    find(".count").textContent = memory.put
      ? `${memory.put.toLocaleString("en")} added${mail.left ? `, ${mail.left.toLocaleString("en")} of them still to be sent` : ""}`
      : "";
    lookAgain();
  };
  const say = (words) => {
    find(".said").hidden = !words;
    find(".said").textContent = words;
  };
  const add = async (canvas, source, name, className) => {
    const thumb = element("canvas", { width: 64, height: 64 });
    const side = Math.max(canvas.width, canvas.height),
      scale = 64 / side;
    thumb
      .getContext("2d")
      .drawImage(
        canvas,
        32 - (canvas.width * scale) / 2,
        32 - (canvas.height * scale) / 2,
        canvas.width * scale,
        canvas.height * scale,
      );
    thumb.dataset.place = String(++memory.put);
    row.prepend(thumb);
    while (row.children.length > ROW) row.lastChild.remove();
    memory.packing++;
    const picture = await packed(canvas, source === "drawn" ? "image/png" : "image/webp");
    memory.packing--;
    const kind = source === "drawn" ? "add" : `add ${source} ${memory.job}`; // what is taken back together
    mail.put(kind, { class_name: className, source, name, picture }, picture.length);
    show();
  };
  // One after the other, so that they arrive in order.
  let line = Promise.resolve();
  const addInTurn = (canvas, source, name, className = memory.class) => {
    line = line.then(() => add(canvas, source, name, className));
    return line;
  };
  const copyOf = (canvas, side) => {
    const copy = element("canvas", { width: side, height: side }),
      g = copy.getContext("2d");
    g.imageSmoothingQuality = "high";
    g.drawImage(canvas, 0, 0, side, side);
    return copy;
  };

  // ---- files

  let jobs = Promise.resolve();
  const takeFiles = (found, source = "file") => {
    jobs = jobs.then(() => work(found, source)).catch((trouble) => console.error(trouble));
  };
  const work = async (found, source) => {
    const wanted = found.filter(({ path }) => !isSilent(path));
    if (!wanted.length) return;
    memory.job++;
    const here = memory.class,
      before = { taken: data.taken, skipped: data.skipped.length, count: data.skipped_count };
    const skipped = [];
    const classes = classesOf(wanted.map(({ path }) => path));
    const server = [];
    let read = 0;
    for (let k = 0; k < wanted.length; k += 4) {
      const some = wanted.slice(k, k + 4);
      const canvases = await Promise.all(
        some.map(async ({ file, path }, n) => {
          const reason = refusal(file);
          if (reason) return skipped.push([path, reason]) && null;
          if (isForServer(file.name)) return server.push([file, classes[k + n] || here]) && null;
          try {
            return await canvasOf(file);
          } catch (why) {
            skipped.push([path, typeof why === "string" ? why : "is broken or cut off"]);
            return null;
          }
        }),
      );
      for (const [n, canvas] of canvases.entries())
        if (canvas) await addInTurn(canvas, source, some[n].file.name, classes[k + n] || here);
      read += some.length;
      progress(`Reading ${read.toLocaleString("en")} of ${wanted.length.toLocaleString("en")}…`);
      await until(() => mail.left < AHEAD);
    }
    for (const [file, name] of server) {
      progress(`Sending ${file.name}…`);
      const reason = await hand(file, name);
      if (reason) skipped.push([file.name, reason]);
    }
    await until(() => !mail.left);
    report(
      data.taken - before.taken,
      [...skipped, ...data.skipped.slice(before.skipped)],
      skipped.length + data.skipped_count - before.count,
    );
  };
  // Streamlit's own field sends it, which knows how to send a large file.
  const hand = async (file, className) => {
    if (file.size > data.largest) return `is larger than ${Math.round(data.largest / 1e6)} MB, the most for one file`;
    mail.put("class", { class_name: className });
    await until(() => !mail.left);
    const before = data.uploads;
    const input = /** @type {HTMLInputElement | null} */ (
      document.querySelector("[class*=st-key-picture_upload_] input[type=file]")
    );
    if (!input) return "could not be sent; reload the page and try again";
    const bag = new DataTransfer();
    bag.items.add(file);
    input.files = bag.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    let late = false;
    const clock = setTimeout(() => ((late = true), lookAgain()), PATIENCE);
    await until(() => late || data.uploads > before);
    clearTimeout(clock);
    return late ? "did not reach the server; try again" : "";
  };
  const progress = (words) => {
    const box = find(".report");
    box.hidden = false;
    box.textContent = words;
  };
  const report = (taken, skipped, count) => {
    const box = find(".report");
    box.hidden = false;
    box.replaceChildren(
      element("b", { textContent: taken === 1 ? "1 picture taken." : `${taken.toLocaleString("en")} pictures taken.` }),
    );
    if (!count) return;
    const list = element("details", { open: count <= 5 });
    list.append(
      element("summary", {
        textContent: count === 1 ? "1 file skipped" : `${count.toLocaleString("en")} files skipped`,
      }),
      ...skipped.slice(0, 50).map(([name, reason]) => element("p", { textContent: `${name} ${reason}.` })),
      ...(count > 50 ? [element("p", { textContent: `and ${(count - 50).toLocaleString("en")} more` })] : []),
    );
    box.append(list);
  };

  // ---- the panels

  /** @type {{draw?: ReturnType<typeof pad>, camera?: ReturnType<typeof camera>}} */
  const pads = {};
  const open = (way) => {
    memory.way = way;
    for (const tab of root.querySelectorAll("[data-way]"))
      tab.setAttribute("aria-selected", String(tab.dataset.way === way));
    for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== way;
    find(".work").hidden = !way;
    root.classList.toggle("open", !!way);
    if (way === "draw") {
      pads.draw ??= pad(find("[data-panel=draw]"), (canvas) => addInTurn(copyOf(canvas, 128), "drawn", "a drawing"));
      pads.draw.focus();
    }
    if (way === "camera") {
      pads.camera ??= camera(
        find("[data-panel=camera]"),
        (canvas) => addInTurn(canvas, "camera", "a picture of the camera"),
        (files) => takeFiles(files, "camera"),
        () => memory.job++,
      );
      pads.camera.start();
    } else pads.camera?.end();
  };
  for (const tab of root.querySelectorAll("[data-way]")) tab.onclick = () => open(tab.dataset.way);
  const tabs = [...root.querySelectorAll("[data-way]")];
  find(".ways").onkeydown = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const at = tabs.indexOf(document.activeElement);
    tabs[(at + step + tabs.length) % tabs.length].focus();
  };
  for (const name of [".files", ".folder"]) {
    const input = find(name);
    input.onchange = () => {
      takeFiles(chosen(input));
      input.value = "";
    };
  }

  // ---- anywhere on the page

  const over = (e) => {
    if (![...(e.dataTransfer?.types ?? [])].includes("Files")) return;
    e.preventDefault();
    root.classList.add("over");
  };
  const out = (e) => e.relatedTarget === null && root.classList.remove("over");
  const drop = async (e) => {
    root.classList.remove("over");
    if (![...(e.dataTransfer?.types ?? [])].includes("Files")) return;
    e.preventDefault();
    if (!memory.way) open("files");
    takeFiles(await dropped(e.dataTransfer));
  };
  const paste = (e) => {
    const files = [...(e.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
    if (!files.length) return;
    e.preventDefault();
    if (!memory.way) open("files");
    takeFiles(
      files.map((file) => ({ file, path: file.name || "a pasted picture" })),
      "pasted",
    );
  };
  const listeners = /** @type {const} */ ([
    ["dragover", over],
    ["dragleave", out],
    ["drop", drop],
    ["paste", paste],
  ]);
  for (const [name, f] of listeners) document.addEventListener(name, f);

  let told = 0;
  root.heard = (now) => {
    data = now;
    mail.acknowledge(now.stream, now.done);
    root.classList.toggle("empty", !now.count);
    if (now.trouble || !mail.left) say(now.trouble);
    chips();
    show();
    // The cards are drawn again once nothing is under way, or now and then.
    if (now.set && (!mail.left || Date.now() - told > 1500)) {
      told = Date.now();
      send(() => publish(`turn own ${now.set}`, now.token));
    }
  };
  mail.changed = show;
  mail.resume();
  open(memory.way);
  root.end = () => {
    for (const [name, f] of listeners) document.removeEventListener(name, f);
    pads.draw?.end();
    pads.camera?.end();
    mail.pause();
  };
}
