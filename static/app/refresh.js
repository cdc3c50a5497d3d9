// Fires "refresh" on the element every data-every seconds while the page is seen; marked so that it keeps no log-in alive.
export function start(element) {
  const every = Number(element.dataset.every ?? 30) * 1000;
  element.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-Poll"] = "1"; });
  const timer = window.setInterval(() => {
    if (!element.isConnected) window.clearInterval(timer);
    else if (document.visibilityState === "visible") element.dispatchEvent(new CustomEvent("refresh"));
  }, every);
}
