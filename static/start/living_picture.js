// The start page's picture: a digit, the encoder, its bubble on the map, a throw of the dice, the decoder, and what comes out.
import { alpha, animate, colour, paint, sharp, classVariable } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { apart } from "../lib/geometry.js";
import { decoder } from "../lib/decoder.js";
import { mount, rich } from "../lib/dom.js";
import { gauss, pair } from "../lib/numbers.js";

const HTML = `
  <div class="ll-living">
    <div class="top"><div class="chooser" role="group" aria-label="Choose a picture"></div><span class="quiet">Point at any part, or tap it, to read what it does.</span></div>
    <div class="chain">
      <figure class="x"><canvas role="img" tabindex="0" data-part="x"></canvas><figcaption><b class="x">x</b>, a picture</figcaption></figure>
      <button type="button" class="box encoder" data-part="encoder">encoder</button>
      <figure class="middle"><canvas class="map" tabindex="0" role="application"></canvas></figure>
      <button type="button" class="box decoder" data-part="decoder">decoder</button>
      <figure class="out"><canvas class="image" role="img" tabindex="0" data-part="out"></canvas><figcaption>what it draws</figcaption></figure>
    </div>
    <div class="sum">
      <button type="button" class="term mean" data-part="mean"></button><span>+</span>
      <button type="button" class="term eps" data-part="eps"></button><span>×</span>
      <button type="button" class="term std" data-part="std"></button><span>=</span>
      <button type="button" class="term z" data-part="z"></button>
      <button type="button" class="dice">Roll again</button>
    </div>
    <div class="explain" aria-live="polite"><p></p><code></code></div>
  </div>`;
const PAUSE = 1700,
  THROWS = 5,
  PATIENCE = 12000; // milliseconds a throw, throws a digit, milliseconds after a touch

