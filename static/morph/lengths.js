// How long the code is along a morph: both paths, beside the length that codes usually have. Follows epoch and slider.
import { followStep, stepName, stepOf } from "../lib/bus.js";
import { colour, sharp } from "../lib/canvas.js";
import { rowsOf } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { mount, rich } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { shows } from "../lib/sight.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").LengthsData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(
    component,
    `<b>Length of the code</b><figure><canvas role="img"></canvas><figcaption></figcaption></figure>`,
  );
  root.classList.add("ll-lengths");
  root.end?.();
  const along = Object.fromEntries(Object.entries(data.along).map(([way, text]) => [way, rowsOf(text, data.frames)]));
  const canvas = root.querySelector("canvas"),
    caption = root.querySelector("figcaption");
  const top =
    1.08 *
    Math.max(
      ...data.usual.map((u) => u[2]),
      ...Object.values(along)
        .flat()
        .flatMap((row) => [...row]),
    );
  let epoch = data.epochs.at(-1),
    waiting = 0;
  const draw = () => {
    waiting = 0;
    const { g, width, height } = sharp(canvas),
      k = data.epochs.indexOf(epoch),
      left = 30,
      foot = 18;
    if (!width) return;
    const across = (t) => left + t * (width - left - 8),
      up = (v) => height - foot - (v / top) * (height - foot - 6);
    const ink = colour(root, "--ll-quiet"),
      [low, middle, high] = data.usual[k];
    g.fillStyle = colour(root, "--ll-line");
    g.fillRect(left, up(high), width - left - 8, up(low) - up(high));
    g.fillStyle = ink;
    g.font = `12px ${getComputedStyle(root).fontFamily}`;
    g.textBaseline = "middle";
    g.textAlign = "right";
    for (const v of [0, middle]) g.fillText(v.toFixed(v ? 1 : 0), left - 5, up(v));
    g.textBaseline = "alphabetic";
    g.fillText("to", width - 8, height - 3);
    g.textAlign = "left";
    g.fillText("from", left, height - 3);
    g.strokeStyle = ink;
    g.lineWidth = 1;
    g.strokeRect(left, up(top), 0, up(0) - up(top));
    g.strokeRect(left, up(0), width - left - 8, 0);
    for (const [way, values] of Object.entries(along)) {
      g.beginPath();
      values[k].forEach((v, i) => g.lineTo(across(i / (values[k].length - 1)), up(v)));
      g.setLineDash(way === data.way ? [] : [5, 5]);
      g.lineWidth = way === data.way ? 3 : 1.5;
      g.strokeStyle = colour(root, "--ll-z");
      g.stroke();
    }
    g.setLineDash([]);
    const here = along[data.way][k],
      at = stepOf(data.run);
    g.beginPath();
    g.arc(across(at), up(here[Math.round(at * (here.length - 1))]), 6, 0, 7);
    g.fillStyle = colour(root, "--ll-z");
    g.fill();
    canvas.setAttribute(
      "aria-label",
      `Length of the code along the morph, epoch ${epoch}. ${data.texts[k].replaceAll("**", "")}`,
    );
  };
  const soon = () => (waiting ||= requestAnimationFrame(draw));
  const ends = [
    followEpoch(data.run, data.epochs, (e) => ((epoch = e), rich(caption, data.texts[data.epochs.indexOf(e)]), soon())),
    followStep(data.run, soon),
    shows(stepName(data.run), canvas),
    whenever(canvas, soon),
  ];
  root.end = () => (ends.forEach((end) => end()), cancelAnimationFrame(waiting));
  return root.end;
}
