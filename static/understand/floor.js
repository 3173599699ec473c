// The BCE of several models in two parts: what even a perfect copy costs, and the error above it.
import { describe } from "../lib/dom.js";
import { say } from "../lib/numbers.js";
import { GREY, inkSwitch, SPLIT_KEY, splitBar, splitWords } from "./ink.js";
import { keepDrawn, renewed } from "./shared.js";

const HTML = `
  <div class="bar wrap"><span class="name">Test pictures</span><span class="bar wrap inks"></span></div>
  <table class="ll-split" aria-live="polite"><tbody></tbody></table>${SPLIT_KEY}`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").FloorData>} component */
export default function (component) {
  const { data } = component;
  const [root, same] = renewed(component, HTML);
  if (same) return root.end;
  const body = root.querySelector("tbody"),
    most = Math.max(...data.bars.flatMap(({ grey, pure }) => [grey.total, pure.total]));
  let pure = false;
  const draw = () => {
    const rows = data.bars.map(({ label, ...inks }) => {
      const { floor, total } = pure ? inks.pure : inks.grey,
        error = total - floor;
      return `<tr><th scope="row">${label}</th><td>${splitBar(floor, error, most)}</td>
        <td>${splitWords(floor, error)}</td></tr>`;
    });
    body.innerHTML = rows.join("");
    const { floor } = pure ? data.bars[0].pure : data.bars[0].grey;
    describe(root.querySelector("table"), `BCE of the copies: ${say(floor, 1)} nats of each are ${GREY}`);
    Object.assign(root.dataset, { floor, pure: +pure });
  };
  const stop = inkSwitch(root.querySelector(".inks"), { channels: 1, many: true }, (now) => ((pure = now), draw()));
  return keepDrawn(root, body, draw, stop);
}
