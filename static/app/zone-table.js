// The zones of a session as a table that grows: add, copy to the other side, take away, and totals that follow.
import { read, write } from "./decimal.js";
import { announce } from "./toast.js";

const OTHER = { left: "right", right: "left" };

export function start(box) {
  const prefix = box.dataset.prefix || "zones";
  const body = box.querySelector("tbody");
  const template = box.querySelector("template");
  const total = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const rows = () => [...body.querySelectorAll("tr")];
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);

  const number = () => {
    const next = Number(total.value);
    total.value = String(next + 1);
    return next;
  };
  const add = (values = {}) => {
    const index = number();
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.querySelector("tr");
    body.append(row);
    for (const [name, value] of Object.entries(values)) {
      const target = field(row, name);
      if (target) target.value = value;
    }
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
    row.querySelector("select, input:not([type=hidden])")?.focus();
    count();
    return row;
  };
  const values = (row) => Object.fromEntries(
    [...row.querySelectorAll("input, select")].filter((input) => input.name && !/-(id|DELETE)$/.test(input.name)).map((input) => [input.name.slice(input.name.lastIndexOf("-") + 1), input.value]),
  );
  const mirror = (row) => {
    const copied = values(row);
    const side = OTHER[copied.side];
    if (!side) return announce(box.dataset.noMirror ?? "");
    copied.side = side;
    add(copied);
    return undefined;
  };
  const remove = (row) => {
    const mark = field(row, "DELETE");
    if (mark && field(row, "id")?.value) {
      mark.checked = true;
      row.dataset.removed = "1";
    } else {
      for (const input of row.querySelectorAll("input, select")) if (!/-DELETE$/.test(input.name)) input.value = input.type === "hidden" ? "" : "";
      if (mark) mark.checked = true;
      row.dataset.removed = "1";
    }
    count();
    box.querySelector("[data-zone-add]")?.focus();
  };
  const millilitres = (row) => {
    const points = read(field(row, "points")?.value ?? "");
    const each = read(field(row, "ml_per_point")?.value ?? "");
    const given = read(field(row, "ml_total")?.value ?? "");
    return Number.isNaN(points) || Number.isNaN(each) ? given : points * each;
  };
  const count = () => {
    let points = 0;
    let used = 0;
    for (const row of rows().filter((each) => !each.dataset.removed)) {
      points += read(field(row, "points")?.value ?? "") || 0;
      const ml = millilitres(row);
      used += ml || 0;
      const cell = row.querySelector("[data-row-ml]");
      if (cell) cell.textContent = Number.isNaN(ml) ? "–" : write(ml);
    }
    show("points", write(points, 0));
    show("used", write(used));
    const available = read(box.dataset.available ?? "");
    if (!Number.isNaN(available)) {
      show("left", write(available - used));
      box.querySelector('[data-total="left"]')?.classList.toggle("over", used > available + 1e-9);
    }
  };
  const show = (name, text) => {
    const place = box.querySelector(`[data-total="${name}"]`);
    if (place) place.textContent = text;
  };

  for (const hidden of box.querySelectorAll("[data-zone-add], [data-zone-mirror], [data-zone-remove]")) hidden.hidden = false;
  box.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (event.target.closest("[data-zone-add]")) add();
    else if (event.target.closest("[data-zone-mirror]")) mirror(row);
    else if (event.target.closest("[data-zone-remove]")) remove(row);
  });
  box.addEventListener("input", count);
  box.addEventListener("change", count);
  count();
}
