import assert from "node:assert/strict";
import { test } from "node:test";
import { adler32, bytes, floats, halves, packed, rowsOf, unpacked } from "../../static/lib/codec.js";
import { clamp, gauss, pair, quantile, say, sized } from "../../static/lib/numbers.js";

const base64 = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");

test("bytes come back as they were sent", () => {
  const all = Uint8Array.from({ length: 256 }, (_, k) => k);
  assert.deepEqual([...bytes(base64(all))], [...all]);
  assert.equal(bytes("").length, 0);
});

test("half floats: known patterns", () => {
  const known = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504], // the largest
    [0x0400, 2 ** -14], // the smallest normal one
    [0x0001, 2 ** -24], // the smallest at all
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ];
  const read = halves(base64(Uint16Array.from(known, ([raw]) => raw)));
  assert.deepEqual(
    [...read],
    known.map(([, value]) => value),
  );
  assert.ok(Number.isNaN(halves(base64(Uint16Array.of(0x7e00)))[0]));
  assert.ok(Object.is(halves(base64(Uint16Array.of(0x8000)))[0], -0));
});

test("floats, and rows of them", () => {
  const sent = Float32Array.of(1, 2.5, -3, 0, 1e-20, 6);
  assert.deepEqual(floats(base64(sent)), sent);
  assert.deepEqual(rowsOf(base64(sent), 2), [sent.subarray(0, 2), sent.subarray(2, 4), sent.subarray(4)]);
  assert.deepEqual(rowsOf("", 2), []);
});

test("places are packed and come back", () => {
  const places = [0, 1, 255, 256, 9999, 65535];
  assert.deepEqual(unpacked(packed(places)), places);
  assert.deepEqual([...new Uint8Array(Buffer.from(packed([258]), "base64"))], [2, 1]); // little-endian, as Python reads it
});

test("numbers as people write them", () => {
  assert.equal(say(-1.234), "−1.23");
  assert.equal(say(-0.001), "0.00"); // no minus before nothing
  assert.equal(say(2, 0), "2");
  assert.equal(pair([0.5, -2], 1), "(0.5, −2.0)");
});

test("a tiny bubble is not said to be of size 0", () => {
  assert.deepEqual([0, 0.00002, 0.0314, 0.31].map(sized), ["0.000", "below 0.001", "0.031", "0.31"]);
});

test("a sum of bytes is zlib's", () => {
  assert.equal(adler32(Buffer.from("Wikipedia")), 0x11e60398);
  assert.equal(adler32(new Uint8Array(19_600).fill(255)), 0x21f147e5);
  assert.equal(adler32([]), 1);
});

test("quantiles", () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(quantile(values, 0), 1);
  assert.equal(quantile(values, 0.5), 3);
  assert.equal(quantile(values, 1), 5);
  assert.deepEqual(values, [5, 1, 4, 2, 3]);
  assert.equal(quantile([], 0.5), 0);
});

test("dice: Box and Muller from known uniforms, and the moments of many", () => {
  const fixed = [1 - Math.exp(-2), 0][Symbol.iterator]();
  assert.ok(Math.abs(gauss(() => fixed.next().value) - 2) < 1e-12); // sqrt(-2 ln e^-2) cos 0
  assert.ok(Number.isFinite(gauss(() => 0)));
  let seed = 1;
  const uniform = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const thrown = Array.from({ length: 20_000 }, () => gauss(uniform));
  const mean = thrown.reduce((sum, v) => sum + v, 0) / thrown.length;
  const variance = thrown.reduce((sum, v) => sum + (v - mean) ** 2, 0) / thrown.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.04, `${mean} ${variance}`);
});

test("a number within limits", () => {
  assert.deepEqual([clamp(-1, 0, 3), clamp(2, 0, 3), clamp(9, 0, 3)], [0, 2, 3]);
});
