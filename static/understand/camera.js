// What a canvas shows of a plane: so far to each side of a place, and on its way to another view. No page is needed.

export class Camera {
  /** @type {number[]} */ centre = [0, 0];
  /** @type {number[]} where it moves to */ focus = [0, 0];

  /** @param {number} reach so far to each side */
  constructor(reach) {
    this.reach = this.goal = reach;
  }

  /** Move to another view. @param {number} reach @param {number[]} focus */
  aim(reach, focus) {
    Object.assign(this, { goal: reach, focus });
  }

  /**
   * Go a share of the way. Says whether anything has changed.
   *
   * @param {number} share 1: be there at once
   */
  approach(share) {
    const off = this.focus.map((v, d) => v - this.centre[d]),
      ratio = this.goal / this.reach;
    if (ratio === 1 && !off.some((v) => v)) return false;
    const near = Math.abs(Math.log(ratio)) < 0.002 && Math.hypot(...off) < 0.002 * this.goal;
    if (near || share === 1) (this.reach = this.goal), (this.centre = this.focus);
    else {
      this.reach *= ratio ** share;
      this.centre = this.centre.map((v, d) => v + off[d] * share);
    }
    return true;
  }

  /** What is shown at least, [[x0, x1], [y0, y1]]. */
  get range() {
    return this.centre.map((v) => [v - this.reach, v + this.reach]);
  }
}
