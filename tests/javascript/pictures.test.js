// Own pictures: the letters to Python, classes of folders, sizes, marks. What needs a canvas is tested in a browser.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { settled } from "./page.js";

const { Mailbox, changed, fitting, newStream } = await import("../../static/pictures/mailbox.js");
const { latest } = await import("../../static/lib/bus.js");
const { underWay } = await import("../../static/lib/busy.js");
const { classesOf, isForServer, isSilent, isSmall } = await import("../../static/pictures/files.js");
const { SIDE, canvasOf, middle, reasonFor, sizeOf } = await import("../../static/lib/shrink.js");
const { marks } = await import("../../static/pictures/seen.js");
const { many, share } = await import("../../static/pictures/tiles.js");
const { classOf } = await import("../../static/pictures/taking.js");
const { progress } = await import("../../static/pictures/adding.js");
const { sentence } = await import("../../static/pictures/camera.js");

async function pass(t, milliseconds) {
  for (let gone = 0; gone < milliseconds; gone += 10) {
    t.mock.timers.tick(10);
    await settled();
  }
}

function box(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const mail = new Mailbox("abc");
  mail.post = mock.fn();
  const posted = () => mail.post.mock.calls.map(({ arguments: [letter] }) => letter);
  return { mail, posted };
}

test("a drawing does not wait for the one before it: what comes meanwhile leaves together, in order", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  await pass(t, 20);
  for (const each of ["two", "three", "four"]) mail.put("add", each);
  await pass(t, 100);
  assert.deepEqual(
    posted().map(({ number, items }) => [number, items]),
    [[1, ["one"]]],
  );
  assert.equal(mail.left, 4);
  mail.acknowledge("abc", 1);
  await pass(t, 20);
  assert.deepEqual(posted()[1], { stream: "abc", number: 2, kind: "add", items: ["two", "three", "four"] });
  mail.acknowledge("abc", 2);
  assert.equal(mail.left, 0);
  await pass(t, 10_000);
  assert.equal(posted().length, 2);
});

test("a letter that was lost is sent again, the same", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  await pass(t, 7000);
  assert.equal(posted().length, 3);
  assert.equal(new Set(posted().map(({ number }) => number)).size, 1);
  mail.acknowledge("abc", 1);
  await pass(t, 7000);
  assert.equal(posted().length, 3);
});

test("an answer to another visit, or to an older letter, ends nothing", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  await pass(t, 20);
  mail.acknowledge("xyz", 1);
  mail.acknowledge("abc", 0);
  assert.equal(mail.left, 1);
  await pass(t, 3100);
  assert.equal(posted().length, 2);
  mail.acknowledge("abc", 1);
});

test("what was not sent before a visit to another page is sent after it", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  mail.pause();
  await pass(t, 5000);
  const before = posted().length;
  mail.resume();
  await pass(t, 20);
  assert.equal(posted().length, before + 1);
  mail.acknowledge("abc", 1);
});

test("a letter is sent again for as long as it takes, and what came after it leaves then", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  await pass(t, 300_000); // the server is away
  const before = posted().length;
  mail.put("add", "two");
  await pass(t, 3100);
  assert.ok(posted().length > before);
  mail.acknowledge("abc", 1);
  await pass(t, 20);
  assert.deepEqual(posted().at(-1).items, ["two"]);
  mail.acknowledge("abc", 2);
});

test("what is put into the box on another page waits there, and that page may rest", async (t) => {
  const { mail, posted } = box(t);
  mail.put("add", "one");
  await pass(t, 20);
  mail.resume("old");
  mail.pause("old");
  const before = posted().length;
  mail.put("add", "two");
  await pass(t, 5000);
  assert.deepEqual([posted().length, mail.left, underWay()], [before, 2, []]);
  mail.resume("new");
  mail.pause("old"); // the page before is taken down late
  mail.acknowledge("abc", 1);
  await pass(t, 20);
  assert.deepEqual(posted().at(-1).items, ["two"]);
  mail.acknowledge("abc", 2);
  assert.deepEqual(underWay(), []);
});

test("a letter holds what is of one sort, and is neither too long nor too heavy", () => {
  const things = (kinds, weight = 0) => kinds.map((kind) => ({ kind, weight }));
  assert.equal(fitting([]), 0);
  assert.equal(fitting(things(["add", "add", "class", "add"])), 2);
  assert.equal(fitting(things(Array(500).fill("add"))), 200);
  assert.equal(fitting(things(Array(9).fill("add"), 600_000)), 2);
  assert.equal(fitting(things(["add", "add"], 9_000_000)), 1); // but always one
});

