// The latent map: a Plotly scatter of the means. Follows the epoch slider; dots and groups can be picked.
import { mount, halves, bytes, colour, sharp, fromAddress, inAddress, followEpoch } from "./lab.js";
import { tiles, hover, anywhere, picking } from "./pointer.js";
import { mover } from "./scene.js";
import { busy } from "./settled.js";

const HTML = `
  <div class="ll-map">
    <div class="stage">
      <div class="tools" hidden>
        <div role="group" aria-label="What the pointer does" class="choice">
          <button type="button" class="point" aria-pressed="true">Pick a dot</button><button type="button" class="lasso" aria-pressed="false">Circle a group</button>
        </div>
        <label class="bubbles" hidden><input type="checkbox"> Bubbles</label>
        <button type="button" class="clear" hidden>Clear</button>
      </div>
      <div class="plot" role="group"></div><canvas class="over" aria-hidden="true"></canvas>
    </div>
    <div class="seen">
      <div class="dot"><canvas class="original" width="14" height="14" role="img" aria-label="The picture under the pointer"></canvas>
        <div class="what quiet">A test picture. Point at a dot to see its own; click, and it tells more.</div></div>
      <div class="anywhere" hidden><canvas class="decoded" width="28" height="28" role="img" aria-label="What the decoder draws at the pointer"></canvas>
        <div class="where quiet">The middle, decoded. Point anywhere: the decoder draws what belongs there.</div></div>
    </div>
  </div>`;

let library;
/** Plotly once for the page, when the first map needs it. A server that is just starting again is asked a few times. */
function plotly(left = 5) {
  library ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("./vendor/plotly-gl2d.min.js", import.meta.url).href;
    script.onload = () => done(window.Plotly);
    script.onerror = fail;
    document.head.append(script);
  });
  return library.catch(() => {
    library = null;
    if (!left) throw new Error("no map");
    return new Promise((later) => setTimeout(later, 1000)).then(() => plotly(left - 1));
  });
}

/** Let the browser show what is drawn already, before a tenth of a second of work, or a whole one. */
const seenFirst = () => new Promise((f) => (window.Plotly ? setTimeout(f) : requestAnimationFrame(() => setTimeout(f))));

export default function (component) {
  const { data } = component;
  const [root] = mount(component, HTML);
  const version = [data.run, data.view, data.epochs.join(), data.axes.join(), data.tiles?.length].join("|");
  if (root.version === version && root.look === colour(root, "--ll-ink")) return root.end;
  root.version = version;
  root.look = colour(root, "--ll-ink");
  root.leave?.();
  const labels = bytes(data.labels), frames = data.points.map(halves);
  const groups = data.names.map((_, c) => [...labels.keys()].filter((i) => labels[i] === c));
  const plot = root.querySelector(".plot"), seen = root.querySelector(".seen");
  seen.hidden = !data.tiles;
  seen.parentElement.classList.toggle("wide", seen.hidden);
  root.querySelector(".tools").hidden = !data.pickable;
  const show = tiles(root, data);
  root.querySelector(".anywhere").hidden = !data.anywhere;
  if (!window.Plotly) root.leave = sketch(root, plot, data, labels, frames);
  const done = busy("the map");
  seenFirst().then(() => plotly()).then(async (Plotly) => {
    if (root.version !== version) return;
    let start;
    followEpoch(data.run, data.epochs, (epoch) => (start = frames[data.epochs.indexOf(epoch)]))();
    const ink = colour(root, "--ll-ink"), size = labels.length < 5000 ? 5 : plot.clientWidth < 480 ? 3 : 4;
    const traces = data.names.map((name, c) => ({
      type: "scattergl", mode: "markers", name, x: Float32Array.from(groups[c], (i) => start[2 * i]), y: Float32Array.from(groups[c], (i) => start[2 * i + 1]),
      customdata: groups[c], hoverinfo: "none", marker: { size, opacity: 0.75, color: colour(root, `--ll-c${c}`) },
      unselected: { marker: { opacity: 0.08 } }, selected: { marker: { opacity: 0.95 } },
    }));
    await Plotly.react(plot, traces, layoutOf(data, root, ink), {
      responsive: true, displaylogo: false, scrollZoom: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    });
    if (root.version !== version) return;
    root.leave?.();
    const over = overlay(root, plot, data, groups, labels);
    const dots = mover(Plotly, plot, groups, start, () => over.draw(dots.now));
    let first = true;
    const unfollow = followEpoch(data.run, data.epochs, (epoch) => {
      plot.dataset.epoch = epoch;
      plot.setAttribute("aria-label", `Map of ${labels.length} test pictures, coloured by class, epoch ${epoch}`);
      over.epoch = data.epochs.indexOf(epoch);
      dots.show(frames[data.epochs.indexOf(epoch)], { still: first || matchMedia("(prefers-reduced-motion: reduce)").matches });
      first = false;
    });
    hover(root, plot, data, labels, show);
    anywhere(root, plot, data);
    const unpick = data.pickable ? picking(Plotly, root, plot, data, labels, over) : () => {};
    root.leave = () => (unfollow(), unpick(), dots.stop(), over.stop());
  }).catch(() => plot.replaceChildren("The map could not be loaded. Reload the page.")).finally(done);
  root.end = () => {
    root.leave?.();
    root.leave = null;
    window.Plotly?.purge(plot);
    root.version = null;
  };
  return root.end;
}

