// The way of a picture through the model in time: which part is at work, and how far it is. No page is needed.

/** @type {[name: string, milliseconds: number][]} */
const STAGES = [
  ["x", 350],
  ["encoder", 900],
  ["mean", 350],
  ["std", 500],
  ["eps", 550],
  ["z", 250],
  ["decoder", 700],
  ["out", 300],
];
export const PARTS = STAGES.map(([name]) => name);

/** @typedef {Record<string, number>} Progress of each part: 0 not yet, 1 done */

export class Journey {
  #begun = -Infinity;
  #first = 0;

  /** Set out at a part: all before it is done. */
  begin(part, now) {
    this.#first = PARTS.indexOf(part);
    this.#begun = now;
  }

  /** Be there at once. */
  arrive() {
    this.#begun = -Infinity;
  }

  /** How far each part is, which is at work (null: it has arrived), and whether it still moves. */
  at(now) {
    let left = now - this.#begun,
      lit = /** @type {string | null} */ (null);
    const progress = /** @type {Progress} */ ({});
    STAGES.forEach(([name, long], k) => {
      const share = k < this.#first ? 1 : Math.min(Math.max(left / long, 0), 1);
      progress[name] = share;
      if (share < 1 && lit === null) lit = name;
      if (k >= this.#first) left -= long;
    });
    return { progress, lit };
  }
}
