// Sees what a visitor does in a step of the tour, and whether that is what the step asks for (ui/text/tour_steps.py).
// What was true before the step began counts for nothing, nor does what a page does by itself while nobody touches it.

/**
 * What it asks of a page. ``value``: of a data attribute; null if there is no such thing.
 *
 * @typedef {{
 *   has: (selector: string) => boolean,
 *   value: (selector: string, name: string) => string | null,
 *   address: (name: string) => string | null,
 *   epoch: () => number | null,
 * }} Page
 */
/** @typedef {{count: number, last: string | null, low: boolean}} Note  what was seen of a rule */

export class Witness {
  /**
   * @param {any[]} rules any of which suffices
   * @param {any} [before] what ``kept`` gave, if the page was left or reloaded within the step
   */
  constructor(rules, before = null) {
    this.rules = rules;
    this.begun = before?.begun === true;
    this.acted = before?.acted === true;
    /** @type {Note[]} */
    this.notes = rules.map((_, k) => noteOf(before?.notes?.[k]));
  }

  /** All of it as plain values. */
  kept() {
    return { begun: this.begun, acted: this.acted, notes: this.notes };
  }

  /** The step begins: whatever is so now was so before it. @param {Page} page */
  begin(page) {
    if (this.begun) return;
    this.begun = true;
    this.rules.forEach((rule, k) => (this.notes[k].last = seenBy(rule, page)));
  }

  /** The visitor touches something. Whatever comes of it comes after this. */
  touch(page) {
    this.begin(page);
    this.acted = true;
  }

  /**
   * A click or an input. ``within``: whether it was in something that a selector means.
   *
   * @param {"click" | "input"} kind
   * @param {(selector: string) => boolean} within
   */
  event(kind, within) {
    this.rules.forEach((rule, k) => {
      if (rule[kind] && within(rule[kind])) this.notes[k].count++;
    });
  }

  /** Whether one of the things was done. @param {Page} page */
  look(page) {
    return this.begun && this.rules.map((rule, k) => this.met(rule, this.notes[k], page)).some(Boolean);
  }

  met(rule, note, page) {
    const { least = 1 } = rule;
    if (rule.click || rule.input) return note.count >= least && (!rule.brings || page.has(rule.brings));
    if (rule.epochs) {
      const [first, last] = rule.epochs,
        epoch = page.epoch();
      if (epoch === null) return false;
      note.low ||= epoch === first;
      return note.low && this.acted && epoch >= last;
    }
    const now = seenBy(rule, page);
    if (now !== null && now !== note.last) {
      if (note.last !== null && (this.acted || rule.by_itself) && now !== (rule.not ?? "")) note.count++;
      note.last = now;
    }
    return note.count >= least;
  }
}

/** What a rule looks at: null if it is not there, "" for an address that does not name it. */
function seenBy(rule, page) {
  if (rule.address) return page.address(rule.address) ?? "";
  return rule.changed ? page.value(rule.selector, rule.changed) : null;
}

/** @returns {Note} of what may be anything */
function noteOf(before) {
  const { count, last, low } = before ?? {};
  return {
    count: Number.isInteger(count) ? count : 0,
    last: typeof last === "string" ? last : null,
    low: low === true,
  };
}
