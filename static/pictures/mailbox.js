// What a page sends to Python in order and without waiting: each letter until it is acknowledged, several in one.
import { askUntil } from "../bridge/ask.js";
import { latest, publish } from "../lib/bus.js";
import { busy } from "../lib/busy.js";

const MOST = 200; // things in a letter
const HEAVIEST = 1_500_000; // characters of a letter

/**
 * How many of the first things go into one letter: all of the same ``kind``, and not too many or too heavy.
 *
 * @param {{kind: string, weight?: number}[]} waiting
 */
export function fitting(waiting) {
  let weight = 0,
    count = 0;
  while (count < Math.min(waiting.length, MOST) && waiting[count].kind === waiting[0].kind) {
    weight += waiting[count].weight ?? 0;
    if (count && weight > HEAVIEST) break;
    count++;
  }
  return count;
}

/** A box of letters. ``post`` sends one; it may be another function after the page was drawn anew. */
export class Mailbox {
  /** @type {{kind: string, weight?: number, content: any}[]} */
  waiting = [];
  /** @type {{number: number, letter: any, count: number} | null} */
  going = null;
  number = 0;
  stream = "";
  post = (/** @type {any} */ _letter) => {};
  changed = () => {};
  #stop = () => {};
  #done = null;
  #away = false; // the component that sends is not on the page: what is put here meanwhile waits
  #by = /** @type {any} */ (undefined); // the newest that sends

  constructor(stream) {
    this.stream = stream;
  }

  /** How many things have not arrived yet. */
  get left() {
    return this.waiting.length + (this.going?.count ?? 0);
  }

  /** Put something into the box: ``kind`` says what may share a letter. It leaves at once if nothing is before it. */
  put(kind, content, weight = 0) {
    this.waiting.push({ kind, content, weight });
    if (this.#away) return;
    this.#done ??= busy("pictures to be sent");
    this.#next();
  }

  /** Python has had all letters of a stream up to a number. */
  acknowledge(stream, number) {
    if (stream !== this.stream || !this.going || number < this.going.number) return;
    this.#stop();
    this.going = null;
    this.changed();
    this.#next();
    this.#rest();
  }

  /** The component that sends goes away, unless another has come since. */
  pause(by) {
    if (by !== this.#by) return;
    this.#away = true;
    this.#stop();
    this.#done?.();
    this.#done = null;
  }

  /** It comes, or comes again: what is under way is asked again. */
  resume(by) {
    this.#by = by;
    this.#away = false;
    if (this.left) this.#done ??= busy("pictures to be sent");
    if (this.going) this.#ask();
    else this.#next();
  }

  #next() {
    if (this.#away || this.going || !this.waiting.length) return;
    const some = this.waiting.splice(0, fitting(this.waiting));
    const number = ++this.number;
    const letter = { stream: this.stream, number, kind: some[0].kind, items: some.map(({ content }) => content) };
    this.going = { number, letter, count: some.length };
    this.#ask();
  }

  /** Ask for as long as it takes: a computer may sleep, or a server be away, and then answer after all. */
  #ask() {
    this.#stop();
    const { going } = this;
    this.#stop = askUntil({ missing: () => this.going === going, ask: () => this.post(going.letter) });
  }

  #rest() {
    if (this.left) return;
    this.#done?.();
    this.#done = null;
  }
}

/** The set is in this state now: the parts of the page that were drawn from another are drawn again (refresh.js). */
export function changed({ set, token }, all = true) {
  // A part that was drawn late may know of less than was told already, and would then never be drawn again.
  for (const name of [`turn cards ${set}`, ...(all ? [`turn seen ${set}`] : [])])
    if (editsOf(token) >= editsOf(latest(name))) publish(name, token);
}

/** How many changes a set had, by its token: they are counted on and on, what is taken back, too. */
const editsOf = (token) => Number(/-(\d+)/.exec(token ?? "")?.[1] ?? 0);

/** Eight letters that tell this visit's messages from another's. */
export const newStream = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => "abcdefghijklmnopqrstuvwxyz"[byte % 26]).join("");
