// What the browser keeps of the tour. For a later visit: the step, and the pictures for its end. For this visit alone:
// what was seen done in it, so that a step believes nothing from before.

const NAME = "latent-lab-tour";
const MOST = 150_000; // characters of a picture
const EMPTY = { step: null, keeps: {}, drawing: "", run: "" };

/** Of a store that may be closed (a private window), or hold anything. */
function read(store) {
  try {
    const found = JSON.parse(store().getItem(NAME));
    return Number.isInteger(found) ? { step: found } : found && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

function write(store, value) {
  try {
    store().setItem(NAME, JSON.stringify(value));
  } catch {
    /* it is full, or closed */
  }
}

const lasting = () => localStorage;
const visiting = () => sessionStorage;
const text = (value, pattern) => (typeof value === "string" && pattern.test(value) ? value : "");

const OURS = /^data:image\/(png|webp);base64,/;

/** A picture that was kept: one of ours, and what it is. @returns {{src: string, words: string} | null} */
const pictureOf = (value) =>
  typeof value?.src === "string" && OURS.test(value.src) && value.src.length <= MOST && typeof value.words === "string"
    ? { src: value.src, words: value.words.slice(0, 120) }
    : null;

export class Memory {
  constructor() {
    const last = read(lasting),
      visit = read(visiting);
    this.step = Number.isInteger(last.step) && last.step >= 0 ? last.step : null;
    /** @type {Record<string, {src: string, words: string}>} */
    this.keeps = {};
    for (const [name, value] of Object.entries(last.keeps ?? {})) {
      const picture = pictureOf(value);
      if (picture) this.keeps[name] = picture;
    }
    this.drawing = text(last.drawing, /^[\w-]{1,400}$/);
    this.run = text(last.run, /^[\w.-]{1,100}$/);
    /** @type {Set<number>} the steps done in this visit */
    this.done = new Set(Array.isArray(visit.done) ? visit.done.filter(Number.isInteger) : []);
    /** @type {Record<string, any>} what was seen of a step, by its number */
    this.notes = visit.notes && typeof visit.notes === "object" ? visit.notes : {};
  }

  /** A tour from the beginning: nothing was done in it yet. */
  begin() {
    Object.assign(this, { ...EMPTY, step: 0, keeps: {}, done: new Set(), notes: {} });
    this.save();
  }

  /** It was gone to its end. */
  end() {
    this.begin();
    this.step = null;
    this.save();
  }

  keep(name, picture) {
    if (!pictureOf(picture)) return;
    this.keeps[name] = pictureOf(picture);
    this.save();
  }

  save() {
    const { step, keeps, drawing, run, done, notes } = this;
    write(lasting, { step, keeps, drawing, run });
    write(visiting, { done: [...done], notes });
  }
}
