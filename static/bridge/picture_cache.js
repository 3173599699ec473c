// Brings the pictures of the dots of a map, a sheet of neighbouring ones at a time, when one first points at one of
// them. Shows nothing. All of them at once would be megabytes, of which most are never looked at.
import { askUntil } from "./ask.js";
import { publish, subscribe } from "../lib/bus.js";
import { bytes } from "../lib/codec.js";
import { picture } from "../lib/canvas.js";

/** @typedef {import("../lib/payloads").PictureCacheData} Data */
/** @typedef {import("../lib/payloads").SheetAnswer} Answer */

/** The sheets that are here, by the pictures' name (run and epoch) and the sheet's number. */
const sheets = (window.latentLabSheets ??= new Map());
const MOST = 60; // sheets that are kept

/**
 * Where the picture of a dot is: its sheet, if that is here, and the column in it.
 *
 * @returns {{sheet: HTMLImageElement & {cell: any} | undefined, number: number, column: number}}
 */
export function pictureOf({ name, sheet_of, columns }, dot) {
  const number = sheet_of[dot];
  return { sheet: sheets.get(`${name} ${number}`), number, column: columns[dot] };
}

/** What pictureOf needs, from the sheet number of each dot: its column is its rank among those of its sheet. */
export function index(name, packed) {
  const sheet_of = bytes(packed),
    counts = new Map();
  const columns = Uint16Array.from(sheet_of, (number) => {
    const column = counts.get(number) ?? 0;
    counts.set(number, column + 1);
    return column;
  });
  return { name, sheet_of, columns };
}

/** @param {import("../lib/payloads").Component<Data, Answer>} component */
export default function (component) {
  const { data, parentElement: here, setStateValue } = component,
    key = (number) => `${data.name} ${number}`;
  picture(data.png, data.size).then((sheet) => {
    sheets.set(key(data.sheet), sheet);
    while (sheets.size > MOST) sheets.delete(sheets.keys().next().value);
    publish("sheet", key(data.sheet));
  });
  here.stop?.();
  let end = () => {};
  const unsubscribe = subscribe("sheet wanted", (wanted) => {
    end();
    if (wanted?.name !== data.name || sheets.has(key(wanted.number))) return;
    const missing = () => !sheets.has(key(wanted.number));
    end = askUntil({ missing, times: 5, ask: () => setStateValue("sheet", wanted.number) });
  });
  here.stop = () => (end(), unsubscribe());
  return here.stop;
}
