// The latent map by Plotly, which draws on the graphics card: the same view as canvas_view.js, with zoom.
//
// Plotly.restyle works out everything anew for 10,000 dots, also what did not change. While the epochs play or the
// slider moves, the new places go straight to the drawing library that Plotly's scattergl uses (regl-scatter2d); Plotly
// learns of them when the movement rests, so that hover, selection and zoom know them.
//
// Layout and style of the dots come from Python's figure (data.layout, data.trace: ui/figures.py), colours from the
// page.
import { PALE, USUAL } from "./canvas_view.js";
import { mover } from "./motion.js";
import { colour, classColour } from "../../lib/canvas.js";
import { busy } from "../../lib/busy.js";

let library;
/** Plotly once for the page, when the first map needs it. A server that is just starting again is asked a few times. */
export function plotly(left = 5) {
  library ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("../../vendor/plotly-gl2d.min.js", import.meta.url).href;
    script.onload = () => (window.Plotly ? done(window.Plotly) : fail(new Error("not Plotly")));
    script.onerror = fail;
    document.head.append(script);
  });
  return library.catch(() => {
    library = null;
    if (!left) throw new Error("no Plotly");
    return new Promise((later) => setTimeout(later, 1000)).then(() => plotly(left - 1));
  });
}

/** Whether this browser draws with what Plotly's scattergl needs. Without it Plotly shows a box that says so. */
export function webgl() {
  try {
    const gl = document.createElement("canvas").getContext("webgl");
    const good =
      !!gl &&
      !gl.isContextLost() &&
      ["ANGLE_instanced_arrays", "OES_element_index_uint"].every((name) => gl.getExtension(name));
    gl?.getExtension("WEBGL_lose_context")?.loseContext(); // a page may have few
    return good;
  } catch {
    return false;
  }
}

/** A view of the map, once its first frame is drawn; rejected if it is not. ``lost`` is called if it fails later. */
export async function plotted(Plotly, map, { point, click, circle, moved, lost }) {
  const { root, plot, data, labels, groups } = map,
    start = map.frame;
  const { size } = data.trace.marker,
    crowded = labels.length >= 5000 && plot.clientWidth < 480; // a phone
  const axis = (frame, group, k) => Float32Array.from(group, (i) => frame[2 * i + k]);
  const traces = data.names.map((name, c) => ({
    ...structuredClone(data.trace), // Plotly writes into what it is given
    name: literally(name),
    x: axis(start, groups[c], 0),
    y: axis(start, groups[c], 1),
    customdata: groups[c],
    hoverinfo: "none",
    marker: { ...data.trace.marker, size: crowded ? size - 1 : size, color: colour(root, classColour(c)) },
  }));
  await Plotly.react(plot, traces, layoutOf(map), {
    responsive: true,
    displayModeBar: false, // it would lie over the dots: tools.js has buttons above the map
    scrollZoom: false,
  });
  if (!draws(plot) && !hasDrawn(plot)) throw new Error("Plotly has drawn nothing");

  const resting = matchMedia("(pointer: coarse)").matches ? false : data.layout.dragmode;
  const tried = (promise) => promise.catch(lost);
  const settle = (now) => {
    const done = busy("Plotly learns of the dots", { film: true });
    const places = { x: groups.map((g) => axis(now, g, 0)), y: groups.map((g) => axis(now, g, 1)) };
    return tried(Plotly.restyle(plot, places, [...groups.keys()]).then(moved)).finally(done);
  };
  const dots = mover({ push: pusher(plot, groups), settle, first: start, redrawn: () => moved() });
  let lit = -1,
    wanted = /** @type {number[][] | null} */ (null); // the window that is to be seen
  const light = (c) => opacities(plot, groups, (each) => (c < 0 || each === c ? USUAL : PALE));
  const placeOf = (event) => event.points[0].customdata ?? null; // null: a mark
  const told = {
    plotly_hover: (event) => placeOf(event) !== null && point(placeOf(event)),
    plotly_click: (event) => placeOf(event) !== null && click(placeOf(event)),
    plotly_selected: (event) => {
      const places = event?.points.map((p) => p.customdata).filter((i) => i != null) ?? [];
      if (places.length) circle(places.sort((a, b) => a - b));
    },
    plotly_relayout: moved,
    plotly_relayouting: moved,
    plotly_afterplot: () => (lit >= 0 && light(lit), moved()), // it has drawn them all alike
  };
  for (const [event, f] of Object.entries(told)) plot.removeAllListeners(event), plot.on(event, f);
  plot.addEventListener("webglcontextlost", lost, { capture: true });
  const resize = new ResizeObserver(() => moved());
  resize.observe(plot);
  return {
    area() {
      const { xaxis: X, yaxis: Y } = plot._fullLayout;
      return {
        left: X._offset,
        top: Y._offset,
        width: X._length,
        height: Y._length,
        x: (v) => X._offset + X.l2p(v),
        y: (v) => Y._offset + Y.l2p(v),
        code: (px, py) => [X.p2d(px - X._offset), Y.p2d(py - Y._offset)],
      };
    },
    get now() {
      return dots.now;
    },
    light: (c) => c !== lit && light((lit = c)),
    get window() {
      const { xaxis, yaxis } = plot._fullLayout;
      return wanted ?? [xaxis, yaxis].map(({ range }) => [...range]);
    },
    /** What comes while Plotly is at work waits: only the last of it counts. */
    async look(window) {
      const first = !wanted;
      wanted = window;
      if (!first) return;
      for (let shown = null; wanted && shown !== wanted; ) {
        shown = wanted;
        const [x, y] = shown;
        await tried(Plotly.relayout(plot, { "xaxis.range": [...x], "yaxis.range": [...y] }));
      }
      wanted = null;
    },
    show: dots.show,
    async picture(scale) {
      const { clientWidth: width, clientHeight: height } = plot,
        image = new Image();
      image.src = await Plotly.toImage(plot, { format: "png", width, height, scale });
      await image.decode();
      return image;
    },
    select(members) {
      const chosen = groups.map((group) => (members ? group.flatMap((i, k) => (members.has(i) ? [k] : [])) : null));
      tried(Plotly.restyle(plot, { selectedpoints: chosen }, [...groups.keys()]));
      if (!members && plot._fullLayout.selections?.length) tried(Plotly.relayout(plot, { selections: [] }));
    },
    mode: (circling) => tried(Plotly.relayout(plot, { dragmode: circling ? "lasso" : resting, selections: [] })),
    stop() {
      dots.stop();
      resize.disconnect();
      plot.removeEventListener("webglcontextlost", lost, { capture: true });
      for (const event of Object.keys(told)) plot.removeAllListeners?.(event);
    },
  };
}

