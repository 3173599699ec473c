// Who is in a room, for its teacher: a name each, which is chosen by a click.
import { send } from "../bridge/ask.js";
import { element, mount } from "../lib/dom.js";

/** @typedef {import("../lib/payloads").ClassPeopleData} Data */
/** @typedef {import("../lib/payloads").ClassPeopleAnswer} Answer */
/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, setTriggerValue } = component,
    [root] = mount(component, `<div class="ll-people" role="group" aria-label="Who is in the room"></div>`),
    box = root.firstElementChild;
  const known = new Map(Array.from(box.children, (each) => [each.dataset.id, each]));
  for (const { id, name, hidden, out, here } of data.people) {
    let button = known.get(String(id));
    if (!button) {
      button = element("button", { type: "button", onclick: () => send(() => setTriggerValue("pupil", id)) });
      button.dataset.id = String(id);
      box.append(button);
    }
    known.delete(String(id));
    const state = out ? "sent out" : hidden ? "name hidden" : here ? "" : "away";
    button.textContent = name;
    button.className = out ? "out" : hidden ? "hidden" : here ? "" : "away";
    button.setAttribute("aria-pressed", String(id === data.chosen));
    button.setAttribute("aria-label", state ? `${name}, ${state}` : name);
    button.title = state;
  }
  for (const gone of known.values()) gone.remove();
  return () => {};
}
