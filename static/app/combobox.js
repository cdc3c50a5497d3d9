// A field that searches as one types; the list is made by the server, rows are role="option" with data-value and data-shown.
import { announce } from "./toast.js";

const WAIT = 200;

export function start(box) {
  const field = box.querySelector('[role="combobox"]');
  const list = box.querySelector('[role="listbox"]');
  const hidden = box.querySelector("[data-combobox-value]");
  let timer;
  let running;
  let active = -1;
  const options = () => [...list.querySelectorAll('[role="option"]')];

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const rows = options();
    if (!rows.length) return;
    active = (index + rows.length) % rows.length;
    rows.forEach((row, at) => {
      row.id ||= `${list.id}-${at}`;
      row.setAttribute("aria-selected", String(at === active));
    });
    field.setAttribute("aria-activedescendant", rows[active].id);
    rows[active].scrollIntoView({ block: "nearest" });
  };
  const choose = (row) => {
    field.value = row.dataset.shown ?? row.textContent.trim();
    hidden.value = row.dataset.value ?? "";
    close();
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    box.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { value: hidden.value, row } }));
    if (row.dataset.href) window.location.assign(row.dataset.href);
  };
  const search = async () => {
    running?.abort();
    if (!field.value.trim()) return close();
    running = new AbortController();
    const query = new URLSearchParams({ [box.dataset.query || "q"]: field.value });
    try {
      const answer = await fetch(`${box.dataset.url}?${query}`, { headers: { "HX-Request": "true" }, signal: running.signal, credentials: "same-origin" });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      throw error;
    }
    const count = options().length;
    if (!count && !list.children.length) {
      const none = document.createElement("li");
      none.className = "combobox-note";
      none.setAttribute("role", "presentation");
      none.textContent = box.dataset.none;
      list.append(none);
    }
    list.hidden = false;
    active = -1;
    field.setAttribute("aria-expanded", "true");
    announce(count ? String(count) : box.dataset.none);
    return undefined;
  };

  field.addEventListener("input", () => {
    hidden.value = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(search, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      if (list.hidden) search().then(() => mark(0)); else mark(active + 1);
    } else if (event.key === "ArrowUp" && !list.hidden) {
      event.preventDefault();
      mark(active - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(options()[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest('[role="option"]');
    if (row) choose(row);
  });
  field.addEventListener("blur", () => window.setTimeout(close, 150));
}
