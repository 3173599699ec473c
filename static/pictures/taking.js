// Files that were dropped, chosen or pasted: opened here, made small and sent; what was skipped is named with why.
import { element } from "../lib/dom.js";
import { classesOf, isForServer, isSilent, isSmall } from "./files.js";
import { base64, canvasOf } from "../lib/shrink.js";
import { many } from "./tiles.js";

const AT_ONCE = 4; // files that are opened at the same time
const AHEAD = 400; // pictures that wait to be sent, at most
const PATIENCE = 180_000; // milliseconds for a file to reach the server
const NAMED = 50; // skipped files

/**
 * @param {{add: Function, put: Function, until: Function, show: Function, mail: import("./mailbox.js").Mailbox,
 *   memory: any, now: () => import("../lib/payloads").StudioData, box: HTMLElement}} parts
 *   now: what Python said last; box: for the report
 * @returns {(found: import("./files.js").Found[], source?: string) => void} takes files, one heap of them after another
 */
export function taker({ add, put, until, show, mail, memory, now, box }) {
  let jobs = Promise.resolve();

  const work = async (found, source) => {
    const wanted = found.filter(({ path }) => !isSilent(path));
    if (!wanted.length) return;
    memory.job++;
    const before = now(),
      here = classOf(memory);
    const classes = classesOf(wanted.map(({ path }) => path)).map((name) => name || here);
    /** @type {[string, string][]} */
    const skipped = [],
      server = [];
    for (let k = 0; k < wanted.length; k += AT_ONCE) {
      const some = wanted.slice(k, k + AT_ONCE);
      const opened = await Promise.all(some.map(({ file }) => open(file)));
      for (const [n, what] of opened.entries()) {
        const { file, path } = some[n],
          name = classes[k + n];
        if (what === "server") server.push([file, name]);
        else if (typeof what === "string") skipped.push([path, what]);
        else if (what instanceof Uint8Array) put(base64(what), source, file.name, name);
        else add(what, source, file.name, name);
      }
      const read = Math.min(k + AT_ONCE, wanted.length);
      say(box, `Reading ${read.toLocaleString("en")} of ${many(wanted.length, "file", "files")}…`);
      await until(() => mail.left < AHEAD);
    }
    for (const [file, name] of server) {
      say(box, `Sending ${file.name}…`);
      const reason = await hand(file, name);
      if (reason) skipped.push([file.name, reason]);
    }
    await until(() => !mail.left);
    const { taken, skipped_count } = now();
    const named = [...skipped, ...now().skipped.slice(before.skipped.length)];
    report(box, taken - before.taken, named, skipped.length + skipped_count - before.skipped_count);
  };

  // Streamlit's own field sends it, which knows how to send a large file.
  const hand = async (file, className) => {
    const { largest, uploads } = now();
    if (file.size > largest) return `is larger than ${Math.round(largest / 1e6)} MB, the most for one file`;
    mail.put("class", { class_name: className });
    await until(() => !mail.left);
    const input = document.querySelector("[class*=st-key-picture_upload_] input[type=file]");
    if (!(input instanceof HTMLInputElement)) return "could not be sent; reload the page and try again";
    const bag = new DataTransfer();
    bag.items.add(file);
    input.files = bag.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    let late = false;
    const clock = setTimeout(() => ((late = true), show()), PATIENCE);
    await until(() => late || now().uploads > uploads);
    clearTimeout(clock);
    return late ? "did not reach the server; try again" : "";
  };

  return (found, source = "file") => {
    jobs = jobs
      .then(() => work(found, source))
      .catch((trouble) => {
        console.error(trouble);
        say(box, "Something went wrong with these files. What is not among the pictures, choose again.");
      });
  };
}

/** The class of what comes now: of files that nobody has named one for, none; they may be many things. */
export const classOf = ({ way, chosen, class: name }) => (way === "files" && !chosen ? "" : name);

/** A file as a canvas, or as it is if it is small; or why it cannot be, or "server" for what only that can open. */
async function open(file) {
  if (isForServer(file.name)) return "server";
  if (isSmall(file))
    return file.arrayBuffer().then(
      (buffer) => new Uint8Array(buffer),
      () => "cannot be read now; it may have been moved or changed",
    );
  try {
    return await canvasOf(file);
  } catch (why) {
    return typeof why === "string" ? why : "is broken or cut off";
  }
}

function say(box, words) {
  box.hidden = false;
  box.textContent = words;
}

/** What became of the files: how many were taken, and which were not, with the reason. */
function report(box, taken, skipped, count) {
  box.hidden = false;
  box.replaceChildren(element("b", { textContent: `${many(taken)} taken.` }));
  if (!count) return;
  const list = element("details", { open: count <= 5 });
  list.append(
    element("summary", { textContent: `${many(count, "file", "files")} skipped` }),
    ...skipped.slice(0, NAMED).map(([name, reason]) => element("p", { textContent: `${name} ${reason}.` })),
  );
  if (count > NAMED) list.append(element("p", { textContent: `and ${many(count - NAMED, "other", "others")}` }));
  box.append(list);
}
