// Sentences with words in the lecture's colours, and formulas whose terms light up.
import { element } from "../lib/dom.js";

const COLOURED = /\{(\w+):([^}]*)\}|\*([^*]+)\*/g;

/**
 * A sentence in pieces: what stands in ``{colour:words}`` in that colour, and between stars with stress.
 *
 * @returns {{text: string, colour?: string, stress?: boolean}[]}
 */
export function piecesOf(words) {
  const pieces = [];
  let at = 0;
  for (const found of words.matchAll(COLOURED)) {
    if (found.index > at) pieces.push({ text: words.slice(at, found.index) });
    pieces.push(found[1] ? { text: found[2], colour: found[1] } : { text: found[3], stress: true });
    at = found.index + found[0].length;
  }
  if (at < words.length) pieces.push({ text: words.slice(at) });
  return pieces;
}

/** A sentence as a paragraph. */
export function sentence(words) {
  const p = element("p", { className: "beat" });
  for (const { text, colour, stress } of piecesOf(words))
    p.append(colour || stress ? element(stress ? "em" : "b", { textContent: text, className: colour ?? "" }) : text);
  return p;
}

/** A formula as one line of terms; those that can light up have a name. */
export function formula({ formula: terms, spoken }) {
  const box = element("div", { className: "formula" }),
    said = element("span", { className: "aside", textContent: spoken });
  const shown = element("span", { ariaHidden: "true" });
  for (const { text, colour, name } of terms) {
    if (text === "|") {
      shown.append(document.createElement("br"));
      continue;
    }
    const term = element("span", { textContent: text, className: name ? `term ${colour}` : "sign" });
    if (name) term.dataset.name = name;
    shown.append(term, " ");
  }
  box.append(said, shown);
  return box;
}

/**
 * What is lit when a sentence is read: itself, and its terms of the formula. Calm pages light all of it.
 *
 * @param {{lights: string[]}[]} beats
 * @param {number} beat
 * @param {boolean} calm
 */
export function litAt(beats, beat, calm) {
  return {
    beats: beats.map((_, k) => calm || k === beat),
    names: new Set(calm ? beats.flatMap(({ lights }) => lights) : (beats[beat]?.lights ?? [])),
  };
}

/** Call f only with what differs from the last time: what it writes to the page costs a layout. */
export function unlike(f) {
  let last;
  return (value) => {
    if (value !== last) f((last = value));
  };
}
