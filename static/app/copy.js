// Copies a code or a link; the button says that it did.
import { announce } from "./toast.js";

export function start(box) {
  const button = box.querySelector("button");
  const text = box.querySelector("[data-copy-text]");
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent.trim());
    announce(button.dataset.copied);
    const words = button.lastChild;
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    window.setTimeout(() => { words.textContent = before; }, 2000);
  });
}
