// The patient's phone: the worker that keeps the offline page, and an end to what was kept of a form that was sent.
const SENT = "kept-sent";

export function start(body) {
  if ("serviceWorker" in navigator && body.dataset.worker) {
    navigator.serviceWorker.register(body.dataset.worker).catch(() => {});
  }
  const sent = window.sessionStorage.getItem(SENT);
  if (sent) {
    // A page that closed meanwhile has not taken what was typed: it comes back with the page.
    if (!document.querySelector("[data-locked]")) window.sessionStorage.removeItem(sent);
    window.sessionStorage.removeItem(SENT);
  }
  for (const form of document.querySelectorAll("form[data-leave]")) {
    form.addEventListener("submit", () => window.sessionStorage.clear());
  }
}
