// What stands over the plane: which part of the window it leaves free, and where lines begin and end at it.

const ROOM = 20; // pixels between what stands over the plane and what should be seen of it
const BESIDE = 0.72; // share of the window's width: what reaches no further stands beside it
const ABOVE = ".st-key-scene_hero, .st-key-tour_bar"; // on a narrow window

/** The box of an element in its scene. */
function boxIn(root, element) {
  const all = root.getBoundingClientRect(),
    { left, top, width, height } = element.getBoundingClientRect();
  return { left: left - all.left, top: top - all.top, right: left - all.left + width, bottom: top - all.top + height };
}

/** Whether the panel stands beside the plane. */
const beside = (root) => boxIn(root, root.querySelector(".panel")).right < BESIDE * root.clientWidth;

/** The part of the scene that nothing stands on. @returns {import("./view.js").Box} */
export function freeOf(root) {
  const above = [...document.querySelectorAll(ABOVE)],
    panel = boxIn(root, root.querySelector(".panel")),
    { clientWidth: width, clientHeight: height } = root;
  if (beside(root)) {
    const left = panel.right + ROOM;
    return { left, top: ROOM, width: width - left - ROOM, height: height - 2 * ROOM };
  }
  const top = Math.max(0, ...above.map((each) => boxIn(root, each).bottom)) + ROOM / 2;
  return { left: ROOM / 2, top, width: width - ROOM, height: Math.max(panel.top - top - ROOM / 2, 60) };
}

/**
 * Call f when something that stands over the plane grows or goes: the title on a narrow window, the panel with its
 * code, the tour's card, which may come long after the scene. Returns what ends that.
 */
export function whenSurrounded(root, f) {
  const sizes = new ResizeObserver(() => f()),
    watched = new WeakSet();
  const look = () => {
    for (const box of [root.querySelector(".panel"), ...document.querySelectorAll(ABOVE)])
      if (!watched.has(box)) watched.add(box), sizes.observe(box);
  };
  const arrivals = new MutationObserver(look);
  arrivals.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
  look();
  return () => (arrivals.disconnect(), sizes.disconnect());
}

/** Where the encoder's line begins and the decoder's ends, which way they leave, and how large a picture is there. */
export function endsOf(root) {
  const side = root.querySelector("canvas.x").clientWidth,
    next = beside(root);
  const end = (name) => {
    const { left, right, top, bottom } = boxIn(root, root.querySelector(name));
    return next
      ? { from: [right, (top + bottom) / 2], towards: [1, 0] }
      : { from: [(left + right) / 2, top], towards: [0, -1] };
  };
  return { encoder: end(".box.encoder"), decoder: end(".box.decoder"), side };
}
