// Stylesheets of ours: each once, and asked for again where a request fails.
import { busy } from "./busy.js";
import { element } from "./dom.js";

const TIMES = 5;
const LATER = 1000; // milliseconds from one try to the next

/** @type {Map<string, Promise<void>>} */
const asked = new Map();

/**
 * Have a stylesheet on the page. Whoever asks for the same one waits for the same promise: until it is there, or
 * several tries have failed, after which the next who asks begins anew.
 *
 * @param {string} href
 */
export function style(href) {
  const known = asked.get(href);
  if (known) return known;
  const done = busy("a style");
  const coming = added(href, TIMES).then((there) => (there || asked.delete(href), done()));
  asked.set(href, coming);
  return coming;
}

async function added(href, left) {
  const name = new URL(href).pathname.split("/").at(-1),
    link = element("link", { rel: "stylesheet", href });
  const there = await new Promise((tell) => {
    link.onload = () => tell(true);
    link.onerror = () => tell(false);
    link.dataset.name = name;
    document.head.append(link);
  });
  if (there) {
    // of the version before, on a page that stayed open
    for (const other of document.head.querySelectorAll(`link[data-name="${name}"]`)) if (other !== link) other.remove();
    return true;
  }
  link.remove(); // a link that has failed once stays empty for good
  if (left <= 1) return false;
  await new Promise((later) => setTimeout(later, LATER));
  return added(href, left - 1);
}
