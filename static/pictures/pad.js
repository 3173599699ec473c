// A pad that keeps asking for the next drawing: one is finished a moment after the pen has been lifted.
import { followDrag } from "../lib/drag.js";

export const SIZE = 256; // pixels of the canvas
const REST = 1000; // milliseconds without the pen after which a drawing is finished
export const INKS = ["#ffffff", "#ff5a4d", "#ffb32e", "#6fdc6f", "#5ab4ff", "#c58bff"];
const INK_NAMES = ["white", "red", "yellow", "green", "blue", "violet"];
const PENS = { thin: 10, medium: 20, thick: 34 };

const HTML = `
  <div class="sheet">
    <canvas width="${SIZE}" height="${SIZE}" tabindex="0" role="img"
      aria-label="Drawing pad: draw with mouse, pen or finger. Enter takes the drawing, Escape clears it"></canvas>
    <i class="countdown" aria-hidden="true"></i>
  </div>
  <div class="tools">
    <div class="inks" role="radiogroup" aria-label="Ink">
      ${INKS.map(
        (ink, k) => `<button type="button" role="radio" data-ink="${ink}" aria-label="${INK_NAMES[k]}"
        style="--ink: ${ink}"></button>`,
      ).join("")}
    </div>
    <div class="pens" role="radiogroup" aria-label="Pen">
      ${Object.entries(PENS)
        .map(
          ([name, width]) => `<button type="button" role="radio" data-pen="${name}" aria-label="${name} pen">
        <i style="--width: ${width / 2}px"></i></button>`,
        )
        .join("")}
    </div>
  </div>
  <div class="tools">
    <button type="button" class="undo">Undo stroke</button>
    <button type="button" class="clear">Clear</button>
    <button type="button" class="next">Next ↵</button>
  </div>
  <label class="by-itself"><input type="checkbox" checked> Next by itself, a second after the pen is lifted</label>`;

/**
 * Build the pad in a box; ``finished`` is given the canvas of each drawing, to be copied at once.
 *
 * @returns {{focus: () => void, finish: () => void, end: () => void}}
 *   finish: one that waits to be finished by itself is finished now
 */
export function pad(box, finished) {
  box.innerHTML = HTML;
  const canvas = box.querySelector("canvas"),
    g = canvas.getContext("2d"),
    byItself = box.querySelector(".by-itself input"),
    countdown = box.querySelector(".countdown");
  /** @type {{points: number[][], ink: string, width: number}[]} */
  let strokes = [];
  let stroke = null,
    ink = INKS[0],
    width = PENS.medium,
    wait = 0;

  const draw = () => {
    canvas.classList.toggle("empty", !strokes.length); // says “draw here”
    if (!strokes.length) return g.clearRect(0, 0, SIZE, SIZE);
    g.fillStyle = "#000";
    g.fillRect(0, 0, SIZE, SIZE);
    g.lineCap = g.lineJoin = "round";
    for (const each of strokes) {
      g.strokeStyle = each.ink;
      g.lineWidth = each.width;
      g.beginPath();
      g.moveTo(...each.points[0]);
      for (const point of each.points) g.lineTo(...point);
      g.stroke();
    }
  };
  const hold = () => {
    clearTimeout(wait);
    countdown.classList.remove("on");
  };
  const soon = () => {
    hold();
    if (!byItself.checked || !strokes.length) return;
    void countdown.offsetWidth; // so that it begins anew
    countdown.classList.add("on");
    wait = setTimeout(next, REST);
  };
  const next = () => {
    hold();
    if (!strokes.length) return;
    finished(canvas);
    strokes = [];
    stroke = null;
    draw();
  };
  const clear = () => {
    hold();
    strokes = [];
    draw();
  };
  const undo = () => {
    hold();
    strokes.pop();
    draw();
  };
  const at = (e) => {
    const rect = canvas.getBoundingClientRect();
    return [((e.clientX - rect.left) / rect.width) * SIZE, ((e.clientY - rect.top) / rect.height) * SIZE];
  };
  followDrag(canvas, {
    begin(e) {
      e.preventDefault();
      canvas.focus({ preventScroll: true });
      hold();
      strokes.push((stroke = { points: [at(e)], ink, width }));
      draw();
    },
    move(e) {
      if (!stroke) return; // taken by a key
      const between = e.getCoalescedEvents?.() ?? []; // of a quick finger; some browsers give none
      for (const event of between.length ? between : [e]) stroke.points.push(at(event));
      draw();
    },
    end() {
      stroke = null;
      soon();
    },
  });
  canvas.onkeydown = (e) => {
    const what = e.key === "Enter" ? next : e.key === "Escape" ? clear : null;
    if ((e.ctrlKey || e.metaKey) && e.key === "z") undo();
    else if (what) what();
    else return;
    e.preventDefault();
  };
  box.querySelector(".undo").onclick = undo;
  box.querySelector(".clear").onclick = clear;
  box.querySelector(".next").onclick = next;
  byItself.onchange = () => (byItself.checked ? soon() : hold());
  const choose = (kind, value) => {
    for (const button of box.querySelectorAll(`[data-${kind}]`))
      button.setAttribute("aria-checked", String(button.dataset[kind] === value));
  };
  for (const button of box.querySelectorAll("[data-ink]"))
    button.onclick = () => choose("ink", (ink = button.dataset.ink));
  for (const button of box.querySelectorAll("[data-pen]"))
    button.onclick = () => {
      choose("pen", button.dataset.pen);
      width = PENS[button.dataset.pen];
    };
  choose("ink", ink);
  choose("pen", "medium");
  draw();
  const finish = () => byItself.checked && next();
  const end = () => {
    finish(); // it would be lost with the page
    hold();
  };
  return { focus: () => canvas.focus({ preventScroll: true }), finish, end };
}
