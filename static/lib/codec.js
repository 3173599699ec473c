// Numbers as they travel: base64 of bytes, of 32-bit and of half floats. No page is needed.

/** Base64 to Uint8Array. */
export function bytes(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text),
    out = new Uint8Array(raw.length);
  for (let i = 0; i < out.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/** What each of the 65,536 half floats is: a table, since a map of all epochs has half a million. */
let known;

function halfTable() {
  const table = new Float32Array(65536);
  for (let h = 0; h < 65536; h++) {
    const e = (h >> 10) & 31,
      m = h & 1023,
      sign = h >> 15 ? -1 : 1;
    table[h] = sign * (e === 0 ? m * 2 ** -24 : e === 31 ? (m ? NaN : Infinity) : (1 + m / 1024) * 2 ** (e - 15));
  }
  return table;
}

/** Base64 of little-endian 16-bit half floats to Float32Array. */
export const halves = (text) => halvesOf(new Uint16Array(bytes(text).buffer));

/** The bits of half floats to Float32Array. @param {Uint16Array} raw */
export function halvesOf(raw) {
  const out = new Float32Array(raw.length);
  known ??= halfTable();
  for (let i = 0; i < raw.length; i++) out[i] = known[raw[i]];
  return out;
}

/** Base64 of little-endian 32-bit floats to Float32Array. */
export const floats = (text) => new Float32Array(bytes(text).buffer);

/**
 * The dots of an epoch as ``_dots`` of ui/components/latent_map.py packs them: numbers of 12 bits, two in three bytes.
 *
 * @param {Uint8Array} raw
 * @param {number[][]} corners between which numbers they lie: the lowest of each axis (two, or in space three), and the
 *   highest
 */
export function dotsOf(raw, [low, high]) {
  const wide = low.length,
    out = new Float32Array(wide * Math.floor(((raw.length / 3) * 2) / wide)),
    step = low.map((from, k) => (high[k] - from) / 4095);
  for (let i = 0; i < out.length; i++) {
    const at = (i >> 1) * 3,
      twelve = i & 1 ? ((raw[at + 1] & 15) << 8) | raw[at + 2] : (raw[at] << 4) | (raw[at + 1] >> 4);
    out[i] = low[i % wide] + step[i % wide] * twelve;
  }
  return out;
}

/** Base64 of little-endian 32-bit floats to rows of ``wide`` numbers. */
export function rowsOf(text, wide) {
  const values = floats(text),
    rows = [];
  for (let k = 0; k < values.length; k += wide) rows.push(values.subarray(k, k + wide));
  return rows;
}

/** Places (below 65,536) as little-endian 16-bit numbers in base64, and back. */
export const packed = (places) => btoa(String.fromCharCode(...new Uint8Array(Uint16Array.from(places).buffer)));

export const unpacked = (text) => [...new Uint16Array(bytes(text).buffer)];

/** A short sum of bytes, as Python's zlib has it. */
export function adler32(values) {
  let a = 1,
    b = 0;
  for (const v of values) {
    a = (a + v) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

/**
 * A message of ``packed`` in ui/components/bridge.py: a head, and parts of bytes.
 *
 * @param {Uint8Array} message
 * @returns {{head: any, parts: Uint8Array<ArrayBuffer>[]}}
 */
export function unpack(message) {
  const long = new DataView(message.buffer, message.byteOffset).getUint32(0, true),
    head = JSON.parse(new TextDecoder().decode(message.subarray(4, 4 + long)));
  let at = 4 + long;
  return { head, parts: head.lengths.map((length) => message.slice(at, (at += length))) };
}

/** Bytes that Python's zlib made smaller, as they were. @param {Uint8Array<ArrayBuffer>} small */
export async function inflated(small) {
  const stream = new Blob([small]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
