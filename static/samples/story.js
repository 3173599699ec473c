// The story of one sample, at the epoch one stands at: large, beside its nearest training picture, on two rulers.
import { subscribe, publish, latest } from "../lib/bus.js";
import { picture, tile, classColour, fit, suit } from "../lib/canvas.js";
import { bytes, floats } from "../lib/codec.js";
import { mount } from "../lib/dom.js";
import { followEpoch } from "../lib/epoch.js";
import { say } from "../lib/numbers.js";

const HTML = `
  <div class="ll-story ends-of-it">
    <h5></h5><div class="few near"></div>
    <h5></h5><div class="few far"></div>
  </div>
  <div class="ll-story one" hidden>
    <div class="head"><h4></h4><button type="button" class="close" aria-label="Close the story">✕</button></div>
    <div class="pair">
      <figure class="z"><canvas class="big" role="img"></canvas><figcaption>Sample<small></small></figcaption></figure>
      <figure class="x"><canvas class="nearest" role="img"></canvas>
        <figcaption>Nearest training picture<small></small></figcaption></figure>
    </div>
    <section class="copy"><h5>Was it learned by heart?</h5>
      <div class="ruler" role="img"><i class="band"></i><i class="mid"></i><b></b></div>
      <div class="ends quiet"><span>0: the same</span><span class="range"></span></div><p></p></section>
    <section class="around"><h5>Which classes are around its code?</h5>
      <div class="kinds" role="img"></div><p></p></section>
    <section class="away"><h5>How far is its code from the data?</h5>
      <div class="ruler share" role="img"><i class="band"></i><b></b></div>
      <div class="ends quiet"><span>farther than every real code</span><span>right among them</span></div><p></p>
      <details><summary>How is this measured?</summary><p class="quiet how"></p></details></section>
  </div>`;

const FEWEST = 5; // neighbours whose classes say anything of a code
const ENDS = {
  classes: ["Codes with neighbours of one class", "Codes between several classes"],
  none: ["Codes in the middle of the data", "Codes far from the data"],
};

const HOW = {
  vae: `Each test picture has a bubble: the mean and the noise that the encoder gives it. The density at a code is the
    average of all these bubbles there (the “aggregate posterior”). We compare it with the density at codes of real
    test pictures, drawn from their own bubble, which is left out of their average.`,
  classic: `A classic autoencoder has no bubbles. So we take the distance to the nearest code of a test picture, each
    number in units of its standard deviation, and compare it with the distance between real codes.`,
  classes: ` The classes are those of the test pictures whose codes are nearest, each number in units of its standard
    deviation.`,
};

/** @param {import("../lib/payloads").Component<import("../lib/payloads").StoryData>} component */
export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  const box = root.querySelector(".one"),
    both = root.querySelector(".ends-of-it"),
    $ = (selector) => box.querySelector(selector);
  const end = () => ((root.version = null), root.stops?.forEach((stop) => stop()), (root.stops = []));
  if (root.version === data.version) return end;
  end();
  root.version = data.version;
  suit(root, data.size);
  const shares = floats(data.farther),
    order = bytes(data.order),
    kinds = bytes(data.kinds),
    many = data.names.length,
    { epochs, count, chosen, nearest } = data;
  const classes = many > 1 && data.around >= FEWEST;
  both.querySelectorAll("h5").forEach((head, k) => (head.textContent = ENDS[classes ? "classes" : "none"][k]));
  const around = (line, k) => [...kinds.subarray((line * count + k) * many, (line * count + k + 1) * many)];
  publish("far", {
    of: data.grid,
    share: (epoch, k) => shares[epochs.indexOf(epoch) * count + k],
    // No kind has half of them.
    between: (epoch, k) => classes && Math.max(...around(epochs.indexOf(epoch), k)) * 2 < data.around,
  });
  box.hidden = chosen === null;
  both.hidden = chosen !== null;
  if (chosen === null) {
    let epoch = epochs.at(-1);
    const draw = () => bothEnds(both, data, order.subarray(epochs.indexOf(epoch) * count), epochs.indexOf(epoch));
    root.stops = [followEpoch(data.run, epochs, (now) => ((epoch = now), draw())), subscribe("grid", draw)];
    return end;
  }
  for (const canvas of box.querySelectorAll("canvas")) fit(canvas, data.size.width, data.size.height);
  const clicked = latest("clicked") === chosen;
  publish("clicked", null);
  $("h4").textContent = `Sample ${chosen + 1}`;
  $(".close").onclick = () => latest("choose")?.(chosen);
  $(".x").hidden = $(".copy").hidden = !nearest;
  $(".around").hidden = !classes;
  $(".how").textContent = (data.classic ? HOW.classic : HOW.vae) + (classes ? HOW.classes : "");
  (nearest ? picture(nearest.png, data.size) : Promise.resolve(null)).then((picture) => {
    if (root.version !== data.version) return;
    const draw = (epoch) => {
      const line = epochs.indexOf(epoch),
        grid = latest("grid");
      if (grid?.of === data.grid) tile($(".big").getContext("2d"), grid.image, line, chosen);
      $(".z small").textContent = epoch ? `epoch ${epoch}` : "untrained";
      $(".big").setAttribute("aria-label", `Sample ${chosen + 1}, epoch ${epoch}`);
      distance($, data, shares[line * count + chosen]);
      if (classes) surroundings($, data, around(line, chosen));
      if (!picture) return;
      tile($(".nearest").getContext("2d"), picture, line, 0);
      likeness($, nearest, line);
    };
    let epoch = epochs.at(-1);
    root.stops = [followEpoch(data.run, epochs, (now) => draw((epoch = now))), subscribe("grid", () => draw(epoch))];
    if (clicked && innerWidth < 640) box.scrollIntoView({ behavior: "smooth", block: "nearest" });
  });
  return end;
}

