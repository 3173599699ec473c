// The drawing pad: mouse, pen or finger, or a picture dropped, pasted or chosen; undo and clear. Python gets what is on
// it at the end of each stroke.
import { askUntil } from "../bridge/ask.js";
import { picture } from "../lib/canvas.js";
import { mount } from "../lib/dom.js";
import { followDrag } from "../lib/drag.js";
import { incoming } from "../lib/incoming.js";
import { canvasOf, packed } from "../lib/shrink.js";
import { inAddress } from "../lib/url.js";
import { draw, drawn, pictureOf, shown } from "./pad_sheet.js";

const SLOW = 500; // milliseconds after which the pad says that the server has not answered yet
// Strokes and pictures outlive the page, so that all is still there, and can be undone, after a visit to another.
const things = [];
let turn = /** @type {string | undefined} */ (undefined); // for which they were drawn, where there are turns

const HTML = `
  <canvas width="140" height="140" tabindex="0" role="img"></canvas>
  <div class="beside">
    <div class="bar">
      <button type="button" class="undo">Undo</button><button type="button" class="clear">Clear</button>
      <button type="button" class="use">Use a picture</button>
      <input type="file" hidden accept="image/png,image/jpeg,image/webp,image/gif,image/bmp" aria-label="A picture">
    </div>
    <p class="quiet hint">You can also drop or paste a picture.</p>
    <p class="trouble" role="alert" hidden></p>
    <p class="quiet state" role="status"></p>
  </div>`;

/** @typedef {import("../lib/payloads").DrawingPadData} Data */
/** @typedef {import("../lib/payloads").DrawingPadAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component;
  const [root, isNew] = mount(component, HTML);
  root.send = (what) => setTriggerValue("drawn", what);
  if (isNew) build(root, data);
  root.heard(data);
  return root.end;
}

function build(root, first) {
  root.classList.add("ll-pad");
  const find = (name) => root.querySelector(name);
  const canvas = find("canvas");
  let base = null, // a drawing of this visit whose strokes are no longer known
    data = first;
  const isOver = (now) => now.turn !== undefined && now.turn !== turn;
  if (isOver(first)) things.length = 0;
  if (first.turn) turn = first.turn;
  if (first.by_hand) for (const part of root.querySelectorAll(".use, .hint")) part.hidden = true;
  const messages = telling(root, first.sum);
  const show = () => {
    draw(canvas, things, base);
    canvas.setAttribute("aria-label", shown(things) ? PICTURE : `Drawing pad: draw ${data.what} ${WITH}`);
  };
  const changed = () => {
    inAddress({ drawing: null }); // the link's is another one
    say("");
    show();
    messages.tell(drawn(canvas, things, base));
  };
  const say = (words) => {
    find(".trouble").textContent = words;
    find(".trouble").hidden = !words;
  };
  const use = user(find(".state"), say, (thing) => {
    things.push(thing);
    changed();
    root.heard(data); // it may have been refused before
  });
  let ended = false; // the page was left: nothing is told from it any more
  pen(canvas, show, changed);
  find(".undo").onclick = () => {
    if (!things.pop()) base = null;
    changed();
  };
  find(".clear").onclick = () => {
    things.length = 0;
    base = null;
    changed();
  };
  canvas.onkeydown = (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "z") find(".undo").click();
  };
  const field = find("input");
  find(".use").onclick = () => field.click();
  field.onchange = () => {
    use([...field.files]);
    field.value = "";
  };
  const takes = { drop: (transfer) => use([...transfer.files]), paste: use, inFields: false };
  const forget = first.by_hand ? () => {} : incoming(root, takes);
  root.heard = (now) => {
    data = now;
    if (isOver(now)) {
      turn = now.turn;
      things.length = 0;
      base = null;
      messages.forget(now.sum);
      show();
    }
    messages.heard(now);
    root.dataset.sum = String(now.sum); // of what the page was drawn from: the tour looks at it
    const top = shown(things);
    if (now.picture && top?.sum === now.sum && !top.seen) {
      top.seen = true; // as it is kept: square, and on a ground where it was transparent
      picture(now.png).then((image) => ((top.image = image), show()));
    }
    const refused = now.why ? things.findIndex(({ sum }) => sum === now.refused) : -1;
    if (refused < 0) return;
    const [{ name }] = things.splice(refused, 1);
    changed();
    say(`${name} ${now.why}.`);
  };
  root.end = () => {
    ended = true;
    use([]); // what is still being read
    messages.end();
    forget();
  };
  show();
  if (first.png && !things.length)
    picture(first.png).then((image) => {
      if (ended) return;
      if (!first.picture) base = image;
      else things.unshift(Object.assign(pictureOf(image, first.png), { seen: true }));
      show();
      // One was drawn meanwhile, and told without what lies below it.
      if (things.length > Number(first.picture)) changed();
    });
  if (!first.png && things.length) changed(); // the server has started anew
}

const WITH = "with mouse, pen or finger";
const PICTURE = "Your picture. Draw here to begin a drawing instead";

/** Strokes of the pen. ``changed`` is called at the end of each. */
function pen(canvas, show, changed) {
  let stroke = [];
  const at = (e) => {
    const box = canvas.getBoundingClientRect(),
      size = canvas.width;
    return [((e.clientX - box.left) / box.width) * size, ((e.clientY - box.top) / box.height) * size];
  };
  followDrag(canvas, {
    begin(e) {
      e.preventDefault();
      things.push((stroke = [at(e)]));
      show();
    },
    move(e) {
      const between = e.getCoalescedEvents?.() ?? []; // of a quick finger; some browsers give none
      for (const event of between.length ? between : [e]) stroke.push(at(event));
      show();
    },
    end: changed,
  });
}

/** A function that makes the first of some files a thing on the pad, or says why it cannot be. */
function user(state, say, take) {
  let newest = 0;
  return async (files) => {
    const [file] = files,
      turn = ++newest;
    if (!file) return;
    state.textContent = "Reading the picture…";
    const name = file.name || "The picture";
    try {
      const canvas = await canvasOf(file);
      if (turn !== newest) return;
      take(Object.assign(pictureOf(canvas, packed(canvas, "image/png")), { name }));
      if (files.length > 1) say(`Only ${name} was used: one picture at a time.`);
    } catch (why) {
      if (turn === newest) say(`${name} ${typeof why === "string" ? why : "is broken or cut off"}.`);
    } finally {
      if (turn === newest && state.textContent.startsWith("Reading")) state.textContent = "";
    }
  };
}

/**
 * What is on the pad, told to Python. A page that is still being made, or a server that has just started, may be late
 * or lose it: it is sent until the page was drawn from it, and the pad says so meanwhile.
 */
function telling(root, sum) {
  const state = root.querySelector(".state");
  let known = sum, // of what the page was drawn from
    refused = null,
    wanted = sum,
    slow = 0,
    given = () => {};
  const missing = () => known !== wanted && refused !== wanted;
  const end = () => {
    given();
    clearTimeout(slow);
  };
  const tell = (what) => {
    wanted = what.sum;
    end();
    given = askUntil({ missing, ask: () => root.send(what), times: 20 });
    slow = setTimeout(() => missing() && (state.textContent = "One moment: the model has not seen it yet."), SLOW);
  };
  const heard = (now) => {
    [known, refused] = [now.sum, now.why ? now.refused : null];
    if (missing()) return;
    end();
    state.textContent = "";
  };
  const forget = (sum) => {
    wanted = sum;
    end();
  };
  return { tell, heard, forget, end };
}
