// Files and folders that were dropped or chosen: which class each belongs to, and what of them goes where.

const SILENT = new Set(["__macosx", "thumbs.db", "desktop.ini"]); // what systems leave in folders
const SERVER = /\.(zip|tiff?)$/i; // what the browser cannot open
const MOST = 20_000; // files
const SMALL = 20_000; // bytes

/** @typedef {{file: File, path: string}} Found  its path begins with the folder that was dropped, if one was */

/** Whether a file is one that systems make, of which nobody wants to hear. */
export const isSilent = (path) =>
  path.split("/").some((part) => part.startsWith(".") || SILENT.has(part.toLowerCase()));

/** Whether the server must open a file. */
export const isForServer = (name) => SERVER.test(name);

/** Whether a picture is so small that it is sent as it is: a thousand of them are, in a tenth of the time. */
export const isSmall = ({ name, size }) => size > 0 && size <= SMALL && /\.(png|jpe?g|webp|gif|bmp)$/i.test(name);

/**
 * The class of each path: the name of its folder; with its parents' where two would be called alike; "" in none.
 *
 * @param {string[]} paths
 * @returns {string[]}
 */
export function classesOf(paths) {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  const different = new Map(folders.map((folder) => [folder.join("/"), folder]));
  const depth = new Map([...different.keys()].map((key) => [key, 1]));
  for (;;) {
    const named = new Map();
    for (const [key, folder] of different) {
      const name = folder.slice(-depth.get(key)).join(" / ");
      named.set(name, [...(named.get(name) ?? []), key]);
    }
    const deeper = [...named.values()].filter((keys) => keys.length > 1).flat();
    const more = deeper.filter((key) => depth.get(key) < different.get(key).length);
    if (!more.length) return folders.map((folder) => folder.slice(-depth.get(folder.join("/"))).join(" / "));
    for (const key of more) depth.set(key, depth.get(key) + 1);
  }
}

/** All files of a drop, those in folders included. @returns {Promise<Found[]>} */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) await walk(entry, entry.name, found);
  return found;
}

async function walk(entry, path, found) {
  if (found.length >= MOST || isSilent(path)) return;
  if (entry.isFile) {
    const file = await new Promise((done) => entry.file(done, () => done(null)));
    if (file) found.push({ file, path });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done) => reader.readEntries(done, () => done([]))); // a hundred at a time
    if (!some.length) return;
    for (const each of some) await walk(each, `${path}/${each.name}`, found);
  }
}

/** The files of a field, with the paths that a chosen folder gives them. @returns {Found[]} */
export const chosen = (input) =>
  [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })).slice(0, MOST);
