// Stylesheets, on a page whose server may be just starting again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";

const links = [];
globalThis.document = {
  createElement: () => {
    const link = { dataset: {}, remove: () => links.splice(links.indexOf(link), 1) };
    return link;
  },
  head: {
    append: (link) => links.push(link),
    querySelectorAll: (css) => links.filter(({ dataset }) => css === `link[data-name="${dataset.name}"]`),
  },
};
const { style } = await import("../../static/lib/style.js");
const of = (name, version = "1") => `http://page.test/app/static/${version}/${name}.css`;

test("a stylesheet that failed is asked for anew, and all who asked wait for it together", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let there = 0;
  for (let k = 0; k < 3; k++) style(of("style")).then(() => there++);
  assert.equal(links.length, 1);
  links[0].onerror();
  await settled();
  assert.deepEqual([links.length, there], [0, 0]);
  t.mock.timers.tick(1000);
  await settled();
  links[0].onload();
  await settled();
  style(of("style")).then(() => there++);
  await settled();
  assert.deepEqual([links.length, there], [1, 4]);
});

test("one that cannot be had holds nobody up for ever, and the next who asks begins anew", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let over = false,
    tries = 0;
  style(of("gone")).then(() => (over = true));
  const failed = () => links.find(({ href }) => href === of("gone"));
  for (; failed(); tries++) {
    failed().onerror();
    await settled();
    t.mock.timers.tick(1000);
    await settled();
  }
  assert.ok(over && tries > 2);
  style(of("gone"));
  assert.ok(failed());
  failed().onload();
  await settled();
});

test("the style of a new version takes the place of the old one, and leaves others", async () => {
  style(of("style", "2"));
  links.at(-1).onload();
  await settled();
  assert.deepEqual(links.map(({ href }) => href).sort(), [of("gone"), of("style", "2")].sort());
});
