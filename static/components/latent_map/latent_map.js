// The latent map: the means of the test pictures. Follows the epoch slider; dots and groups can be picked.
//
// Two views draw it. canvas_view.js is there at once and stays wherever the other may not work; plotly_view.js (Plotly,
// on the graphics card) takes its place only once its first frame is drawn; gives it back if it fails. A map in space
// has space_view.js alone. Of a view:
//   area()  the part in which dots stand: left, top, width, height; x(v), y(v) in pixels, code(px, py) back
//   now     where the dots are drawn right now         show(frame, {still})  brings them to an epoch's places
//   light(c) lets one class alone stand out, -1 all     select(places or null)  what stands out of a circled group
//   mode(circling)                                      stop()
//   picture(sharp)  what it has drawn, as an image       look(window)  shows [[x0, x1], [y0, y1]], which is window then
import { plain } from "./canvas_view.js";
import { fingers } from "./fingers.js";
import { isolation, legend } from "./legend.js";
import { names } from "./names.js";
import { overlay } from "./overlay.js";
import { draws, plotly, plotted, webgl } from "./plotly_view.js";
import { anywhere, picking, pictures } from "./pointer.js";
import { sheet } from "./sheet.js";
import { space } from "./space_view.js";
import { tools } from "./tools.js";
import { colour } from "../../lib/canvas.js";
import { bytes, dotsOf, unpack } from "../../lib/codec.js";
import { mount } from "../../lib/dom.js";
import { followEpoch } from "../../lib/epoch.js";
import { busy } from "../../lib/busy.js";

const HTML = `
  <div class="ll-map">
    <div class="stage">
      <div class="tools">
        <div role="group" aria-label="What the pointer does" class="choice">
          <button type="button" class="point" aria-pressed="true">Pick a dot</button>
          <button type="button" class="lasso" aria-pressed="false">Circle a group</button>
        </div>
        <button type="button" class="turn" aria-pressed="false" hidden
          title="Let the map turn by itself. While this button has the focus, arrow keys turn it by hand.">Turn</button>
        <label class="plane" title="What the decoder draws at every place" hidden>
          <input type="checkbox"> Plane</label>
        <label class="bubbles" hidden><input type="checkbox"> Bubbles</label>
        <button type="button" class="clear" hidden>Clear</button>
        <span class="two quiet">Two fingers zoom.</span>
        <div role="group" aria-label="The map" class="look">
          <button type="button" class="nearer" aria-label="Nearer" title="Nearer">+</button>
          <button type="button" class="farther" aria-label="Farther" title="Farther">−</button>
          <button type="button" class="whole" title="Back to the whole map">Whole</button>
          <button type="button" class="save" title="Download the map as a PNG file">Save</button>
        </div>
      </div>
      <div class="sheet" aria-hidden="true"><canvas></canvas></div>
      <div class="plot" role="group"></div>
      <canvas class="plain" aria-hidden="true"></canvas>
      <canvas class="lines" aria-hidden="true"></canvas>
      <canvas class="over" aria-hidden="true"></canvas>
      <div class="names" aria-hidden="true"></div>
      <div class="classes" role="group" aria-label="The classes and their colours" hidden></div>
    </div>
    <div class="seen">
      <div class="dot"><canvas class="original" role="img" aria-label="The picture under the pointer"></canvas>
        <div class="what quiet">A test picture. Point at a dot to see its own; click for more.</div></div>
      <div class="anywhere" hidden>
        <canvas class="decoded" role="img" aria-label="What the decoder draws at the pointer"></canvas>
        <div class="where quiet">The middle, decoded. Point anywhere: the decoder draws what belongs there.</div></div>
    </div>
  </div>`;

const STILL = 400; // milliseconds after two fingers, in which none of them picks a dot

/** Let the browser show what is drawn already, before a tenth of a second of work, or a whole one. */
const seenFirst = () =>
  new Promise((f) => (window.Plotly ? setTimeout(f) : requestAnimationFrame(() => setTimeout(f))));

