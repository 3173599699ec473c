// The light of the tour: a veil over the page with a hole for each thing that is spoken of, and a ring around it. It
// takes no click: all of the page can be used as ever.
import { svg } from "../lib/charts.js";
import { height, width } from "./tour_place.js";

const ROUND = 10; // pixels

export class Light {
  constructor() {
    const mask = `ll-tour-mask`;
    this.root = svg("svg", { class: "ll-tour-veil", "aria-hidden": "true" });
    this.mask = svg("mask", { id: mask, maskUnits: "userSpaceOnUse", x: 0, y: 0, width: "100%", height: "100%" });
    this.dark = svg("rect", { class: "dark", width: "100%", height: "100%", mask: `url(#${mask})` });
    this.rings = svg("g", {});
    this.root.append(this.mask, this.dark, this.rings);
    this.shown = "";
  }

  /** @param {import("./tour_place.js").Box[]} holes  @param {boolean} dim whether the rest is dimmed */
  show(holes, dim) {
    if (!this.root.isConnected) document.body.append(this.root);
    this.root.classList.toggle("dim", dim && holes.length > 0);
    const rounded = holes.map((box) => [box.left, box.top, width(box), height(box)].map(Math.round)),
      shown = JSON.stringify(rounded);
    if (shown === this.shown) return;
    this.shown = shown;
    this.root.dataset.holes = shown;
    const rect = (/** @type {number[]} */ [x, y, w, h], more) =>
      svg("rect", { x, y, width: w, height: h, rx: ROUND, ...more });
    this.mask.replaceChildren(
      svg("rect", { width: "100%", height: "100%", fill: "#fff" }),
      ...rounded.map((box) => rect(box, { fill: "#000" })),
    );
    this.rings.replaceChildren(...rounded.map((box) => rect(box, { class: "ring" })));
  }

  end() {
    this.root.remove();
    this.shown = "";
  }
}
