// What one keeps of the tour: a picture of what one drew and what models made of it, made in the browser, as a PNG; and
// links that lead back to it. Nothing of it goes to the server.
import { colour } from "../lib/canvas.js";
import { element } from "../lib/dom.js";

/** @typedef {{src: string, words: string}} Kept */
/** @typedef {{name: string, x: number, y: number, width: number, height: number, edge: string}} Slot */

export const WIDE = 1200;
const RIM = 60;
const TOP = 190; // below the headings
const LARGE = 300; // pixels of a picture that stands alone
const CAPTION = 44; // below each
const STRIPS = ["imagined", "morph", "training"];
const EDGES = {
  drawing: "x",
  rolled: "decoder",
  rebuilt: "decoder",
  imagined: "z",
  morph: "decoder",
  training: "z",
  samples: "z",
};

const HTML = `
  <form method="dialog">
    <div class="head"><b>Something to keep</b><button class="close" aria-label="Close" value="close">×</button></div>
    <p class="quiet"></p>
    <canvas role="img"></canvas>
    <label>Your name on it, if you like <input type="text" maxlength="40" autocomplete="off"></label>
    <div class="ways">
      <button type="button" class="save">Save the picture (PNG)</button>
      <button type="button" class="copy">Copy the link</button>
      <button type="button" class="over">End the tour</button>
    </div>
    <p class="links"></p>
    <p class="said" role="status"></p>
  </form>`;

/**
 * Where the pictures stand: what was drawn and drawn again on the left, a square of samples on the right, strips below.
 *
 * @param {Record<string, {width: number, height: number}>} sizes of the pictures that there are
 * @returns {{slots: Slot[], height: number}}
 */
export function layout(sizes) {
  const alone = (sizes.drawing ? ["drawing", "rebuilt", "samples"] : ["rolled", "samples"]).filter(
      (name) => sizes[name],
    ),
    /** @type {Slot[]} */ slots = [];
  const apart = (WIDE - 2 * RIM - 3 * LARGE) / 2;
  alone.forEach((name, k) => {
    const x = RIM + k * (LARGE + apart);
    slots.push({ name, x, y: TOP, width: LARGE, height: LARGE, edge: EDGES[name] });
  });
  let y = alone.length ? TOP + LARGE + CAPTION + 24 : TOP;
  for (const name of STRIPS.filter((each) => sizes[each])) {
    const { width, height } = sizes[name],
      most = WIDE - 2 * RIM,
      scale = Math.min(most / width, 150 / height);
    slots.push({
      name,
      x: RIM,
      y,
      width: Math.round(width * scale),
      height: Math.round(height * scale),
      edge: EDGES[name],
    });
    y += Math.round(height * scale) + CAPTION + 16;
  }
  return { slots, height: Math.max(y + 50, 520) };
}

/** The addresses that lead back: to the drawing, to the training. @returns {{words: string, href: string}[]} */
export function linksOf({ drawing, run }, base) {
  const to = (path, choices) => new URL(`${path}?${new URLSearchParams(choices)}`, base).href;
  return [
    drawing
      ? { words: "My drawing, and what the model makes of it", href: to("draw", { run: "lecture", drawing }) }
      : { words: "The plane of two numbers", href: new URL("./", base).href },
    ...(run ? [{ words: "My training", href: to("train", { run }) }] : []),
  ];
}

/** Let the visitor keep what they did. ``over``: they end the tour. */
export async function offer(root, memory, of, over) {
  const before = root.querySelector("dialog");
  before?.remove();
  const dialog = element("dialog", { className: "ll-keepsake", innerHTML: HTML, ariaLabel: "Something to keep" });
  root.append(dialog);
  const find = (selector) => dialog.querySelector(selector),
    canvas = find("canvas"),
    done = memory.done.size,
    links = linksOf(memory, new URL("./", location.href));
  find("p").textContent = done
    ? `You did ${done} of the tour’s ${of} steps. This is what you drew, and what the models drew.`
    : "Do the steps of the tour, and what you draw will appear here.";
  const pictures = await Promise.all(
    Object.entries(memory.keeps).map(async ([name, kept]) => [name, await loaded(kept)]),
  );
  const found = Object.fromEntries(pictures.filter(([, picture]) => picture));
  const draw = () => paint(canvas, dialog, found, { done, of, name: find("input").value.trim() });
  draw();
  find("input").oninput = draw;
  find(".links").replaceChildren(
    ...links.flatMap(({ words, href }, k) => [k ? " · " : "", element("a", { href, textContent: words })]),
  );
  const say = (words) => (find(".said").textContent = words);
  find(".save").onclick = () => save(canvas).then(() => say("Saved as latent-lab.png."));
  find(".copy").onclick = () =>
    (navigator.clipboard?.writeText(links[0].href) ?? Promise.reject()).then(
      () => say("Link copied."),
      () => say("This browser cannot copy here. Right-click the link above to copy it."),
    );
  find(".over").onclick = () => (dialog.close(), over());
  dialog.showModal();
  find(".save").focus();
  return dialog;
}

