// The latent map: a Plotly scatter of the means. Follows the epoch slider; shows the picture under the pointer.
import { mount, halves, bytes, colour, paint, followEpoch, followStep, stepOf } from "./lab.js";
import { decoderOf } from "./feed.js";

const HTML = `
  <div class="ll-map">
    <div class="plot" role="group"></div>
    <div class="seen">
      <div class="dot"><canvas class="original" width="14" height="14" role="img" aria-label="The picture under the pointer"></canvas>
        <div class="what quiet">A test picture. Point at a dot, or touch it, to see its own.</div></div>
      <div class="anywhere" hidden><canvas class="decoded" width="28" height="28" role="img" aria-label="What the decoder draws at the pointer"></canvas>
        <div class="where quiet">The middle, decoded. Point anywhere: the decoder draws what belongs there.</div></div>
    </div>
  </div>`;

let library;
/** Plotly once for the page, when the first map needs it. */
function plotly() {
  library ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("./vendor/plotly-gl2d.min.js", import.meta.url).href;
    script.onload = () => done(window.Plotly);
    script.onerror = fail;
    document.head.append(script);
  });
  return library;
}

export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  const version = [data.run, data.epochs.join(), data.axes.join(), data.tiles?.length, JSON.stringify(data.marks ?? "")].join("|");
  if (root.version === version && root.look === colour(root, "--ll-ink")) return root.end;
  root.version = version;
  root.look = colour(root, "--ll-ink");
  root.unfollow?.();
  root.unstep?.();
  const labels = bytes(data.labels), frames = data.points.map(halves);
  const groups = data.names.map((_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  const at = (frame, group, axis) => Float32Array.from(group, (i) => frame[2 * i + axis]);
  const plot = root.querySelector(".plot"), seen = root.querySelector(".seen");
  seen.hidden = !data.tiles;
  seen.parentElement.classList.toggle("wide", seen.hidden);
  plotly().then((Plotly) => {
    if (root.version !== version) return;
    const ink = colour(root, "--ll-ink"), line = colour(root, "--ll-line"), size = labels.length > 5000 ? 4 : 5;
    const axis = (k) => ({ title: { text: data.axes[k], font: { size: 13 } }, range: data.range[k], gridcolor: line, zerolinecolor: line });
    const layout = {
      margin: { l: 52, r: 8, t: 34, b: 48 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: getComputedStyle(root).fontFamily }, xaxis: axis(0), yaxis: axis(1), hovermode: "closest",
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", itemsizing: "constant" }, dragmode: matchMedia("(pointer: coarse)").matches ? false : "pan",
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour(root, "--ll-quiet"), activecolor: ink }, uirevision: data.run + data.view,
    };
    const traces = data.names.map((name, c) => ({
      type: "scattergl", mode: "markers", name, x: at(frames.at(-1), groups[c], 0), y: at(frames.at(-1), groups[c], 1),
      customdata: groups[c], hoverinfo: "none", marker: { size, opacity: 0.75, color: colour(root, `--ll-c${c}`) },
    }));
    const marks = data.marks ?? [];
    traces.push(...marks.map((mark) => drawn(mark, root)));
    const config = { responsive: true, displaylogo: false, scrollZoom: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
    return Plotly.react(plot, traces, layout, config).then(() => {
      if (root.version !== version) return;
      root.unfollow = followEpoch(data.run, data.epochs, (epoch) => {
        const frame = frames[data.epochs.indexOf(epoch)];
        Plotly.restyle(plot, { x: groups.map((g) => at(frame, g, 0)), y: groups.map((g) => at(frame, g, 1)) }, [...groups.keys()]);
        place(Plotly, plot, data, marks, epoch);
        plot.dataset.epoch = epoch;
        plot.setAttribute("aria-label", `Map of ${labels.length} test pictures, coloured by class, epoch ${epoch}`);
      });
      if (marks.some((mark) => mark.walks)) root.unstep = followStep(data.run, () => place(Plotly, plot, data, marks, +plot.dataset.epoch, true));
      hover(root, plot, data, labels);
      anywhere(root, plot, data);
    });
  });
  root.end = () => {
    root.unfollow?.();
    root.unstep?.();
    window.Plotly?.purge(plot);
    root.version = null;
  };
  return root.end;
}

/** What stands on the map beside the dots, as a trace without places: a drawing and its bubble, a sample, a morph's path. */
function drawn({ name, colour: paint, mode = "markers", size = 14 }, root) {
  const ink = colour(root, `--ll-${paint}`), line = mode === "lines" ? { color: ink, width: 3 } : undefined;
  const marker = { size, color: ink, line: { color: colour(root, "--ll-page"), width: 2 } };
  return { type: "scattergl", mode, name, x: [], y: [], hoverinfo: "none", line, marker };
}

/** Put the marks where they stand at an epoch; of those that walk, where the player's slider is. */
function place(Plotly, plot, data, marks, epoch, walkersOnly = false) {
  const chosen = [...marks.keys()].filter((k) => marks[k].walks || !walkersOnly);
  if (!chosen.length) return;
  const places = chosen.map((k) => {
    const every = marks[k].places, here = every[every.length === 1 ? 0 : data.epochs.indexOf(epoch)];
    return marks[k].walks ? [along(here, stepOf(data.run))] : here;
  });
  Plotly.restyle(plot, { x: places.map((p) => p.map((q) => q[0])), y: places.map((p) => p.map((q) => q[1])) }, chosen.map((k) => data.names.length + k));
}

/** The point at a share (0 to 1) of the steps of a path. */
function along(path, share) {
  const s = share * (path.length - 1), k = Math.min(Math.floor(s), path.length - 2), f = s - k;
  return path.length < 2 ? path[0] : [0, 1].map((i) => path[k][i] + f * (path[k + 1][i] - path[k][i]));
}

/** Draw the picture of the dot under the pointer, from the sheet of all of them. */
function hover(root, plot, data, labels) {
  const seen = root.querySelector(".seen");
  if (!data.tiles) return;
  const canvas = seen.querySelector(".original"), what = seen.querySelector(".what"), sheet = new Image();
  sheet.src = "data:image/webp;base64," + data.tiles;
  const { tile, tiles_wide: wide } = data;
  const show = (i) => canvas.getContext("2d").drawImage(sheet, (i % wide) * tile, Math.floor(i / wide) * tile, tile, tile, 0, 0, tile, tile);
  sheet.onload = () => show(0); // not an empty black square
  plot.removeAllListeners?.("plotly_hover");
  plot.on("plotly_hover", (event) => {
    const i = event.points[0].customdata;
    if (i == null) return; // a mark
    show(i);
    what.textContent = `${data.names[labels[i]]}${data.redrawn ? ", as redrawn" : ""} (test picture ${i + 1})`;
  });
}

/** On a map of the two numbers themselves, every place is a code: draw what the decoder makes of it. */
function anywhere(root, plot, data) {
  const box = root.querySelector(".anywhere"), canvas = box.querySelector("canvas"), where = box.querySelector(".where");
  box.hidden = !data.anywhere;
  clearInterval(root.waiting);
  if (data.anywhere) root.waiting = setInterval(() => { // not an empty black square: what stands in the middle
    const decode = decoderOf(data.run, plot.dataset.epoch);
    if (decode && !canvas.dataset.z) paint(canvas, decode([0, 0]), 0, 255);
    if (decode || !plot.isConnected) clearInterval(root.waiting);
  }, 200);
  plot.onpointermove = plot.onpointerdown = !data.anywhere ? null : (event) => {
    const area = plot.querySelector(".nsewdrag")?.getBoundingClientRect(), decode = decoderOf(data.run, plot.dataset.epoch);
    const x = event.clientX - area?.left, y = event.clientY - area?.top;
    if (!area || x < 0 || y < 0 || x > area.width || y > area.height) return;
    const z = [plot._fullLayout.xaxis.p2d(x), plot._fullLayout.yaxis.p2d(y)];
    if (!decode) return void (where.textContent = "One moment: this epoch’s decoder is on its way.");
    paint(canvas, decode(z), 0, 255);
    canvas.dataset.z = z.join();
    where.textContent = `decoded from z = (${z.map((v) => v.toFixed(1).replace("-", "−")).join(", ")}), epoch ${plot.dataset.epoch}`;
  };
}
