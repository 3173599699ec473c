// The row of the newest pictures, and the way from a canvas to a letter.
import { element } from "../lib/dom.js";
import { packed } from "../lib/shrink.js";

const SHOWN = 14; // pictures of the row
const SIDE = 64; // pixels of one
const SELDOM = 150; // milliseconds between two of many files

/**
 * Pictures that are added: each slides into the row at once, and is sent in its turn.
 *
 * @param {{row: HTMLElement, count: HTMLElement, mail: import("./mailbox.js").Mailbox, memory: any}} parts
 */
export function adder({ row, count, mail, memory }) {
  let shown = 0; // when the row last got a picture
  const waiting = new Set(); // functions that look whether what they wait for has come

  /** Say again how far it is, and let those look who wait. */
  const show = () => {
    const there = memory.put - mail.left;
    for (const node of row.children)
      node.classList.toggle("going", Number(/** @type {HTMLElement} */ (node).dataset.place) > there);
    count.textContent = progress(memory.put, mail.left);
    for (const look of [...waiting]) look();
  };
  /** A promise that is kept once ``enough`` says yes. */
  const until = (enough) =>
    new Promise((done) => {
      const look = () => enough() && (waiting.delete(look), done(null));
      waiting.add(look);
      look();
    });
  /** Send a picture that is packed already. */
  const put = (picture, source, name, className) => {
    memory.put++;
    const sort = source === "drawn" ? "add" : `add ${source} ${memory.job}`; // one job is taken back together
    mail.put(sort, { class_name: className, source, name, picture }, picture.length);
    show();
  };
  const add = (canvas, source, name, className) => {
    // Of many files the row shows some: to let each slide in would take longer than all the rest.
    if (source !== "file" || Date.now() - shown > SELDOM) {
      shown = Date.now();
      const thumb = thumbOf(canvas);
      thumb.dataset.place = String(memory.put + 1);
      row.prepend(thumb);
      while (row.children.length > SHOWN) row.lastChild.remove();
    }
    put(packed(canvas, source === "drawn" ? "image/png" : "image/webp"), source, name, className);
  };
  return { add, put, show, until };
}

/** How many were added, and how many of them have not left yet. */
export function progress(added, left) {
  const number = (n) => n.toLocaleString("en");
  if (!added) return "";
  return number(added) + " added" + (left ? `, ${number(left)} of them still to be sent` : "");
}

/** A picture in the middle of a small square. */
function thumbOf(canvas) {
  const thumb = element("canvas", { width: SIDE, height: SIDE });
  const scale = SIDE / Math.max(canvas.width, canvas.height),
    [width, height] = [canvas.width * scale, canvas.height * scale];
  thumb.getContext("2d").drawImage(canvas, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  return thumb;
}
