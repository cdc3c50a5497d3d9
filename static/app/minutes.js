// How many minutes something lasts already, from data-at.
export function start(place) {
  const shown = place.querySelector("[data-minutes]");
  const at = Date.parse(place.dataset.at);
  const offset = Date.now() - at - Number(shown.textContent) * 60_000; // a clock of the device that goes wrong
  const wrong = Math.abs(offset) > 120_000 ? offset : 0;
  const every = window.setInterval(() => {
    if (!place.isConnected) window.clearInterval(every);
    else shown.textContent = String(Math.max(0, Math.floor((Date.now() - at - wrong) / 60_000)));
  }, 15_000);
}
