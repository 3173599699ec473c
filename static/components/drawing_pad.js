// The drawing pad: mouse, pen or finger; undo and clear. Python gets the pixels at the end of each stroke.
import { askUntil } from "../bridge/ask.js";
import { picture } from "../lib/canvas.js";
import { adler32 } from "../lib/codec.js";
import { mount } from "../lib/dom.js";

const SLOW = 500; // milliseconds after which the pad says that the server has not answered yet
// The strokes outlive the page, so that a drawing is still there, and can be undone, after a visit to another.
const strokes = [];

const HTML = `
  <canvas width="140" height="140" tabindex="0" role="img"></canvas>
  <div class="bar">
    <button type="button" class="undo">Undo</button><button type="button" class="clear">Clear</button>
    <span class="quiet state" role="status"></span>
  </div>`;

/** @typedef {import("../lib/payloads").DrawingPadData} Data */
/** @typedef {import("../lib/payloads").DrawingPadAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setStateValue } = component;
  const [root, isNew] = mount(component, HTML);
  root.classList.add("ll-pad");
  root.send = (value) => setStateValue("pixels", value);
  const canvas = root.querySelector("canvas");
  canvas.setAttribute("aria-label", `Drawing pad: draw ${data.what} with mouse, pen or finger`);
  root.known = data.sum; // of the drawing that the page was drawn from
  if (!isNew) {
    root.answered();
    return root.end;
  }
  const g = canvas.getContext("2d", { willReadFrequently: true });
  const size = canvas.width;
  let stroke = null,
    finger = null; // the one that draws: another, or the palm, would draw lines across to it and back
  let base = null; // base: a drawing of this visit whose strokes are no longer known

  const draw = () => {
    const empty = !strokes.length && !base;
    canvas.classList.toggle("empty", empty); // says “draw here”
    if (empty) return g.clearRect(0, 0, size, size);
    g.fillStyle = "#000";
    g.fillRect(0, 0, size, size);
    if (base) g.drawImage(base, 0, 0);
    g.strokeStyle = "#fff";
    g.lineCap = g.lineJoin = "round";
    g.lineWidth = 11; // about the width of MNIST's strokes
    for (const points of strokes) {
      g.beginPath();
      g.moveTo(...points[0]);
      for (const p of points) g.lineTo(...p);
      g.stroke();
    }
  };
  const tell = () => {
    if (!strokes.length && !base) return ask("", 0);
    const rgba = g.getImageData(0, 0, size, size).data,
      grey = new Uint8Array(size * size);
    for (let i = 0; i < grey.length; i++) grey[i] = rgba[4 * i];
    let text = "";
    for (let i = 0; i < grey.length; i += 4096) text += String.fromCharCode(...grey.subarray(i, i + 4096));
    ask(btoa(text), adler32(grey));
  };
  // A page that is still being made, or a server that has just started, may be late or lose it: the drawing is sent
  // until the page was drawn from it, and the pad says so meanwhile.
  let wanted = data.sum,
    slow = 0,
    given = () => {};
  const state = root.querySelector(".state"),
    missing = () => root.known !== wanted;
  const ask = (text, sum) => {
    wanted = sum;
    given();
    given = askUntil({ missing, ask: () => root.send(text), times: 20 });
    clearTimeout(slow);
    slow = setTimeout(() => missing() && (state.textContent = "One moment: the model has not seen it yet."), SLOW);
  };
  root.answered = () => {
    if (missing()) return;
    given();
    clearTimeout(slow);
    state.textContent = "";
  };
  root.end = () => {
    given();
    clearTimeout(slow);
  };
  const at = (e) => {
    const box = canvas.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * size, ((e.clientY - box.top) / box.height) * size];
  };
  canvas.onpointerdown = (e) => {
    e.preventDefault();
    if (stroke && e.pointerId !== finger) return;
    canvas.setPointerCapture((finger = e.pointerId));
    strokes.push((stroke = [at(e)]));
    draw();
  };
  canvas.onpointermove = (e) => {
    if (!stroke || e.pointerId !== finger) return;
    const between = e.getCoalescedEvents?.() ?? []; // of a quick finger; some browsers give none
    for (const event of between.length ? between : [e]) stroke.push(at(event));
    draw();
  };
  canvas.onpointerup = canvas.onpointercancel = (e) => {
    if (!stroke || e.pointerId !== finger) return;
    stroke = null;
    tell();
  };
  root.querySelector(".undo").onclick = () => {
    if (!strokes.pop()) base = null;
    draw();
    tell();
  };
  root.querySelector(".clear").onclick = () => {
    strokes.length = 0;
    base = null;
    draw();
    tell();
  };
  canvas.onkeydown = (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "z") root.querySelector(".undo").click();
  };
  draw();
  if (data.png && !strokes.length)
    picture(data.png).then((image) => {
      base = image;
      draw();
      if (strokes.length) tell(); // one was drawn meanwhile, and told without what lies below it
    });
  if (!data.png && strokes.length) tell(); // the server has started anew
  return root.end;
}