/** @param {import("../lib/payloads").Component<import("../lib/payloads").LivingPictureData>} component */
export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  if (!isNew) return root.end;
  const $ = (s) => root.querySelector(s),
    map = $(".map"),
    image = $(".image"),
    input = $("figure.x canvas");
  const points = floats(data.points),
    labels = bytes(data.labels),
    decode = decoder(data.decoder);
  const digits = data.digits.map((d) => ({ ...d, pixels: bytes(d.image) }));
  let digit = digits.find((d) => d.name === "9") ?? digits[0],
    eps = [0, 0],
    z = [...digit.mean],
    from = z,
    since = 0;
  let past = [],
    held = false,
    touched = -Infinity,
    thrown = 0,
    nextThrow = 0,
    look = "",
    clear = {},
    spots = [],
    dots;
  const backdrop = document.createElement("canvas");
  const [[x0, x1], [y0, y1]] = data.range;
  const place = (code, w, h) => [((code[0] - x0) / (x1 - x0)) * w, ((y1 - code[1]) / (y1 - y0)) * h];
  const unplace = (px, py, w, h) => [x0 + (px / w) * (x1 - x0), y1 - (py / h) * (y1 - y0)];

  function throwDice() {
    eps = [gauss(), gauss()];
    from = z;
    past = [...past, eps].slice(-60);
    held = false;
    since = performance.now();
    nextThrow = since + PAUSE;
    tell();
  }
  function choose(d) {
    digit = d;
    past = [];
    thrown = 0;
    paint(input, digit.pixels, decode.size);
    input.setAttribute("aria-label", `A handwritten ${digit.name}`);
    for (const b of chooser.children) b.setAttribute("aria-pressed", b.textContent === digit.name);
    throwDice();
  }
  const target = () => digit.mean.map((m, k) => m + eps[k] * digit.std[k]);

  // The numbers under the picture: mean + noise × std = z.
  function tell() {
    const there = held ? z : target();
    $(".term.mean").textContent = `mean ${pair(digit.mean)}`;
    $(".term.std").textContent = `std ${pair(digit.std)}`;
    $(".term.eps").textContent = `noise ${pair(eps)}`;
    $(".term.z").textContent = `z ${pair(there)}`;
    map.setAttribute(
      "aria-label",
      `Map of ${labels.length} digits. The ${digit.name} has its mean at ${pair(digit.mean)}. z stands at ${pair(there)}. Arrow keys move z.`,
    );
    image.setAttribute("aria-label", `What the decoder draws from z at ${pair(there)}`);
  }

  function drawBackdrop(width, height) {
    const paints = data.names.map((_, c) => colour(root, classVariable(c))),
      ratio = devicePixelRatio || 1;
    [backdrop.width, backdrop.height] = [width * ratio, height * ratio];
    const g = backdrop.getContext("2d");
    g.scale(ratio, ratio);
    g.globalAlpha = 0.6;
    dots = new Float32Array(2 * labels.length);
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = place([points[2 * i], points[2 * i + 1]], width, height);
      dots.set([x, y], 2 * i);
      g.fillStyle = paints[labels[i]];
      g.beginPath();
      g.arc(x, y, 1.8, 0, 7);
      g.fill();
    }
    g.globalAlpha = 1;
    const size = width < 320 ? 13 : 17;
    spots = apart(
      data.centres.map((c) => place(c, width, height)),
      size,
    );
    Object.assign(g, {
      font: `700 ${size}px sans-serif`,
      textAlign: "center",
      textBaseline: "middle",
      lineWidth: 4,
      strokeStyle: colour(root, "--ll-page"),
      fillStyle: colour(root, "--ll-ink"),
    });
    data.centres.forEach(([, , name], c) => {
      const [x, y] = spots[c];
      g.strokeText(name, x, y);
      g.fillText(name, x, y);
    });
  }

  function draw() {
    const { g, width, height } = sharp(map),
      paints = {};
    if (!width || !height) return; // not laid out yet
    for (const name of ["mean", "z", "page", "ink", "ground", "line", "quiet"])
      paints[name] = colour(root, `--ll-${name}`);
    const now = [width, height, paints.ink].join();
    if (now !== look) drawBackdrop(width, height);
    look = now;
    g.drawImage(backdrop, 0, 0, width, height);
    lens(g, width, height, paints);
    dot(g, place(digit.mean, width, height), 5, paints.mean, paints.page);
    ring(g, place(z, width, height), 9, paints.z, paints.page);
    paint(image, decode(z), decode.size, 0, 255);
    map.dataset.z = z.join();
  }
  /** Where a lens hides no class label and the fewest dots, found once for a picture and a size of the map. */
  function clearing(width, height, own) {
    const key = [width, height, digit.mean].join(),
      largest = Math.min(width * 0.13, height * 0.26, 72);
    for (const share of clear.key === key ? [] : [1, 0.85, 0.7, 0.6]) {
      clear = { key, R: largest * share, ...emptiest({ dots, spots, own, width, height, room: largest * share + 6 }) };
      if (!clear.names) break; // else a smaller one
    }
    return clear;
  }
  // The bubble is small on the map of everything: a lens shows it near, with the throws so far.
  function lens(g, width, height, paints) {
    const [mx, my] = place(digit.mean, width, height),
      { R, at: centre, line } = clearing(width, height, [mx, my]);
    const scale = R / (2.7 * Math.max(...digit.std)),
      at = (noise) => [centre[0] + noise[0] * digit.std[0] * scale, centre[1] - noise[1] * digit.std[1] * scale];
    g.strokeStyle = paints.quiet;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(mx, my);
    const far = Math.hypot(centre[0] - mx, centre[1] - my);
    g.lineTo(centre[0] - ((centre[0] - mx) / far) * R, centre[1] - ((centre[1] - my) / far) * R);
    g.stroke();
    g.save();
    g.beginPath();
    g.arc(...centre, R, 0, 7);
    g.fillStyle = paints.page;
    g.fill();
    g.stroke();
    g.clip();
    for (const k of [1, 2]) {
      g.beginPath();
      g.ellipse(...centre, k * digit.std[0] * scale, k * digit.std[1] * scale, 0, 0, 7);
      g.fillStyle = alpha(paints.mean, 0.16);
      if (k === 1) g.fill();
      g.strokeStyle = alpha(paints.mean, k === 1 ? 1 : 0.45);
      g.lineWidth = k === 1 ? 2 : 1;
      g.stroke();
    }
    for (const e of past.slice(0, -1)) {
      g.beginPath();
      g.arc(...at(e), 2.2, 0, 7);
      g.fillStyle = alpha(paints.z, 0.65);
      g.fill();
    }
    dot(g, centre, 4, paints.mean, paints.page);
    ring(g, at(z.map((v, k) => (v - digit.mean[k]) / digit.std[k])), 6, paints.z, paints.page);
    g.restore();
    g.fillStyle = paints.quiet;
    g.font = "12px sans-serif";
    g.textAlign = "center";
    Object.assign(g, { lineWidth: 4, strokeStyle: paints.ground });
    g.strokeText("bubble, enlarged", centre[0], line);
    g.fillText("bubble, enlarged", centre[0], line);
    Object.assign(map.dataset, { lens: [...centre, R].join(), labels: spots.join() });
  }

  const touch = () => (touched = performance.now());
  const hold = (there) => {
    z = there;
    eps = z.map((v, k) => (v - digit.mean[k]) / digit.std[k]);
    held = true;
    touch();
    tell();
    draw();
  };
  map.onpointermove = map.onpointerdown = (e) => {
    const box = map.getBoundingClientRect();
    hold(unplace(e.clientX - box.left, e.clientY - box.top, box.width, box.height));
  };
  map.onkeydown = (e) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!move) return;
    e.preventDefault();
    hold([z[0] + 0.1 * move[0], z[1] + 0.1 * move[1]]);
  };
  $(".dice").onclick = () => {
    touch();
    map.dataset.throws = 1 + +(map.dataset.throws ?? 0);
    throwDice();
  };
  const chooser = $(".chooser");
  chooser.append(
    ...data.names.map((name) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.onclick = () => {
        touch();
        const those = digits.filter((d) => d.name === name); // again: another one of the kind
        choose(those[(those.indexOf(digit) + 1) % those.length]);
      };
      return button;
    }),
  );
  // What each part is, on hover, focus or tap.
  const explain = (name) => {
    const { words, where, code, colour: paint } = data.parts[name];
    $(".explain").style.setProperty("--edge", `var(--ll-${paint})`);
    rich($(".explain p"), words);
    $(".explain code").replaceChildren(Object.assign(document.createElement("small"), { textContent: where }), code);
  };
  for (const node of root.querySelectorAll("[data-part]"))
    node.onpointerenter = node.onfocus = node.onclick = () => explain(node.dataset.part);
  explain("x");

  // Left alone, it throws by itself, and after some throws takes the next digit.
  const order = [9, 0, 1, 7, 6, 3, 8, 4, 2, 5].map((c) => digits.find((d) => d.name === String(c))).filter(Boolean);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  choose(digit);
  z = target();
  draw();
  const stop = animate((now) => {
    if (!map.isConnected) return false;
    if (held && now - touched < 4000) return;
    if (!calm && now > nextThrow && now - touched > PATIENCE) {
      if (++thrown >= THROWS) choose(order[(order.findIndex((d) => d.name === digit.name) + 1) % order.length]);
      else throwDice();
    } else if (held) throwDice();
    const share = Math.min(Math.max(now - since, 0) / 350, 1),
      eased = share * share * (3 - 2 * share),
      there = target();
    if (share === 1 && z.every((v, k) => v === there[k])) return;
    z = share === 1 ? there : from.map((v, k) => v + eased * (there[k] - v));
    draw();
  });
  const resize = new ResizeObserver(draw);
  resize.observe(map);
  root.end = () => (stop(), resize.disconnect());
  return root.end;
}

