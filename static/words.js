// A sentence for each epoch.
import { mount, followEpoch, rich } from "./lab.js";

export default function (component) {
  const { data } = component;
  const [root] = mount(component, `<p class="words" aria-live="polite"></p>`);
  root.stop?.();
  root.stop = followEpoch(data.run, data.epochs, (epoch) =>
    rich(root.firstElementChild, data.texts[data.epochs.indexOf(epoch)]),
  );
  return root.stop;
}
