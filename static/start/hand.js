// What a mouse, a finger or the keyboard does on the plane.
import { clamp } from "../lib/numbers.js";

const STEP = 0.1; // of a number of z, at a press of an arrow key
const FARTHEST = 12;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Follow the hand over a scene's map. Returns a function that ends it. */
export function followHand(scene) {
  const { map } = scene,
    leave = () => {
      scene.loupe.hide();
      if (!scene.cross) return;
      scene.cross = null;
      scene.stir();
    };
  const at = (event) => {
    const box = map.getBoundingClientRect(),
      place = [event.clientX - box.left, event.clientY - box.top];
    return { place, z: scene.view.code(...place).map((v) => clamp(v, -FARTHEST, FARTHEST)) };
  };
  map.onpointermove = map.onpointerdown = (event) => {
    if (!scene.view) return;
    const { place, z } = at(event);
    scene.point(z, place, event.pointerType === "touch");
  };
  map.onpointerleave = map.onpointercancel = leave;
  map.onpointerup = (event) => event.pointerType === "touch" && leave();
  map.onclick = (event) => scene.view && scene.hold(at(event).z);
  map.onblur = leave;
  map.onkeydown = (event) => {
    if (!scene.view) return;
    const direction = ARROWS[event.key];
    if (direction) {
      event.preventDefault();
      scene.cross = (scene.cross ?? scene.sample.z).map((v, k) => clamp(v + STEP * direction[k], -FARTHEST, FARTHEST));
      scene.stir();
      scene.point(scene.cross, scene.view.at(scene.cross), false);
    } else if (event.key === "Escape") leave();
    else if ((event.key === "Enter" || event.key === " ") && scene.cross) {
      event.preventDefault();
      scene.hold(scene.cross);
    }
  };
  return () => {
    for (const on of ["move", "down", "leave", "cancel", "up"]) map["onpointer" + on] = null;
  };
}