const WORDS = 46; // half the width of the words at a lens

/**
 * Of a grid of places the one at which a lens and its words hide the fewest class labels, and then the fewest dots, but
 * not the picture's own place. The words stand under it, or over it at the lower edge.
 */
function emptiest({ dots, spots, own, width, height, room }) {
  let best = null,
    least = Infinity;
  const side = Math.max(room, WORDS);
  for (let j = 0; j <= 16; j++)
    for (let i = 0; i <= 32; i++) {
      const x = side + ((width - 2 * side) * i) / 32,
        y = room + ((height - 2 * room) * j) / 16;
      const line = y + room + 18 < height ? y + room + 6 : y - room - 6;
      const covers = (px, py, edge) =>
        Math.hypot(px - x, py - y) < room + edge || (Math.abs(px - x) < WORDS + edge && Math.abs(py - line) < 8 + edge);
      const names = spots.filter(([px, py]) => covers(px, py, 9)).length;
      let count = 1e4 * names + (Math.hypot(own[0] - x, own[1] - y) < room + 14 ? 1e6 : 0);
      for (let k = 0; k < dots.length && count < least; k += 2) count += covers(dots[k], dots[k + 1], 0) ? 1 : 0;
      if (count < least) [best, least] = [{ at: [x, y], line, names }, count];
    }
  return best;
}

function dot(g, at, radius, fill, edge) {
  const [x, y] = at;
  g.beginPath();
  g.arc(x, y, radius, 0, 7);
  g.fillStyle = fill;
  g.fill();
  g.lineWidth = 2;
  g.strokeStyle = edge;
  g.stroke();
}

/** A ring, so that what is under it can be seen. */
function ring(g, at, radius, paint, edge) {
  const [x, y] = at;
  for (const [wide, stroke] of [
    [6, edge],
    [3.5, paint],
  ]) {
    g.beginPath();
    g.arc(x, y, radius, 0, 7);
    g.lineWidth = wide;
    g.strokeStyle = stroke;
    g.stroke();
  }
}