async function loaded({ src, words }) {
  const image = Object.assign(new Image(), { src });
  try {
    await image.decode();
    return { image, words };
  } catch {
    return null; // it was kept, and is broken
  }
}

function paint(canvas, root, found, { done, of, name }) {
  const sizes = Object.fromEntries(Object.entries(found).map(([key, { image }]) => [key, image])),
    { slots, height } = layout(sizes),
    ink = (paint) => colour(root, `--ll-${paint}`);
  Object.assign(canvas, { width: WIDE, height });
  const g = canvas.getContext("2d"),
    write = (text, x, y, font, paint) => {
      Object.assign(g, { font: `${font} system-ui, sans-serif`, fillStyle: ink(paint) });
      g.fillText(text, x, y);
    };
  g.fillStyle = ink("page");
  g.fillRect(0, 0, WIDE, height);
  ["x", "encoder", "mean", "z", "decoder"].forEach((paint, k) => {
    g.fillStyle = ink(paint);
    g.fillRect((k * WIDE) / 5, 0, WIDE / 5, 10);
  });
  write(name ? `${name} and a machine that imagines` : "A machine that imagines, and me", RIM, 88, "700 44px", "ink");
  const when = new Date().toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
  write(`${done} of ${of} steps of the tour of Latent Lab · ${when}`, RIM, 132, "400 24px", "quiet");
  g.imageSmoothingEnabled = false;
  for (const { name: which, x, y, width, height: high, edge } of slots) {
    const { image, words } = found[which];
    g.fillStyle = "#000";
    g.fillRect(x, y, width, high);
    const scale = Math.min(width / image.width, high / image.height),
      [w, h] = [image.width * scale, image.height * scale];
    g.drawImage(image, x + (width - w) / 2, y + (high - h) / 2, w, h);
    Object.assign(g, { strokeStyle: ink(edge), lineWidth: 4 });
    g.strokeRect(x - 2, y - 2, width + 4, high + 4);
    write(words, x, y + high + 32, "600 22px", "ink");
  }
  const drawn = slots.find((slot) => slot.name === "drawing"),
    again = slots.find((slot) => slot.name === "rebuilt");
  if (drawn && again) write("→", drawn.x + LARGE + 26, drawn.y + LARGE / 2 + 14, "700 40px", "encoder");
  if (!slots.length) write("No picture was kept on this tour.", RIM, TOP + 40, "400 26px", "quiet");
  write(location.host, RIM, height - 30, "400 20px", "quiet");
  canvas.setAttribute(
    "aria-label",
    ["What you keep of the tour", ...slots.map((slot) => found[slot.name].words)].join(": "),
  );
  canvas.dataset.shown = slots.map((slot) => slot.name).join();
}

async function save(canvas) {
  const blob = await new Promise((go) => canvas.toBlob(go, "image/png"));
  const href = URL.createObjectURL(blob);
  element("a", { href, download: "latent-lab.png" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

const SIDE = 35; // squares of a drawing in a link, each way: it must fit into an address

/** A canvas with a drawing, white on black, as one bit a square, in base64 for addresses; "" if nothing is on it. */
export function packedDrawing(canvas) {
  const small = element("canvas", { width: SIDE, height: SIDE }),
    g = small.getContext("2d", { willReadFrequently: true });
  g.imageSmoothingQuality = "high";
  g.drawImage(canvas, 0, 0, SIDE, SIDE);
  const { data } = g.getImageData(0, 0, SIDE, SIDE);
  return packedBits(Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i] > 127));
}

/** Bits, the first the highest of its byte, in base64 for addresses; "" if all are 0. @param {boolean[]} bits */
export function packedBits(bits) {
  if (!bits.some(Boolean)) return "";
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => bit && (bytes[i >> 3] |= 128 >> (i & 7)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
