// A machine that only adds up: a mean picture, and so much of each fixed picture. No page is needed.

/**
 * The copy with the first k numbers of a code, as it is drawn: never below black or above white.
 *
 * @param {ArrayLike<number>} basis the mean picture, then the fixed ones, one after the other
 * @param {ArrayLike<number>} code
 * @param {number} k
 * @param {Float32Array} out a picture's pixels
 */
export function summed(basis, code, k, out) {
  const pixels = out.length;
  for (let i = 0; i < pixels; i++) out[i] = basis[i];
  for (let j = 0; j < k; j++) for (let i = 0, at = (j + 1) * pixels; i < pixels; i++) out[i] += code[j] * basis[at + i];
  for (let i = 0; i < pixels; i++) out[i] = Math.min(1, Math.max(0, out[i]));
  return out;
}