/** The dots alone, where Plotly will put them: it takes a second to load and to draw. Returns a function that ends it. */
function sketch(root, plot, data, labels, frames) {
  const canvas = root.querySelector("canvas.over"), { l, r, t, b } = marginOf(data), [[x0, x1], [y0, y1]] = data.range;
  const paints = data.names.map((_, c) => colour(root, `--ll-c${c}`)), size = labels.length > 5000 ? 3 : 4;
  return followEpoch(data.run, data.epochs, (epoch) => {
    const { g, width, height } = overPlot(canvas, plot), frame = frames[data.epochs.indexOf(epoch)];
    const w = (width - l - r) / (x1 - x0), h = (height - t - b) / (y1 - y0);
    g.save();
    g.rect(l, t, width - l - r, height - t - b);
    g.clip();
    g.globalAlpha = 0.75;
    paints.forEach((paint, c) => {
      g.fillStyle = paint;
      for (let i = 0; i < labels.length; i++)
        if (labels[i] === c) g.fillRect(l + (frame[2 * i] - x0) * w - size / 2, t + (y1 - frame[2 * i + 1]) * h - size / 2, size, size);
    });
    g.restore();
    canvas.dataset.epoch = epoch;
  });
}

/** The canvas over the plot, empty, as large as the plot. */
function overPlot(canvas, plot) {
  Object.assign(canvas.style, { width: `${plot.clientWidth}px`, height: `${plot.clientHeight}px`, top: `${plot.offsetTop}px` });
  return sharp(canvas);
}

const marginOf = ({ axes: [across] }) => ({ l: across ? 52 : 8, r: 8, t: 34, b: across ? 48 : 8 });

function layoutOf(data, root, ink) {
  const line = colour(root, "--ll-line"), bare = !data.axes[0];
  const axis = (k) => ({
    title: { text: data.axes[k], font: { size: 13 } }, range: data.range[k], gridcolor: line, zerolinecolor: line,
    showticklabels: !bare, zeroline: !bare,
  });
  return {
    margin: marginOf(data), paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, family: getComputedStyle(root).fontFamily }, xaxis: axis(0), yaxis: axis(1), hovermode: "closest",
    legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", itemsizing: "constant" }, dragmode: matchMedia("(pointer: coarse)").matches ? false : "pan",
    modebar: { orientation: "v", bgcolor: "rgba(0,0,0,0)", color: colour(root, "--ll-quiet"), activecolor: ink }, uirevision: data.run + data.view,
    newselection: { line: { color: colour(root, "--ll-x"), width: 2, dash: "dot" } },
  };
}

/** A canvas over the plot for what must move with the dots at no cost: the ring about a picked dot, and the bubbles. */
function overlay(root, plot, data, groups, labels) {
  const canvas = root.querySelector("canvas.over"), box = root.querySelector(".bubbles"), check = box.querySelector("input");
  const roots = data.bubbles?.map(halves), paints = data.names.map((_, c) => colour(root, `--ll-c${c}`));
  box.hidden = !roots;
  check.checked = fromAddress("bubbles") === "1";
  let blank = false; // most of the time there is nothing to draw, and nothing to ask the layout for
  const me = {
    epoch: data.epochs.length - 1, ring: null,
    draw(frame = me.frame) {
      me.frame = frame;
      const { xaxis: X, yaxis: Y } = plot._fullLayout ?? {}, bare = me.ring === null && !(roots && check.checked);
      if (!X || !frame || (bare && blank)) return;
      blank = bare;
      const { g } = overPlot(canvas, plot), at = (i) => [X._offset + X.l2p(frame[2 * i]), Y._offset + Y.l2p(frame[2 * i + 1])];
      g.save();
      g.beginPath();
      g.rect(X._offset, Y._offset, X._length, Y._length);
      g.clip();
      if (roots && check.checked) bubbles(g, roots[me.epoch], at, X, Y);
      if (me.ring !== null && me.ring < labels.length) {
        const [x, y] = at(me.ring);
        for (const [wide, paint] of [[6, "--ll-page"], [3, "--ll-x"]]) {
          g.beginPath();
          g.arc(x, y, 10, 0, 7);
          g.lineWidth = wide;
          g.strokeStyle = colour(root, paint);
          g.stroke();
        }
      }
      g.restore();
    },
    stop: () => resize.disconnect(),
  };
  const shown = new Map(data.names.map((_, c) => [c, true]));
  function bubbles(g, matrices, at, X, Y) {
    const dx = X.l2p(1) - X.l2p(0), dy = Y.l2p(1) - Y.l2p(0);
    plot._fullData.forEach((trace) => shown.set(trace.index, trace.visible === true));
    g.lineWidth = 1.5;
    for (let i = 0; 4 * i < matrices.length && i < labels.length; i++) {
      if (!shown.get(labels[i])) continue;
      const [a, b, c, d] = matrices.subarray(4 * i, 4 * i + 4), [x, y] = at(i);
      g.strokeStyle = g.fillStyle = paints[labels[i]];
      g.beginPath();
      for (let k = 0; k <= 32; k++) {
        const u = Math.cos((k * Math.PI) / 16), v = Math.sin((k * Math.PI) / 16);
        g.lineTo(x + dx * (a * u + b * v), y + dy * (c * u + d * v));
      }
      g.globalAlpha = 0.12;
      g.fill();
      g.globalAlpha = 0.9;
      g.stroke();
    }
    g.globalAlpha = 1;
  }
  check.onchange = () => (inAddress({ bubbles: check.checked ? "1" : null }), me.draw());
  const again = () => me.draw();
  for (const event of ["plotly_relayout", "plotly_relayouting", "plotly_afterplot"]) plot.removeAllListeners?.(event);
  for (const event of ["plotly_relayout", "plotly_relayouting", "plotly_afterplot"]) plot.on(event, again);
  const resize = new ResizeObserver(again);
  resize.observe(plot);
  return me;
}