const seen = new WeakSet(); // canvases on which there were dots
const canvases = (plot) => [...plot.querySelectorAll("canvas.gl-canvas")];
const gone = (canvas) => canvas.getContext("webgl")?.isContextLost() ?? true;

/** Whether Plotly draws here already. Not to look again saves a twentieth of a second where no card draws. */
export const draws = (plot) => canvases(plot).some((canvas) => seen.has(canvas) && !gone(canvas));

/** Whether there are dots on Plotly's canvases, and the graphics card is there that drew them. */
function hasDrawn(plot) {
  const sheet = document.createElement("canvas"),
    g = sheet.getContext("2d", { willReadFrequently: true });
  return canvases(plot).some((canvas) => {
    if (gone(canvas) || !canvas.width || !canvas.height) return false;
    [sheet.width, sheet.height] = [canvas.width, canvas.height];
    g.drawImage(canvas, 0, 0);
    const drawn = g.getImageData(0, 0, sheet.width, sheet.height).data.some((v) => v);
    if (drawn) seen.add(canvas);
    return drawn;
  });
}

/** A function that gives new places to regl-scatter2d; false while Plotly has none. */
function pusher(plot, groups) {
  const places = groups.map((group) => new Float64Array(2 * group.length));
  return (frame) => {
    const scene = plot._fullLayout?._plots?.xy?._scene;
    if (!scene?.scatter2d) return false;
    const updates = new Array(scene.count).fill(null);
    plot.calcdata.forEach((data) => {
      const at = data[0]?.t?.index,
        group = groups[data[0]?.trace?.index];
      if (at === undefined || !group || data[0].trace.visible !== true) return;
      const out = places[data[0].trace.index];
      for (let j = 0; j < group.length; j++)
        [out[2 * j], out[2 * j + 1]] = [frame[2 * group[j]], frame[2 * group[j] + 1]];
      updates[at] = { positions: out };
    });
    scene.scatter2d.update(updates);
    drawAnew(plot, scene);
    return true;
  };
}

/** Gives each class's dots an opacity, in the drawing library: Plotly would work out all dots anew. */
function opacities(plot, groups, opacityOf) {
  const scene = plot._fullLayout?._plots?.xy?._scene;
  if (!scene?.scatter2d) return;
  const updates = new Array(scene.count).fill(null);
  for (const [{ t, trace }] of plot.calcdata)
    if (t?.index !== undefined && groups[trace.index]) updates[t.index] = { opacity: opacityOf(trace.index) };
  scene.scatter2d.update(updates);
  drawAnew(plot, scene);
}

/** Plotly's canvases keep what was drawn on them: without this, dots that moved or paled would stay under the new. */
function drawAnew(plot, scene) {
  plot._fullLayout._glcanvas?.each((layer) => layer.regl?.clear({ color: [0, 0, 0, 0], depth: 1 }));
  scene.draw();
}

/** The figure's layout in the page's colours and letters, which follow its theme. */
function layoutOf({ data, root }) {
  const layout = structuredClone(data.layout); // Plotly writes into what it is given
  const [ink, line, x] = ["ink", "line", "x"].map((name) => colour(root, `--ll-${name}`));
  const clear = "rgba(0,0,0,0)",
    lines = { gridcolor: line, zerolinecolor: line };
  return {
    ...layout,
    paper_bgcolor: clear,
    plot_bgcolor: clear,
    showlegend: false, // a list below the map, and names on it (legend.js, names.js)
    font: { color: ink, family: getComputedStyle(root).fontFamily },
    xaxis: { ...layout.xaxis, ...lines },
    yaxis: { ...layout.yaxis, ...lines },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : layout.dragmode, // a finger scrolls the page
    uirevision: data.run + data.view,
    newselection: { line: { ...layout.newselection.line, color: x } },
  };
}

/** A name as Plotly shows it letter by letter: it reads some HTML in what it writes. */
const literally = (name) => name.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
