// The start page's living picture: a point wanders over the map of a two-dimensional model, the decoder draws what is there.
import { mount, floats, bytes, colour, sharp, paint, animate } from "./lab.js";
import { decoder } from "./decoder.js";

const HTML = `
  <div class="ll-walk">
    <figure><canvas class="map" tabindex="0" role="application"></canvas><figcaption class="where quiet"></figcaption></figure>
    <figure><canvas class="image" role="img"></canvas><figcaption class="what quiet"></figcaption></figure>
  </div>`;

export default function (component) {
  const { data } = component;
  const [root, isNew] = mount(component, HTML);
  if (!isNew) return root.end;
  const map = root.querySelector(".map"), image = root.querySelector(".image");
  const where = root.querySelector(".where"), what = root.querySelector(".what");
  const points = floats(data.points), labels = bytes(data.labels), decode = decoder(data.decoder);
  const backdrop = document.createElement("canvas");
  let z = [0, 0], pointed = 0, look = "";

  const [[x0, x1], [y0, y1]] = data.range;
  const place = (x, y, w, h) => [((x - x0) / (x1 - x0)) * w, ((y1 - y) / (y1 - y0)) * h];
  const unplace = (px, py, w, h) => [x0 + (px / w) * (x1 - x0), y1 - (py / h) * (y1 - y0)];

  function drawBackdrop(width, height) {
    const paints = [...Array(10).keys()].map((c) => colour(root, `--ll-c${c}`));
    const ratio = devicePixelRatio || 1;
    [backdrop.width, backdrop.height] = [width * ratio, height * ratio];
    const g = backdrop.getContext("2d");
    g.scale(ratio, ratio);
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = place(points[2 * i], points[2 * i + 1], width, height);
      g.fillStyle = paints[labels[i]];
      g.globalAlpha = 0.75;
      g.beginPath();
      g.arc(x, y, 2, 0, 7);
      g.fill();
    }
    g.globalAlpha = 1;
    const size = width < 320 ? 13 : 18, spots = apart(data.centres.map(([x, y]) => place(x, y, width, height)), size);
    g.font = `700 ${size}px sans-serif`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.lineWidth = 4;
    g.strokeStyle = colour(root, "--ll-page");
    data.centres.forEach(([x, y, name], c) => {
      const [px, py] = spots[c];
      g.fillStyle = colour(root, "--ll-ink");
      g.strokeText(name, px, py);
      g.fillText(name, px, py);
    });
  }

  function draw() {
    const { g, width, height } = sharp(map);
    const now = [width, height, colour(root, "--ll-ink")].join();
    if (now !== look) drawBackdrop(width, height);
    look = now;
    g.drawImage(backdrop, 0, 0, width, height);
    const [x, y] = place(z[0], z[1], width, height);
    g.beginPath();
    g.arc(x, y, 11, 0, 7); // a ring, so that what is under it can be read
    for (const [wide, paint] of [[7, "--ll-page"], [4, "--ll-z"]]) {
      g.lineWidth = wide;
      g.strokeStyle = colour(root, paint);
      g.stroke();
    }
    paint(image, decode(z), 0, 255);
    where.innerHTML = `<b class="z">z</b> = (${z.map((v) => v.toFixed(1).replace("-", "−")).join(", ")}) — move over the map`;
    what.innerHTML = `what the <b class="decoder">decoder</b> draws there`;
    map.setAttribute("aria-label", `Map of ${labels.length} digits. The point stands at ${z.map((v) => v.toFixed(1)).join(", ")}. Arrow keys move it.`);
    map.dataset.z = z.join();
    image.setAttribute("aria-label", "The picture that the decoder draws for this point");
  }

  const point = (e) => {
    const box = map.getBoundingClientRect();
    z = unplace(e.clientX - box.left, e.clientY - box.top, box.width, box.height);
    pointed = performance.now();
    draw();
  };
  map.onpointermove = map.onpointerdown = point;
  map.onkeydown = (e) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!move) return;
    e.preventDefault();
    z = [z[0] + 0.1 * move[0], z[1] + 0.1 * move[1]];
    pointed = performance.now();
    draw();
  };
  // Left alone, it wanders along a closed path through the middles of the classes.
  const stops = data.path, still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const walk = (t) => {
    const s = (t / 1600) % stops.length, k = Math.floor(s), f = s - k, e = f * f * (3 - 2 * f);
    const a = stops[k], b = stops[(k + 1) % stops.length];
    return [a[0] + e * (b[0] - a[0]), a[1] + e * (b[1] - a[1])];
  };
  z = [...stops[0]];
  draw();
  const stop = animate((now) => {
    if (!map.isConnected) return false;
    if (still || (pointed && now - pointed < 4000)) return;
    pointed = 0;
    z = walk(now);
    draw();
  });
  const resize = new ResizeObserver(draw);
  resize.observe(map);
  root.end = () => (stop(), resize.disconnect());
  return root.end;
}

/** Push labels apart that would stand on each other. */
export function apart(spots, size) {
  for (let round = 0; round < 30; round++)
    for (const a of spots)
      for (const b of spots) {
        const dx = b[0] - a[0], dy = b[1] - a[1];
        if (a === b || Math.abs(dx) > size * 0.8 || Math.abs(dy) > size) continue;
        const way = dy >= 0 ? 1 : -1;
        a[1] -= way;
        b[1] += way;
      }
  return spots;
}
