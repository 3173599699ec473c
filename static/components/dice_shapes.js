// Choosing the shape of the dice: a line for each, with how clear the pictures are that come of it. Follows the epoch.
import { send } from "../bridge/ask.js";
import { subscribe } from "../lib/bus.js";
import { chips } from "../lib/controls.js";
import { element, mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { say } from "../lib/numbers.js";
import { inAddress } from "../lib/url.js";

/** @typedef {import("../lib/payloads").DiceShapesData} Data */
/** @typedef {import("../lib/payloads").DiceShapesAnswer} Answer */
/** @typedef {import("../lib/payloads").DiceShape} Shape */
/** @typedef {Record<string, number[]>} Row */

const HTML = `
  <div class="ll-dice">
    <div class="key quiet"></div>
    <div class="lines" role="radiogroup" aria-label="Shape of the dice"></div>
    <div class="ask" hidden><span class="quiet">Ask for</span><div class="classes"></div></div>
  </div>`;
const MANY = 12; // classes, from which their buttons scroll

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  const end = () => ((root.version = null), root.stops?.forEach((stop) => stop()), (root.stops = []));
  root.tell = (shape, only) => send(() => component.setStateValue("choice", { shape, only }));
  if (root.version === data.version) return end;
  end();
  root.version = data.version;
  const find = (selector) => root.querySelector(selector);
  let { chosen, only } = data,
    epoch = data.epochs.at(-1),
    told = /** @type {Record<string, Row>} */ ({});

  const choose = (shape, one) => {
    if (shape === chosen && one === only) return;
    [chosen, only] = [shape, one];
    show();
    inAddress({ dice: shape, class: one });
    root.tell(shape, one);
  };
  const lines = data.shapes.map((shape) => line(shape, data, () => choose(shape.name, null)));
  find(".lines").replaceChildren(...lines.map(({ label }) => label));
  const all = [null, ...data.classes],
    names = all.map((c) => (c === null ? "any" : data.names[c])),
    buttons = chips(find(".classes"), names, (k) => choose("classes", all[k]));
  find(".ask").classList.toggle("many", all.length > MANY);

  const show = () => {
    lines.forEach(({ input }, k) => (input.checked = data.shapes[k].name === chosen));
    find(".ask").hidden = chosen !== "classes" || !data.classes.length;
    buttons.show((k) => all[k] === only);
  };
  const measure = () => {
    const rows = data.models.map(({ clear }) => (clear ?? told)[String(epoch)]);
    for (const each of lines) each.measured(rows);
    showKey(find(".key"), data, rows);
  };
  show();
  root.stops = [
    subscribe(`clear of ${data.key}`, (found) => ((told = { ...told, ...(found ?? {}) }), measure())),
    followEpoch(data.run, data.epochs, (now) => ((epoch = now), measure())),
  ];
  return end;
}

/**
 * A shape to choose, and a bar for each model.
 *
 * @param {Shape} shape
 * @param {Data} data
 * @param {() => void} choose
 */
function line({ name, title, note }, { models, key }, choose) {
  const label = element("label", {}),
    input = element("input", { type: "radio", name: key, value: name, onchange: choose }),
    words = element("span", { className: "name" }),
    bars = element("span", { className: "bars" });
  words.append(element("b", { textContent: title }), element("small", { textContent: note }));
  const made = models.map(({ colour }) => {
    const track = element("span", { className: "track" }),
      bar = element("i", {}),
      doubt = element("u", {}),
      value = element("output", {});
    track.style.setProperty("--bar", `var(--ll-${colour})`);
    track.append(bar, doubt);
    bars.append(track, value);
    return { bar, doubt, value };
  });
  label.append(input, words, bars);
  /** @param {(Row | undefined)[]} rows of each model, at this epoch */
  const measured = (rows) => {
    bars.hidden = rows.every((row) => row && !row[name]);
    made.forEach(({ bar, doubt, value }, k) => {
      const [mean, std] = rows[k]?.[name] ?? [0, 0],
        known = !!rows[k]?.[name];
      bar.style.width = `${100 * mean}%`;
      doubt.style.cssText = `left: ${100 * Math.max(0, mean - std)}%; width: ${200 * std}%`;
      doubt.hidden = !known;
      value.textContent = known ? `${say(10 * mean)} ± ${say(10 * std)}` : "…";
    });
  };
  return { label, input, measured };
}

/** What the bars are, and whose. */
function showKey(box, { models }, rows) {
  if (rows.every((row) => row && !Object.keys(row).length)) return box.replaceChildren();
  const whose = models.map(({ name, colour }) => {
    const each = element("span", {}),
      mark = element("i", {});
    mark.style.background = `var(--ll-${colour})`;
    each.append(mark, name);
    return each;
  });
  box.replaceChildren(element("span", { textContent: "Clear, out of 10" }), ...(models.length > 1 ? whose : []));
}
