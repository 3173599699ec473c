// How unusual a drawing is: its loss among those of the test pictures, at the epoch one stands at.
import { colour, sharp } from "../lib/canvas.js";
import { mount, rich } from "../lib/dom.js";
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
    g.fillStyle = colour(root, "--ll-encoder");
    g.globalAlpha = 0.55;
    counts.forEach((n, k) => {
      const tall = (n / most) * (height - foot - head);
      g.fillRect(2 + k * wide + 0.5, height - foot - tall, wide - 1, tall);
    });
    g.globalAlpha = 1;
    g.fillStyle = colour(root, "--ll-quiet");
    g.fillRect(0, height - foot, width, 1);
    g.font = `12px ${getComputedStyle(root).fontFamily}`;
    g.textBaseline = "bottom";
    g.textAlign = "left";
    g.fillText(low.toFixed(0), 2, height - 2);
    g.textAlign = "right";
    g.fillText(`${high.toFixed(0)} nats`, width - 2, height - 2);
    const x = across(mine);
    g.strokeStyle = g.fillStyle = colour(root, "--ll-x");
    g.lineWidth = 3;
    line(g, [x, head], [x, height - foot]);
    g.font = `700 13px ${getComputedStyle(root).fontFamily}`;
    g.textBaseline = "top";
    g.textAlign = x < 50 ? "left" : x > width - 50 ? "right" : "center";
    g.fillText(`yours: ${mine.toFixed(0)}`, x, 2);
    canvas.setAttribute(
      "aria-label",
      `Losses of ${data.of} test pictures, from ${low.toFixed(0)} to ${high.toFixed(0)} nats; ` +
        `your drawing’s is ${mine.toFixed(0)}`,
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
