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
  const usual = JSON.parse(box.querySelector("#zones-usual")?.textContent ?? "{}");
  const last = JSON.parse(box.querySelector("#zones-last")?.textContent ?? "null");
  const add = (values = {}, { quiet = false } = {}) => {
    const index = number();
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.querySelector("tr");
    body.append(row);
    for (const tool of row.querySelectorAll("[data-zone-mirror], [data-zone-remove]")) tool.hidden = false;
    for (const [name, value] of Object.entries(values)) {
      const target = field(row, name);
      if (target) target.value = value;
    }
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
    if (!quiet) row.querySelector("select, input:not([type=hidden])")?.focus();
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
      compare(row);
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

  // A row in which a zone is chosen begins with what the protocol says; a row that nobody fills asks for nothing.
  const begin = (row) => {
    if (!field(row, "zone")?.value) return;
    for (const [name, value] of Object.entries(usual)) {
      const target = field(row, name);
      if (target && !target.value) target.value = value;
    }
  };
  // What was done here the last time, in words: what differs, and the dose, which is never taken over.
  const compare = (row) => {
    const place = row.querySelector("[data-row-last]");
    const zone = field(row, "zone")?.value;
    if (!place || !last) return;
    const before = last.rows.find((each) => each.zone === zone && each.side === field(row, "side")?.value);
    place.classList.toggle("row-changed", Boolean(zone));
    if (!zone || !field(row, "side")?.value) place.textContent = "";
    else place.textContent = before ? told(row, before) : box.dataset.sayNew;
  };
  const told = (row, before) => {
    const differs = Object.entries(before.taken_over).filter(([name, value]) => !alike(field(row, name)?.value ?? "", value));
    const words = differs.map(([name, value]) => `${spoken(row, name)} ${worded(row, name, value)}`);
    const { points, ml_per_point: each, ml } = before.dose;
    const dose = points && each ? `${points} × ${each} mL` : `${ml} mL`;
    row.querySelector("[data-row-last]").classList.toggle("row-changed", words.length > 0);
    return words.length ? `${box.dataset.sayLast}: ${[...words, dose].join(", ")}` : `${box.dataset.saySame} (${dose})`;
  };
  const alike = (one, other) => one === other || (read(one) === read(other) && !Number.isNaN(read(one)));
  const spoken = (row, name) => field(row, name)?.getAttribute("aria-label")?.toLowerCase() ?? name;
  const worded = (row, name, value) => [...(field(row, name)?.options ?? [])].find((option) => option.value === value)?.text ?? (value || "–");
  const takeOver = () => {
    const there = new Set(rows().filter((row) => !row.dataset.removed).map((row) => `${field(row, "zone").value} ${field(row, "side").value}`));
    for (const each of last.rows) {
      if (there.has(`${each.zone} ${each.side}`)) continue;
      const empty = rows().find((row) => !row.dataset.removed && ["zone", "side", "points", "ml_per_point", "depth_mm"].every((name) => !field(row, name).value));
      const values = { zone: each.zone, side: each.side, ...each.taken_over };
      if (!empty) add(values, { quiet: true });
      else for (const [name, value] of Object.entries(values)) field(empty, name).value = value;
    }
    count();
    box.querySelector("[data-zone-said]").textContent = box.dataset.sayTaken;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  for (const hidden of box.querySelectorAll("[data-zone-add], [data-zone-mirror], [data-zone-remove]")) hidden.hidden = false;
  box.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (event.target.closest("[data-zone-add]")) add();
    else if (event.target.closest("[data-zone-mirror]")) mirror(row);
    else if (event.target.closest("[data-zone-remove]")) remove(row);
  });
  box.addEventListener("input", count);
  box.addEventListener("change", (event) => {
    if (event.target.name?.endsWith("-zone")) begin(event.target.closest("tr"));
    count();
  });
  box.addEventListener("rows:wanted", (event) => { while (rows().length < event.detail) add({}, { quiet: true }); });
  document.querySelector("[data-zone-last]")?.addEventListener("click", (event) => {
    event.preventDefault();
    takeOver();
  });
  count();
  box.dataset.ready = "1";
}
