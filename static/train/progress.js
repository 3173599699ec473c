// How far a training is: a line along the foot of the page's bar.
import { subscribe } from "../lib/bus.js";
import { mount } from "../lib/dom.js";

const HTML = `
  <div class="ll-progress" role="progressbar" aria-label="Progress of the training"
    aria-valuemin="0" aria-valuemax="100"><i></i></div>`;

/** @param {import("../lib/payloads").Component<import("../lib/payloads").ProgressData>} component */
export default function (component) {
  const [root] = mount(component, HTML),
    line = root.querySelector(".ll-progress");
  root.stop?.();
  root.stop = subscribe(`progress ${component.data.run}`, (share) => {
    line.hidden = share === undefined || share === 1;
    line.ariaValueNow = String(Math.round(100 * (share ?? 0)));
    line.firstElementChild.style.width = `${100 * (share ?? 0)}%`;
  });
  return () => root.stop();
}
