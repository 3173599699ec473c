import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import "./page.js";
import { apart } from "../../static/lib/old_colours.js";

test("a pair of colours becomes one for light and one for dark", () => {
  const sheet = ":root { --a: light-dark(#ffffff, #000000); --b: light-dark(rgb(1 2 3 / 50%), #111); }",
    [light, dark] = apart(sheet).split("@media (prefers-color-scheme: dark) {");
  assert.equal(light.trim(), ":root { --a: #ffffff; --b: rgb(1 2 3 / 50%); }");
  assert.equal(dark.trim(), ":root { --a: #000000; --b: #111; }\n}");
});

test("no sheet of ours keeps a pair that an old browser cannot read", () => {
  const root = new URL("../../static/", import.meta.url),
    sheets = readdirSync(root, { recursive: true }).filter((name) => String(name).endsWith(".css"));
  assert.ok(sheets.length > 3);
  for (const name of sheets) {
    const found = apart(readFileSync(new URL(String(name), root), "utf8"));
    assert.ok(!found.includes("light-dark("), String(name));
    assert.equal(found.split("{").length, found.split("}").length, String(name));
  }
});
