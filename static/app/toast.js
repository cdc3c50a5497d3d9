// Short notices that go by themselves, and the one region that is read aloud.
const STAY = 10_000;
const MOST = 3;

export function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => { live.textContent = text; }, 50);
}

export function toast(text, { stay = false } = {}) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("p").textContent = text;
  if (stay) note.dataset.stay = "1";
  region.append(note);
  start(note);
}

export function start(note) {
  const close = note.querySelector("[data-dismiss]");
  const leave = () => note.remove();
  let timer;
  const wait = () => { window.clearTimeout(timer); if (!note.dataset.stay) timer = window.setTimeout(leave, STAY); };
  const hold = () => window.clearTimeout(timer);
  if (close) {
    close.hidden = false;
    close.addEventListener("click", leave);
  }
  for (const type of ["mouseenter", "focusin"]) note.addEventListener(type, hold);
  for (const type of ["mouseleave", "focusout"]) note.addEventListener(type, wait);
  wait();
  const notes = document.querySelectorAll("#toasts > .toast-note");
  for (const old of [...notes].slice(0, Math.max(0, notes.length - MOST))) old.remove();
}

document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail.text ?? ""));
