// Covers the page in place: nobody's name is left to be seen, the clocks run on, what was typed stays where it is.
// The server locks the log-in at the same time; a PIN opens both.
import { flush } from "./draft.js";

const RETRY = 5000;
const ACTS = ["pointerdown", "keydown", "input", "wheel", "touchmove"];

export function start(form) {
  const say = form.dataset;
  const title = document.title;
  let cover;
  let shut = [];
  let touched = Date.now();
  for (const act of ACTS) window.addEventListener(act, () => { touched = Date.now(); }, { passive: true });
  window.setInterval(() => { if (!cover && Date.now() - touched > Number(say.idle) * 1000) lock(); }, 1000);
  form.addEventListener("submit", (event) => { event.preventDefault(); lock(); });

  async function lock() {
    if (cover) return;
    cover = drawn();
    shut = [...document.body.children].filter((part) => !part.hidden);
    for (const part of shut) part.inert = part.hidden = true;
    document.body.append(cover);
    document.title = say.sayLocked;
    cover.querySelector("h1").focus();
    await flush();
    await tell();
  }

  function drawn() {
    const made = document.createElement("div");
    made.className = "idle-cover lock-cover";
    made.innerHTML = '<div class="lock-box"><h1 class="h2" tabindex="-1"></h1><p class="muted" role="status"></p><div class="lock-form"></div></div>';
    made.querySelector("h1").textContent = say.sayLocked;
    made.querySelector("p").textContent = say.sayKept;
    const clocks = document.getElementById("timers")?.cloneNode(true);
    if (clocks) {
      clocks.id = "timers-locked";
      made.querySelector("h1").after(clocks);
      window.setTimeout(() => document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: clocks } })));
    }
    return made;
  }

  async function asked(url, body) {
    try {
      return await fetch(url, { method: "POST", body, headers: { "X-In-Place": "1" } });
    } catch {
      cover.querySelector("p").textContent = say.sayOffline;
      return null;
    }
  }

  // The page covered itself first; the server follows as soon as it can be reached.
  async function tell() {
    const answer = await asked(form.action, new FormData(form));
    if (!answer) {
      window.setTimeout(tell, RETRY);
    } else if (!answer.redirected || !answer.url.includes(say.unlockUrl)) {
      window.location.reload();
    } else {
      cover.querySelector("p").textContent = say.sayKept;
      show(await answer.text());
    }
  }

  function show(html) {
    const box = cover.querySelector(".lock-form");
    box.innerHTML = html;
    const unlock = box.querySelector(".unlock");
    unlock.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await asked(say.unlockUrl, new FormData(unlock));
      if (!answer) return;
      if (answer.status === 422) return show(await answer.text());
      if (!answer.ok || answer.redirected) return window.location.reload();
      const { go } = await answer.json();
      if (go) return window.location.replace(go);
      return open();
    });
    (box.querySelector("[name=digits], [name=password]"))?.focus();
  }

  function open() {
    cover.remove();
    cover = undefined;
    touched = Date.now();
    document.title = title;
    for (const part of shut) part.inert = part.hidden = false;
    document.dispatchEvent(new CustomEvent("stayed"));
  }
}
