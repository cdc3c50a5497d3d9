// Asks before typed text is lost by leaving the page.
const snapshot = (form) => {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs.map(([name, value]) => [name, String(value)]));
};

export function start(form) {
  let before = snapshot(form);
  let leaving = Boolean(form.querySelector(".error-summary"));
  const startedDirty = leaving;
  leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  form.addEventListener("form:saved", () => { before = snapshot(form); });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || !form.isConnected) return;
    if (startedDirty || snapshot(form) !== before) event.preventDefault();
  });
  // One tap sends once: a second submit of the same form waits until the page answers.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    window.setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
}
