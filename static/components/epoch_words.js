// A sentence for each epoch.
import { mount, rich } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";

/** @param {import("../lib/payloads").Component<import("../lib/payloads").EpochWordsData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, `<p class="words" aria-live="polite"></p>`);
  root.stop?.();
  root.stop = followEpoch(data.run, data.epochs, (epoch) =>
    rich(root.firstElementChild, data.texts[data.epochs.indexOf(epoch)]),
  );
  return root.stop;
}
