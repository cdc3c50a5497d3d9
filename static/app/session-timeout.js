// Warns two minutes before the log-in runs out; only a person's act keeps it alive, never a poll.
// Where a long text is read (data-stay-url), touching, scrolling or typing is such an act, told at most once a minute.
import { toast } from "./toast.js";

const WARNING = 120;

export function start(body) {
  const idle = Number(body.dataset.idleSeconds || 900);
  let deadline = Date.now() + idle * 1000;
  let warned = false;

  document.addEventListener("htmx:afterRequest", (event) => {
    const headers = event.detail.requestConfig?.headers ?? {};
    if (!headers["X-Poll"] && event.detail.successful) {
      deadline = Date.now() + idle * 1000;
      warned = false;
    }
  });
  document.addEventListener("stayed", () => {
    deadline = Date.now() + idle * 1000;
    warned = false;
  });
  if (body.dataset.stayUrl) stayWhileTouched(body, () => {
    deadline = Date.now() + idle * 1000;
    warned = false;
  });
  window.setInterval(() => {
    const left = Math.round((deadline - Date.now()) / 1000);
    if (left <= 0) {
      lock(body);
    } else if (left <= WARNING && !warned) {
      warned = true;
      toast(body.dataset.sayIdle, { stay: true });
    }
  }, 5000);
}

function stayWhileTouched(body, stayed) {
  let told = Date.now();
  const tell = async (event) => {
    if (!event.isTrusted || Date.now() - told < 60000) return;
    told = Date.now();
    const answer = await fetch(body.dataset.stayUrl, { method: "POST", headers: { "X-CSRFToken": body.dataset.csrf } });
    if (answer.ok) stayed();
  };
  for (const name of ["pointerdown", "keydown", "wheel", "touchmove"]) window.addEventListener(name, tell, { passive: true });
}

function lock(body) {
  if (document.querySelector(".idle-cover")) return;
  const cover = document.createElement("div");
  cover.className = "idle-cover";
  const words = document.createElement("p");
  words.className = "h2";
  words.textContent = body.dataset.sayLocked;
  const link = document.createElement("a");
  link.className = "btn btn-primary";
  link.href = `${body.dataset.loginUrl}?next=${encodeURIComponent(window.location.pathname + window.location.search)}`;
  link.textContent = body.dataset.sayLogin;
  const box = document.createElement("div");
  box.append(words, link);
  cover.append(box);
  for (const part of body.children) part.inert = true;
  body.append(cover);
  document.title = body.dataset.sayLocked;
  link.focus();
}
