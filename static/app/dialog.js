// Buttons with data-opens="id" open the page's own <dialog>; data-closes closes it; a dirty form asks first.
export function start(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => opener.focus());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]") || (event.target === dialog && !dirty(dialog))) dialog.close();
  });
  dialog.addEventListener("cancel", (event) => {
    if (dirty(dialog)) event.preventDefault();
  });
}

function dirty(dialog) {
  return [...dialog.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
}
