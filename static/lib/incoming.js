// Files that are dropped or pasted anywhere on a page: a browser would leave the page to show one dropped beside it.

const FIELDS =
  "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=file])";

/** Whether somebody is writing into a field, which is where a paste belongs. */
export const isField = (element) => !!element?.matches?.(FIELDS);

/**
 * Hear of files; while some are held over the page, ``root`` has the class ``over``.
 *
 * @param {HTMLElement} root
 * @param {{drop: (transfer: DataTransfer) => void, paste: (files: File[]) => void, inFields?: boolean}} what
 *   paste: of the pictures in the clipboard; inFields: also while a field has the focus
 * @returns {() => void} what ends it
 */
export function incoming(root, { drop, paste, inFields = true }) {
  const hasFiles = (e) => [...(e.dataTransfer?.types ?? [])].includes("Files");
  const listeners = {
    dragover(e) {
      if (!hasFiles(e)) return;
      e.preventDefault();
      root.classList.add("over");
    },
    dragleave: (e) => e.relatedTarget === null && root.classList.remove("over"),
    drop(e) {
      root.classList.remove("over");
      if (!hasFiles(e)) return;
      e.preventDefault();
      drop(e.dataTransfer);
    },
    paste(e) {
      const files = [...(e.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
      if (!files.length || (!inFields && isField(document.activeElement))) return;
      e.preventDefault();
      paste(files);
    },
  };
  for (const [name, f] of Object.entries(listeners)) document.addEventListener(name, f);
  return () => {
    for (const [name, f] of Object.entries(listeners)) document.removeEventListener(name, f);
  };
}