test("the name of a visit is of letters, and another each time", () => {
  assert.match(newStream(), /^[a-z]{8}$/);
  assert.notEqual(newStream(), newStream());
});

test("a picture's class is its folder, with its parents where two are called alike", () => {
  assert.deepEqual(classesOf(["a.png"]), [""]);
  assert.deepEqual(classesOf(["set/cat/1.png", "set/dog/2.png", "3.png"]), ["cat", "dog", ""]);
  assert.deepEqual(classesOf(["x/a/1.png", "y/a/2.png", "y/b/3.png"]), ["x / a", "y / a", "b"]);
  assert.deepEqual(classesOf(["a/1.png", "y/a/2.png"]), ["a", "y / a"]);
  assert.deepEqual(classesOf(["ア/1.png", "ア/2.png"]), ["ア", "ア"]);
});

test("what systems leave in folders is passed over", () => {
  for (const path of [".DS_Store", "a/.git/x.png", "__MACOSX/a.png", "a/Thumbs.db"]) assert.ok(isSilent(path), path);
  for (const path of ["a.png", "a.b/c.png"]) assert.ok(!isSilent(path), path);
});

test("archives and TIFF go to the server, all else is opened here", () => {
  for (const name of ["a.zip", "B.ZIP", "c.tif", "d.TIFF"]) assert.ok(isForServer(name), name);
  for (const name of ["a.png", "zip", "a.zip.png"]) assert.ok(!isForServer(name), name);
  assert.ok(isSmall({ name: "a.PNG", size: 4000 }));
  for (const [name, size] of [
    ["a.png", 0],
    ["a.png", 40_000],
    ["a.txt", 4000],
  ])
    assert.ok(!isSmall({ name, size }), name);
});

test("a picture is sent small, in its proportions, and never larger than it was", () => {
  assert.deepEqual(sizeOf(4000, 3000), [171, SIDE]);
  assert.deepEqual(sizeOf(20, 30), [20, 30]);
  assert.deepEqual(sizeOf(100_000, 200), [512, 1]);
  assert.deepEqual(middle(640, 480), [80, 0, 480]);
});

test("a reason for what is no picture says what to do", () => {
  for (const name of ["a.heic", "a.svg", "a.pdf", "a.TIFF"]) assert.match(reasonFor(name), /save it as PNG or JPEG/);
  assert.equal(reasonFor("a.PNG"), "is broken or cut off");
  assert.equal(reasonFor("notes"), "is not a picture");
});

test("what is too large, or empty, is not even opened", async () => {
  const why = (size) => canvasOf({ name: "a.png", size }).catch((reason) => reason);
  assert.equal(await why(40e6), "is larger than 30 MB");
  assert.equal(await why(0), "is empty");
});

test("marked are the empty ones, and of a group of the same all but the first", () => {
  assert.deepEqual(
    [...marks({ empty: [7], doubles: [[1, 2, 3]] })],
    [
      [2, "there twice"],
      [3, "there twice"],
      [7, "nearly empty"],
    ],
  );
});

test("a place on a sheet in percent", () => {
  assert.deepEqual([share(0, 1), share(0, 3), share(1, 3), share(2, 3)], [0, 0, 50, 100]);
});

test("files that nobody has named a class for are one heap, drawings and a camera have a class", () => {
  const memory = { way: "files", chosen: false, class: "Class 1" };
  assert.equal(classOf(memory), "");
  assert.equal(classOf({ ...memory, chosen: true }), "Class 1");
  assert.equal(classOf({ ...memory, way: "draw" }), "Class 1");
});

test("what was added, and what is still here", () => {
  assert.deepEqual(
    [progress(0, 0), progress(1200, 0), progress(3, 2)],
    ["", "1,200 added", "3 added, 2 of them still to be sent"],
  );
});

test("counts in words", () => assert.deepEqual([many(1), many(1200)], ["1 picture", "1,200 pictures"]));

test("every trouble with a camera has a sentence that names another way", () => {
  for (const name of ["insecure", "NotAllowedError", "NotFoundError", "NotReadableError", "what else"])
    assert.match(sentence(name), /draw|Try again/);
});

test("a part that was drawn late takes back nothing of what was told of the set", () => {
  const told = () => [latest("turn cards 5a"), latest("turn seen 5a")];
  changed({ set: "5a", token: "5a-9 []" }, false);
  changed({ set: "5a", token: "5a-1 []" });
  assert.deepEqual(told(), ["5a-9 []", "5a-1 []"]);
  changed({ set: "5a", token: "5a-10 []" });
  changed({ set: "5a", token: "5a-10 [('colour', 'grey')]" }); // another choice is no change that is counted
  assert.deepEqual(told(), Array(2).fill("5a-10 [('colour', 'grey')]"));
});
