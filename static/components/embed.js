// A picture that moves by itself, in a page of its own: a morph, the plane or the map through the epochs.
// ui/components/embed.py writes this script, with what it imports, and the data into the page, which may load nothing.
import { find, make, told } from "../lib/page_apart.js";
import { GAP, animate, classColour, fit, isFine, picture, suit, tile } from "../lib/canvas.js";
import { drawDots } from "../lib/class_dots.js";
import { bytes, halves } from "../lib/codec.js";
import { between, clamp, eased } from "../lib/numbers.js";
import { playButton, playSlider } from "../lib/play_button.js";

const REST = 1500; // milliseconds at the end, before it begins anew
const MORPH = 2500; // milliseconds from one picture to the other
const EPOCH = 900; // and from an epoch to the next

/** @type {import("../lib/payloads").EmbedData} */
const data = told();
const last = data.says.length - 1;

/** A canvas for each row of pictures. Returns what draws them at a place, from 0 to the last frame. */
async function pictures({ rows, size, lines }) {
  const box = suit(find(".stage"), size),
    gap = lines && isFine(size) ? GAP : 0;
  const drawn = await Promise.all(rows.map((row) => one(row, { size, lines, gap, box })));
  return (at) => drawn.forEach((draw) => draw(at));
}

async function one({ label, note, alt, edge, png, count, columns }, { size, lines, gap, box }) {
  const figure = make("figure", "", { style: `--edge: var(--ll-${edge})` }),
    canvas = make("canvas", "", { role: "img", "aria-label": alt }),
    name = make("figcaption", label),
    side = (n, long) => n * (long + gap) - gap;
  name.append(make("small", note));
  figure.append(canvas, name);
  box.append(figure);
  fit(canvas, side(lines ? columns : 1, size.width), side(lines ? Math.ceil(count / columns) : 1, size.height));
  const sheet = await picture(png, size),
    g = canvas.getContext("2d");
  const paint = (k, strength) => {
    g.globalAlpha = strength;
    if (!lines) return tile(g, sheet, 0, Math.min(k, count - 1));
    for (let i = 0; i < count; i++) tile(g, sheet, k, i, i % columns, Math.floor(i / columns), gap);
  };
  return (at) => {
    const k = lines ? Math.floor(at) : Math.round(at);
    paint(k, 1);
    if (lines && at > k) paint(k + 1, eased(at - k)); // from an epoch to the next one fades into the other
  };
}

/** The map's dots, and which colour is which class. */
function dots({ points, labels, names, range, opacity, axes }) {
  const films = points.map(halves),
    of = bytes(labels),
    canvas = make("canvas", "", { class: "map", role: "img", "aria-label": `Map of ${of.length} test pictures` }),
    list = make("ul");
  find(".stage").append(canvas, list);
  for (const c of names.length > 1 ? [...new Set(of)].sort((a, b) => a - b) : []) {
    const entry = make("li", names[c]);
    entry.prepend(make("i", "", { style: `background: ${classColour(c)}` }));
    list.append(entry);
  }
  if (axes[0]) find(".note").textContent += ` · across, ${axes[0]}; up, ${axes[1]}`;
  return (at) => {
    const k = Math.min(Math.floor(at), films.length - 1),
      now = at > k ? between(films[k], films[k + 1], eased(at - k)) : films[k];
    drawDots(canvas, now, of, { range, opacity });
  };
}

/** Where it stands so many milliseconds after its beginning: from 0 to the last frame. */
function placeAt(t) {
  if (data.sheet?.back) {
    const turn = (t / MORPH) % 2;
    return last * (turn < 1 ? turn : 2 - turn);
  }
  return clamp((t % (last * EPOCH + REST)) / EPOCH, 0, last);
}

function begin(draw) {
  const slider = find("input"),
    out = find("output");
  let at = data.sheet?.back ? 0 : last;
  const show = (place) => {
    at = place;
    draw(place);
    slider.value = place;
    out.textContent = data.says[Math.round(place)];
    slider.setAttribute("aria-valuetext", out.textContent);
  };
  const player = playButton(find(".play"), () => {
    const beginning = performance.now() - (at >= last ? 0 : (at / last) * (data.sheet?.back ? MORPH : last * EPOCH));
    return animate((now) => show(placeAt(Math.max(now - beginning, 0))));
  });
  slider.max = last;
  playSlider(slider, player, show);
  const again = () => show(at);
  addEventListener("resize", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  find(".ll").hidden = !last;
  show(at);
  if (last && !matchMedia("(prefers-reduced-motion: reduce)").matches) player.play();
}

find("h1").textContent = data.title;
find(".note").textContent = data.note;
Promise.resolve(data.sheet ? pictures(data.sheet) : dots(data.map)).then((draw) => {
  begin(draw);
  document.body.setAttribute("data-ready", "");
});
