// A clock that runs up from a moment, or down to one; it says so in words when its time is over.
const two = (number) => String(number).padStart(2, "0");

export function start(timer) {
  const at = Date.parse(timer.dataset.at);
  const place = timer.querySelector("[data-timer]");
  const show = () => {
    if (!timer.isConnected) return window.clearInterval(every);
    const seconds = Math.floor(Math.abs(Date.now() - at) / 1000);
    const hours = Math.floor(seconds / 3600);
    const clock = `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const over = timer.dataset.mode === "down" && Date.now() > at;
    timer.classList.toggle("timer-over", over);
    place.textContent = over ? `+${clock}, ${timer.dataset.say}` : clock;
    return undefined;
  };
  const every = window.setInterval(show, 1000);
  show();
}
