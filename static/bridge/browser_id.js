// A name of this browser that nobody can guess. It stays here and on a shared server says whose a run is.
const KEY = "latent-lab-visitor";

/** @param {import("../lib/payloads").Component<{}, import("../lib/payloads").BrowserIdAnswer>} component */
export default function ({ setStateValue }) {
  let token = null;
  try {
    token = localStorage.getItem(KEY);
  } catch {
    /* storage is blocked: the name lasts for this page */
  }
  if (!/^[0-9a-f]{32}$/.test(token ?? "")) {
    const dice = crypto.getRandomValues(new Uint8Array(16));
    token = Array.from(dice, (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      localStorage.setItem(KEY, token);
    } catch {
      /* as above */
    }
  }
  setStateValue("token", token);
  return () => {};
}
