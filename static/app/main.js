// Starts what the page asks for by data-js="name"; a part that is not on the page is not fetched.
import { toast } from "./toast.js";

const parts = {
  "board": () => import("./board.js"),
  "combobox": () => import("./combobox.js"),
  "copy": () => import("./copy.js"),
  "date-echo": () => import("./date-echo.js"),
  "decimal": () => import("./decimal.js"),
  "dialog": () => import("./dialog.js"),
  "draft": () => import("./draft.js"),
  "duplicates": () => import("./duplicates.js"),
  "error-summary": () => import("./error-summary.js"),
  "keep-typed": () => import("./keep-typed.js"),
  "lock": () => import("./lock.js"),
  "menu": () => import("./menu.js"),
  "minutes": () => import("./minutes.js"),
  "portal-app": () => import("./portal-app.js"),
  "print": () => import("./print.js"),
  "refresh": () => import("./refresh.js"),
  "search-shortcut": () => import("./search-shortcut.js"),
  "session-timeout": () => import("./session-timeout.js"),
  "signature": () => import("./signature.js"),
  "theme-switch": () => import("./theme-switch.js"),
  "timer": () => import("./timer.js"),
  "toast": () => import("./toast.js"),
  "unsaved-guard": () => import("./unsaved-guard.js"),
  "zone-table": () => import("./zone-table.js"),
};
const started = new WeakMap();

async function start(element, name) {
  const names = started.get(element) ?? new Set();
  if (names.has(name) || !parts[name]) return;
  started.set(element, names.add(name));
  const part = await parts[name]();
  part.start(element);
}

function startAll(root) {
  const found = [...root.querySelectorAll("[data-js]")];
  if (root.matches?.("[data-js]")) found.push(root);
  for (const element of found) {
    for (const name of element.dataset.js.split(/\s+/)) start(element, name);
  }
  for (const input of root.querySelectorAll('input[inputmode="decimal"]')) start(input, "decimal");
}

startAll(document.documentElement);
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf ?? "";
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if ([401, 403, 419].includes(status) && !document.querySelector(".idle-cover")) toast(document.body.dataset.saySignedOut ?? "");
});

// A chart that comes back from the browser's memory may be out of date, or another person's.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.getElementById("patient-banner")) window.location.reload();
});

// Ctrl+Enter saves, from anywhere in a form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest?.("form")?.requestSubmit();
  }
});
