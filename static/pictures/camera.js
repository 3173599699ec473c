// The camera: a square preview, and pictures for as long as a button is held.
import { followDrag } from "../lib/drag.js";
import { SIDE, middle } from "../lib/shrink.js";

const EVERY = 125; // milliseconds between two pictures

const HTML = `
  <div class="sheet"><video playsinline muted autoplay aria-label="What the camera sees"></video>
    <p class="trouble" role="alert" hidden></p></div>
  <div class="tools">
    <button type="button" class="record">Hold to record</button>
    <button type="button" class="turn" hidden>Other camera</button>
    <button type="button" class="again" hidden>Try again</button>
    <label class="photo" hidden>Take a photo<input type="file" accept="image/*" capture="environment" multiple></label>
  </div>
  <p class="quiet">About eight pictures a second. The space bar works, too.</p>`;

/** What to say when there is no picture of a camera, by the name of the browser's error; "" if it is not there. */
export function sentence(name) {
  switch (name) {
    case "insecure":
      return (
        "Browsers give the camera only to pages that come by https or from this very computer. On a phone you can " +
        "take a photo instead; or draw, or choose files."
      );
    case "NotAllowedError":
    case "SecurityError":
      return (
        "The browser does not let this page use the camera. Allow it beside the address, then press Try again. Or " +
        "draw, or choose files."
      );
    case "NotFoundError":
    case "OverconstrainedError":
      return "No camera was found. Connect one and press Try again, or draw, or choose files.";
    case "ended":
      return "The camera has stopped. Is it still connected? Press Try again, or draw, or choose files.";
    case "NotReadableError":
    case "AbortError":
      return "Another program is using the camera. Close it, then press Try again.";
    default:
      return "The camera does not answer. Press Try again, or draw, or choose files.";
  }
}

const end = (stream) => stream?.getTracks().forEach((track) => void track.stop());

/** The square middle of a film's frame, SIDE pixels wide. */
function frameOf(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const [left, top, side] = middle(video.videoWidth, video.videoHeight);
  canvas.getContext("2d").drawImage(video, left, top, side, side, 0, 0, SIDE, SIDE);
  return canvas;
}

/**
 * Build the camera in a box; ``taken`` is given a canvas for each picture, ``files`` photos of a
 * phone's own camera. ``begins`` is called before the first picture of a recording.
 *
 * @returns {{start: () => void, end: () => void}}
 */
export function camera(box, taken, files, begins) {
  box.innerHTML = HTML;
  const find = (name) => box.querySelector(name);
  const video = find("video"),
    record = find(".record"),
    trouble = find(".trouble");
  let stream = null,
    facing = "user",
    clock = 0,
    turn = 0; // of the newest start or stop: a browser may ask its visitor for minutes, and answers each start

  const say = (name) => {
    trouble.textContent = name ? sentence(name) : "";
    trouble.hidden = !name;
    find(".again").hidden = !name || name === "insecure";
    find(".photo").hidden = name !== "insecure";
    record.disabled = !!name;
    record.hidden = name === "insecure";
  };
  const stop = () => {
    turn++;
    release();
    end(stream);
    stream = video.srcObject = null;
  };
  const start = async () => {
    stop();
    const mine = turn;
    if (!navigator.mediaDevices?.getUserMedia) return say("insecure");
    try {
      const asked = { facingMode: facing, width: { ideal: 640 }, height: { ideal: 480 } };
      const got = await navigator.mediaDevices.getUserMedia({ video: asked, audio: false });
      if (mine !== turn) return end(got);
      stream = video.srcObject = got;
      for (const track of got.getTracks()) track.onended = () => mine === turn && (stop(), say("ended"));
      video.classList.toggle("mirrored", facing === "user");
      await video.play();
      if (mine !== turn) return;
      say("");
      const all = await navigator.mediaDevices.enumerateDevices();
      find(".turn").hidden = all.filter(({ kind }) => kind === "videoinput").length < 2;
    } catch (error) {
      if (mine === turn) say(error?.name ?? "unknown");
    }
  };
  const take = () => {
    if (stream && video.videoWidth) taken(frameOf(video));
  };
  const press = () => {
    if (clock || record.disabled) return;
    record.classList.add("on");
    record.textContent = "Recording…";
    begins();
    take();
    clock = setInterval(take, EVERY);
  };
  const release = () => {
    clearInterval(clock);
    clock = 0;
    record.classList.remove("on");
    record.textContent = "Hold to record";
  };
  followDrag(record, { begin: press, move() {}, end: release });
  record.onblur = release;
  record.oncontextmenu = (e) => e.preventDefault(); // a long touch
  record.onkeydown = (e) => {
    if (e.key !== " " && e.key !== "Enter") return;
    e.preventDefault();
    press();
  };
  record.onkeyup = release;
  find(".turn").onclick = () => {
    facing = facing === "user" ? "environment" : "user";
    start();
  };
  find(".again").onclick = start;
  const photo = find(".photo input");
  photo.onchange = () => {
    files([...photo.files].map((file) => ({ file, path: file.name })));
    photo.value = "";
  };
  return { start, end: stop };
}
