// How costly a drawing is to describe: its loss above its floor among test pictures as grey, at the shown epoch.
import { colour, sharp } from "../lib/canvas.js";
import { describe, mount, rich } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { line } from "../lib/shapes.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").UnusualData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, `<figure><canvas role="img"></canvas><figcaption></figcaption></figure>`);
  root.classList.add("ll-unusual");
  root.end?.();
  const canvas = root.querySelector("canvas"),
    caption = root.querySelector("figcaption");
  let at = data.epochs.length - 1;
  const draw = () => {
    const { g, width, height } = sharp(canvas),
      { counts, low, high, mine } = data.views[at],
      foot = 20,
      head = 20;
    if (!width) return;
    const across = (v) => 2 + ((v - low) / (high - low)) * (width - 4),
      most = Math.max(...counts),
      wide = (width - 4) / counts.length;
    Object.assign(g, { fillStyle: colour(root, "--ll-encoder"), globalAlpha: 0.55 });
    counts.forEach((n, k) => {
      const tall = (n / most) * (height - foot - head);
      g.fillRect(2 + k * wide + 0.5, height - foot - tall, wide - 1, tall);
    });
    const { fontFamily } = getComputedStyle(root),
      [from, to, own] = [low, high, mine].map((v) => v.toFixed(0));
    Object.assign(g, { globalAlpha: 1, fillStyle: colour(root, "--ll-quiet"), font: `12px ${fontFamily}` });
    g.fillRect(0, height - foot, width, 1);
    Object.assign(g, { textBaseline: "bottom", textAlign: "left" }).fillText(from, 2, height - 2);
    Object.assign(g, { textAlign: "right" }).fillText(`${to} nats`, width - 2, height - 2);
    const x = across(mine),
      paint = colour(root, "--ll-x"),
      textAlign = x < 50 ? "left" : x > width - 50 ? "right" : "center";
    Object.assign(g, { strokeStyle: paint, fillStyle: paint, lineWidth: 3 });
    line(g, [x, head], [x, height - foot]);
    Object.assign(g, { font: `700 13px ${fontFamily}`, textBaseline: "top", textAlign }).fillText(
      `yours: ${own}`,
      x,
      2,
    );
    describe(
      canvas,
      `Costs of ${data.of} test pictures as grey, from ${from} to ${to} nats; your ${data.thing}’s is ${own}`,
    );
  };
  const unfollow = followEpoch(
    data.run,
    data.epochs,
    (epoch) => ((at = data.epochs.indexOf(epoch)), rich(caption, data.views[at].text), draw()),
  );
  const resize = new ResizeObserver(draw);
  resize.observe(canvas);
  root.end = () => (unfollow(), resize.disconnect());
  return root.end;
}