/** @typedef {import("../../lib/payloads").LatentMapSent} Head */
/** @param {import("../../lib/payloads").Component<Uint8Array>} component */
export default function (component) {
  const { head, parts } = unpack(component.data),
    data = /** @type {Head} */ (head);
  const [root] = mount(component, HTML);
  const version = [
    data.run,
    data.view,
    data.epochs.join(),
    data.axes.join(),
    data.pictures?.name,
    data.names.join(),
    JSON.stringify(data.landmarks ?? []),
  ].join("|");
  if (root.version === version && root.look === colour(root, "--ll-ink")) return root.end;
  root.version = version;
  root.look = colour(root, "--ll-ink");
  root.leave?.();
  const labels = bytes(data.labels),
    frames = parts.map((part, k) => dotsOf(part, data.corners[k]));
  const groups = data.names.map((_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  const plot = root.querySelector(".plot"),
    seen = root.querySelector(".seen");
  seen.hidden = !data.pictures;
  seen.parentElement.classList.toggle("wide", seen.hidden);
  root.querySelector(".choice").hidden = !data.pickable;
  const [first, called] = data.axes.length > 2 ? [space, "space"] : [plain, "plain"];
  root.querySelector(".turn").hidden = first === plain;

  const map = {
    root,
    plot,
    data,
    labels,
    groups,
    view: null,
    frame: null,
    epoch: 0,
    ring: null,
    members: null,
    circling: false,
    pinched: -Infinity, // when two fingers were on it
    only: isolation(() => {
      entries.show();
      named.show();
      light();
      over.draw();
    }),
  };
  const light = () => map.view?.light(map.members ? -1 : map.only.lit()); // a circled group stands out itself
  const entries = legend(map, map.only),
    named = names(map),
    over = overlay(map),
    ground = sheet(map),
    shown = pictures(root, data, labels),
    pick = data.pickable ? picking(map, over) : null;
  let failed = false,
    place = null;
  if (first === space) forget(plot);
  const keeps = plot.matches(".js-plotly-plot"); // Plotly goes on where it is at work already
  const events = {
    point: (i) => map.only.shows(labels[i]) && shown?.show(i),
    click: (i) => map.only.shows(labels[i]) && performance.now() - map.pinched > STILL && pick?.click(i),
    circle: (places) => pick?.circle(places),
    moved: () => (named.moved(), over.draw(), ground.moved()),
  };
  const use = (view, name) => {
    map.view?.stop();
    map.view = view;
    root.firstElementChild.dataset.view = name;
    if (view.now !== map.frame) view.show(map.frame, { still: true });
    if (map.members) view.select(map.members);
    light();
    view.mode(map.circling);
    events.moved();
  };
  const byClass = data.names.length > 1 ? ", coloured by class" : "";
  const own = (data.landmarks ?? []).map(({ name, note }) => `; on it ${name}: ${note}`).join("");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
    map.epoch = data.epochs.indexOf(epoch);
    map.frame = frames[map.epoch];
    plot.dataset.epoch = epoch;
    place?.follow();
    ground.follow();
    plot.setAttribute("aria-label", `Map of ${labels.length} test pictures${byClass}, epoch ${epoch}${own}`);
    if (map.view) map.view.show(map.frame, { still: calm.matches });
    else if (!keeps) use(first(map, events), called);
  });
  /** Where a dot is drawn, in the window: tests point at it. */
  plot.spotOf = (i) => {
    const area = map.view.area(),
      { x, y } = plot.getBoundingClientRect(),
      frame = map.view.now;
    return [x + area.x(frame[2 * i]), y + area.y(frame[2 * i + 1])];
  };
  Object.assign(map, { taken: over.boxes, named: named.shown, paintSheet: ground.paint });
  place = anywhere(map);
  place.follow();
  tools(map);
  const free = fingers(map);
  pick?.begin();

  const back = () => {
    // what worked before does so still
    if (root.version !== version || failed) return;
    failed = true;
    use(first(map, events), called);
    forget(plot);
  };
  const done = busy("the map");
  (async () => {
    await seenFirst();
    if (root.version !== version || first === space || !(draws(plot) || webgl())) return;
    const Plotly = await plotly();
    if (root.version !== version) return;
    plot.classList.toggle("coming", !keeps);
    const view = await plotted(Plotly, map, { ...events, lost: back });
    if (root.version !== version || failed) return view.stop();
    use(view, "plotly");
    plot.classList.remove("coming");
  })()
    .catch((trouble) => {
      console.info("The map stays plain.", trouble);
      if (keeps) back();
      else if (root.version === version) forget(plot);
    })
    .finally(done);
  root.leave = () => (
    unfollow(),
    pick?.end(),
    map.view?.stop(),
    over.stop(),
    named.end(),
    entries.end(),
    shown?.end(),
    place?.end(),
    ground.end(),
    free()
  );
  root.end = () => {
    root.leave?.();
    root.leave = null;
    forget(plot);
    root.version = null;
  };
  return root.end;
}

/** Nothing of Plotly's is left. */
function forget(plot) {
  try {
    window.Plotly?.purge(plot);
  } catch {
    /* it had not got far */
  }
  plot.replaceChildren();
  plot.classList.remove("coming", "js-plotly-plot");
}
