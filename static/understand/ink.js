// Pictures with their greys, or pure black and white: one switch for all of /loss, and the bar of a BCE in two parts.
import { chips } from "../lib/controls.js";
import { publish, subscribe } from "../lib/bus.js";
import { say } from "../lib/numbers.js";
import { recallOne, remember } from "../lib/url.js";

const INKS = ["grey", "pure"];
export const GREY = "the unavoidable cost of grey";

/** The switch in a box. `changed` is called with whether pictures are pure, now and whenever it is thrown anywhere. */
export function inkSwitch(box, { channels, many = false }, changed) {
  const names = [`With ${many ? "their" : "its"} greys`, channels > 1 ? "Pure colours" : "Pure black and white"];
  const row = chips(box, names, (k) => {
    remember("ink", INKS[k]);
    publish("loss ink", INKS[k] === "pure");
  });
  publish("loss ink", recallOne("ink", INKS) === "pure");
  return followInk((pure) => {
    row.show((k) => (INKS[k] === "pure") === pure);
    changed(pure);
  });
}

export const followInk = (changed) => subscribe("loss ink", (pure) => changed(!!pure));

/** What a pixel costs at least, in nats: the BCE of a guess that is exactly right. */
export const least = (x) => (x > 0 && x < 1 ? -x * Math.log(x) - (1 - x) * Math.log(1 - x) : 0);

/** A picture's pixels, 0 to 255, made black or white. */
export const pureOf = (pixels) => Uint8Array.from(pixels, (v) => (v >= 128 ? 255 : 0));

/** A BCE as a bar in two parts, HTML: what nobody can save, and the error. `most` is as wide as the bar can be. */
export function splitBar(floor, error, most) {
  const part = (name, v) => `<i class="${name}" style="width:${Math.min(100, (100 * v) / most).toFixed(2)}%"></i>`;
  return `<span class="split">${part("floor", floor)}${part("error", error)}</span>`;
}

/** The two parts in words, HTML. */
export const splitWords = (floor, error) =>
  `<span class="parts"><span>${say(floor, 1)} grey</span> + <b class="decoder">${say(error, 1)} error</b></span>`;

/** What the two parts are. */
export const SPLIT_KEY = `
  <div class="key split-key"><span><i class="swatch floor"></i>${GREY}</span>
    <span><i class="swatch error"></i>error</span></div>`;