/** How far its code is from the data: the share of real codes that lie farther out. */
function distance($, data, share) {
  const percent = Math.round(100 * share);
  const few = share < 0.05,
    words =
      percent === 0 ? `None of ${data.real} real codes lies farther out` : `${percent}% of real codes lie farther out`;
  $(".away b").style.left = `${2 + 96 * share}%`;
  $(".away .ruler").setAttribute("aria-label", words);
  $(".away p").textContent =
    `${words} than this one. ` +
    (few
      ? "During training, the decoder hardly ever met such a place."
      : share < 0.25
        ? "It is at the edge of what the decoder met during training."
        : "The decoder met many such places during training.");
}

/** Which classes are around its code: of each, how many of the nearest test pictures show it. */
function surroundings($, data, counts) {
  const found = counts
    .map((n, c) => [n, c])
    .filter(([n]) => n)
    .sort((a, b) => b[0] - a[0]);
  $(".kinds").replaceChildren(
    ...found.map(([n, c]) => {
      const part = Object.assign(document.createElement("span"), { textContent: data.names[c], title: data.names[c] });
      part.style.cssText = `flex: ${n}; --kind: ${classColour(c)}`;
      return part;
    }),
  );
  const list = found.slice(0, 3).map(([n, c]) => `${n} show ${data.names[c]}`),
    others = found.slice(3).reduce((sum, [n]) => sum + n, 0);
  if (others) list.push(`${others} something else`);
  const words = `Of the ${data.around} test pictures with the nearest codes, ${list.join(", ")}.`;
  $(".kinds").setAttribute("aria-label", words);
  $(".around p").textContent =
    words +
    (found[0][0] * 2 < data.around
      ? " No class makes up half of them: it lies between classes, and such pictures often look like none."
      : found[0][0] === data.around
        ? " All of one class: here the decoder has no doubt."
        : "");
}

/** How near the nearest training picture is, on a ruler with what is usual for test pictures. */
function likeness($, nearest, line) {
  const away = nearest.away[line],
    [least, , middle, , most] = nearest.typical,
    end = Math.max(most * 1.35, ...nearest.away) * 1.05;
  const at = (value) => `${2 + (96 * value) / end}%`;
  $(".copy .band").style.cssText = `left: ${at(least)}; width: calc(${at(most)} - ${at(least)})`;
  $(".copy .mid").style.left = at(middle);
  $(".copy b").style.left = at(away);
  $(".copy .range").textContent = `shaded: 9 in 10 test pictures`;
  const of = nearest.of.toLocaleString("en");
  const kind = nearest.learned ? "training" : "test";
  const varied = nearest.copies > 1 ? ", varied copies among them" : "";
  const words = `It is ${say(away, 1)} away from the nearest of ${of} ${kind} pictures${varied}.`;
  $(".copy .ruler").setAttribute(
    "aria-label",
    `${words} Test pictures: ${say(middle, 1)}, 9 in 10 between ${say(least, 1)} and ${say(most, 1)}.`,
  );
  $(".copy p").textContent =
    `${words} A test picture, which the model never saw, is typically ${say(middle, 1)} away from its nearest. ` +
    (!nearest.learned
      ? "The training pictures are not on this machine, so this shows what is alike, not what was learned by heart."
      : away < least
        ? "This one is nearer than almost any test picture. Look closely at both."
        : "So, pixel by pixel, it was not learned by heart.");
  $(".x figcaption").firstChild.textContent = `Nearest ${kind} picture`;
  $(".x small").textContent = `${nearest.classes[line]} · number ${nearest.places[line] + 1}`;
  $(".nearest").setAttribute(
    "aria-label",
    `The nearest ${kind} picture: ${nearest.classes[line]}, ${say(away, 1)} away`,
  );
  $(".nearest").dataset.place = nearest.places[line];
}

/** Before one is chosen: the pictures whose codes lie deepest among the data, and those farthest out. */
function bothEnds(box, data, order, line) {
  const grid = latest("grid");
  if (grid?.of !== data.grid) return;
  const few = 6,
    ends = { near: [...order.subarray(0, few)], far: [...order.subarray(data.count - few, data.count)].reverse() };
  for (const [name, places] of Object.entries(ends)) {
    const row = box.querySelector("." + name);
    while (row.childElementCount < few) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.append(document.createElement("canvas"));
      row.append(button);
    }
    places.forEach((k, i) => {
      const button = row.children[i];
      fit(button.firstChild, data.size.width, data.size.height); // another model may know pictures of another size
      tile(button.firstChild.getContext("2d"), grid.image, line, k);
      button.setAttribute("aria-label", `Sample ${k + 1}`);
      button.onclick = () => latest("choose")?.(k);
    });
  }
}
