import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./page.js";

visit("/latent");
const { inOneLine } = await import("../../static/components/latent_map/legend.js");
const { classColour, isFine, source } = await import("../../static/lib/canvas.js");

test("a few short names of classes stand above the dots, others in a list", () => {
  const measure = (name) => 7 * name.length;
  const digits = [..."0123456789"];
  assert.ok(inOneLine(digits, 340, measure));
  assert.ok(!inOneLine(digits, 320, measure));
  assert.ok(!inOneLine([...digits, "a"], 2000, measure));
  assert.ok(!inOneLine(["Travel and Places", "Smileys and Emotion"], 250, measure));
});

test("each of many classes has a colour of its own, for light and for dark", () => {
  const colours = Array.from({ length: 200 }, (_, c) => classColour(c));
  assert.equal(colours[9], "var(--ll-c9)");
  for (const colour of colours.slice(10))
    assert.match(colour, /^light-dark\(hsl\(\d+ \d+% \d+%\), hsl\(\d+ \d+% \d+%\)\)$/);
  assert.ok(new Set(colours).size > 195);
});

test("large pictures are drawn smoothly", () => {
  assert.ok(isFine({ height: 64, width: 64 }) && isFine({ height: 20, width: 48 }));
  assert.ok(!isFine({ height: 28, width: 28 }) && !isFine({ height: 32, width: 32 }));
});

test("a picture says of which kind it is by its first bytes", () => {
  assert.equal(source("iVBORw0KGgo"), "data:image/png;base64,iVBORw0KGgo");
  assert.equal(source("UklGRiIAAABX"), "data:image/webp;base64,UklGRiIAAABX");
});
