// What a page that opens without the app is made with: ui/components/offline_page.py writes it, with its data.

/** The data that the page was written with. */
export const told = () => JSON.parse(document.getElementById("data").textContent);

/** @returns {any} */
export const find = (selector) => document.querySelector(selector);

export function make(name, text = "", attributes = {}) {
  const node = document.createElement(name);
  node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
