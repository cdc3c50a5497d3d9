// Short notices that go by themselves, and the one region that is read aloud.
const STAY = 10_000;
const MOST = 3;

export function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => { live.textContent = text; }, 50);
}

export function toast(text, { stay = false, undo = null, about = "" } = {}) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("p").textContent = text;
  if (stay) note.dataset.stay = "1";
  if (about) {
    for (const old of region.querySelectorAll(`[data-about="${about}"]`)) old.remove();
    note.dataset.about = about;
  }
  if (undo) note.querySelector("p").after(undoButton(note, undo));
  region.append(note);
  start(note);
}

// What was just done is taken back with one tap, as long as the notice stands.
function undoButton(note, undo) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-primary";
  button.textContent = undo.words;
  button.addEventListener("click", async () => {
    button.disabled = true;
    await undo.run();
    note.remove();
  });
  return button;
}

async function takeBack({ undo_url: url, undo_status: status }) {
  const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf ?? "" };
  const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams({ status }), credentials: "same-origin" });
  const told = answer.ok ? JSON.parse(answer.headers.get("HX-Trigger") ?? "{}") : {};
  if (told.toast) toast(told.toast.text);
  document.body.dispatchEvent(new CustomEvent("visit-changed", { bubbles: true, detail: { close: true } }));
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

document.addEventListener("toast", ({ detail }) => {
  const undo = detail.undo_url ? { words: detail.undo, run: () => takeBack(detail) } : null;
  toast(detail.value ?? detail.text ?? "", { undo, about: detail.about });
});
