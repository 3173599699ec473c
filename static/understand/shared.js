// What the pages under “Understand” share.
import { askUntil } from "../bridge/ask.js";
import { subscribe } from "../lib/bus.js";
import { paint } from "../lib/canvas.js";
import { inflated } from "../lib/codec.js";
import { whenever } from "../lib/controls.js";
import { decoder, unpacked } from "../lib/decoder.js";
import { mount } from "../lib/dom.js";
import { busy } from "../lib/busy.js";
import { style } from "../lib/style.js";

/** lib/dom.js's mount with the style of these pages, built anew when the data have another version: [root, isSame]. */
export function renewed(component, html) {
  style(new URL("./understand.css", import.meta.url).href);
  const [root, isNew] = mount(component, html),
    { version } = component.data ?? {};
  root.classList.add("ll-idea");
  const same = !isNew && root.version === version;
  if (same) root.redraw();
  else root.end?.();
  root.version = version;
  return [root, same];
}

/**
 * Draw a component now, and again when an element's size, the light or the data change. Returns what ends all that, and
 * with it whatever else is to stop.
 */
export function keepDrawn(root, box, draw, ...stops) {
  root.redraw = draw;
  const unwatch = whenever(box, draw);
  draw();
  root.end = () => {
    root.version = null;
    unwatch();
    for (const stop of stops) stop();
  };
  return root.end;
}

/**
 * Call f with what was sent beside the component (``publish_bytes`` of ui/components/bridge.py), once it has come and
 * whenever it comes anew. Returns what ends that.
 *
 * @template T
 * @param {string} name
 * @param {(parts: Uint8Array<ArrayBuffer>[], head: any) => Promise<T>} read
 * @param {(found: T) => void} f
 */
export function whenSent(name, read, f) {
  let ended = false;
  const forget = subscribe(name, (told) => {
    if (!told) return;
    const done = busy(name);
    read(told.parts, told.head)
      .then((found) => ended || f(found))
      .finally(done);
  });
  return () => {
    ended = true;
    forget();
  };
}

/** The same of a decoder (``send_decoder`` of ui/components/browser_decoder.py). */
export const whenDecoder = (name, f) =>
  whenSent(name, async ([small], head) => decoder(await unpacked(head, small)), f);

/** The same of parts that Python's zlib made smaller. */
export const whenInflated = (name, f) => whenSent(name, (parts) => Promise.all(parts.map(inflated)), f);

/**
 * Build a component once what it needs has come: ``when`` is one of the three above with its name, and ``build`` gets
 * what came, and ends with ``keepDrawn``. Returns what ends either, and until then whatever else is to stop.
 */
export function built(root, when, build, ...stops) {
  const forget = when((found) => {
    forget();
    for (const stop of stops) stop();
    build(found);
  });
  root.redraw = () => {};
  root.end = () => {
    root.version = null;
    forget();
    for (const stop of stops) stop();
  };
  return () => root.end();
}

/** A component that shows one decoder: made once, and built by ``show(root, data, decode)`` when that has come. */
export function ofDecoder(component, html, show) {
  const { data } = component;
  const [root, same] = renewed(component, html);
  if (same) return () => root.end();
  return built(
    root,
    (f) => whenDecoder(data.decoder, f),
    (decode) => show(root, data, decode),
  );
}

/** Ask for what is missing as soon as an element comes into view. Returns what ends that. */
export function askWhenSeen(element, missing, ask) {
  let end = () => {};
  const watch = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watch.disconnect();
    end = askUntil({ missing, ask, times: 5 });
  });
  watch.observe(element);
  return () => (watch.disconnect(), end());
}

/** A list of [what, how much, a colour of the lecture?]: HTML of ours, and numbers. */
export function showFacts(list, rows) {
  const bold = (value, colour) => (colour ? `<b class="${colour}">${value}</b>` : `<b>${value}</b>`);
  list.innerHTML = rows.map(([what, value, colour]) => `<li>${what}${bold(value, colour)}</li>`).join("");
}

/** The picture that a code decodes to. */
export const paintDecoded = (canvas, decode, z) => paint(canvas, decode(z), decode.size, 0, 255);

/** The smallest of some distances: its place among them, and how much it is. */
export function closest(distances) {
  const least = Math.min(...distances);
  return { place: distances.indexOf(least), least };
}

/** The key of the charts with both losses. */
export const BOTH_LOSSES = `
  <div class="key">
    <span class="decoder"><i></i>BCE</span>
    <span><i class="dash" style="border-color: var(--ll-ink)"></i>half the squared error</span>
  </div>`;
