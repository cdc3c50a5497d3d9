// The board of a day or a week: what stands in the columns comes from the API, in the clinic's own clock.
import { toast } from "./toast.js";
import { clock, look, soften } from "./board-look.js";
import { sheetOf } from "./board-sheet.js";

const REFRESH = 30_000;
const ARROWS = { ArrowUp: [-15, 0], ArrowDown: [15, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function start(board) {
  const words = board.dataset;
  const grid = board.querySelector("[data-board-grid]");
  const trouble = board.querySelector("[data-board-error]");
  const select = board.querySelector("[data-board-column]");
  const narrow = window.matchMedia("(width < 48rem)");
  const isWeek = words.view === "week";
  let calendar;
  let data;
  let busy = false;
  let focused = null;

  const complain = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };
  const urlOf = (pattern, id) => pattern.replace("/0/", `/${id}/`);
  const sheet = sheetOf(document.getElementById("visit-sheet"));
  const tray = trayOf(board);

  // Which columns are drawn: who is there; on a narrow screen, one.
  const columns = () => {
    const there = data.columns.filter((each) => each.is_there);
    const shown = there.length ? there : data.columns;
    if (!narrow.matches || isWeek) return shown;
    return shown.filter((each) => String(each.id) === select.value).concat(shown).slice(0, 1);
  };
  const fill = () => {
    const there = data.columns.filter((each) => each.is_there);
    const rows = there.length ? there : data.columns;
    const busy = new Set(data.visits.map((each) => each.column));
    const own = rows.find((each) => each.is_mine) ?? rows.find((each) => busy.has(each.id)) ?? rows[0];
    const chosen = select.value || String(own?.id ?? "");
    select.replaceChildren(...rows.map((each) => new Option(each.name, each.id, false, String(each.id) === chosen)));
    for (const part of board.querySelectorAll("[data-board-narrow]")) part.hidden = isWeek || rows.length < 2 || !narrow.matches;
  };

  const draw = () => {
    fill();
    const now = document.activeElement?.closest?.("[data-visit-id]")?.dataset.visitId;
    focused = focused ?? now ?? null;
    const { resources, events, options } = look(data, columns(), { isWeek, isNarrow: narrow.matches, words });
    if (!calendar) {
      calendar = window.EventCalendar.create(grid, {
        ...options, resources, events,
        eventClick: (info) => { info.jsEvent?.preventDefault(); if (info.event.extendedProps.visit) open(info.event.extendedProps.visit, info.el); },
        eventDrop: dropped,
        dateClick: tapped,
        eventDidMount: mounted,
        eventAllUpdated: () => window.setTimeout(settle, 0),
        datesSet: () => window.setTimeout(settle, 0),
      });
    } else {
      for (const [name, value] of Object.entries({ ...options, resources, events })) calendar.setOption(name, value);
    }
    board.querySelector("[data-board-empty]").hidden = data.visits.length > 0;
    window.setTimeout(settle, 60);
  };
  const settle = () => {
    soften(grid, words.sayLabel);
    if (!focused) return;
    const again = grid.querySelector(`[data-visit-id="${focused}"]`);
    if (again && !document.querySelector("dialog[open]")) again.focus();
    focused = null;
  };

  const load = async () => {
    const query = new URLSearchParams({ start: words.start, end: words.end, resource: words.by });
    if (words.only) query.set("only", words.only);
    if (words.calledOff) query.set("called_off", "true");
    try {
      const answer = await fetch(`${words.url}?${query}`, { headers: { "X-Poll": "1", Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      data = await answer.json();
      complain("");
      draw();
      board.dataset.ready = "1";
    } catch (error) {
      complain(words.sayFailed);
      if (!(error instanceof TypeError) && !/^\d+$/.test(error.message)) throw error;
    }
  };

  const open = (visit, from) => sheet.get(urlOf(words.sheetUrl, visit.id), from);

  // One door for a drag, a key, the tray: the server moves the visit, or answers with the form that says why not.
  const place = async (visit, { start, column }, withUndo = true) => {
    if (busy) return false;
    busy = true;
    board.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ starts: start, practitioner: visit.practitioner });
    if (column !== undefined && String(column) !== String(visit.column)) body.set(words.by, column);
    try {
      const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf ?? "" };
      const answer = await fetch(urlOf(words.placeUrl, visit.id), { method: "POST", headers, body, credentials: "same-origin" });
      if (answer.status === 204) {
        const told = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
        const moved = column === undefined ? visit : { ...visit, column, [words.by]: column };
        const back = { words: words.sayUndo, run: () => place(moved, { start: visit.start, column: visit.column ?? undefined }, false) };
        if (told.toast) toast(told.toast.text, { about: "visit", undo: visit.start && withUndo ? back : null });
        document.body.dispatchEvent(new CustomEvent("visit-changed", { bubbles: true, detail: {} }));
        return true;
      }
      if (answer.status === 422) sheet.show(await answer.text(), grid.querySelector(`[data-visit-id="${visit.id}"]`));
      else complain(words.sayFailed);
      return false;
    } catch {
      complain(words.sayFailed);
      return false;
    } finally {
      busy = false;
      board.removeAttribute("aria-busy");
    }
  };

  const dropped = async (info) => {
    const visit = info.event.extendedProps.visit;
    const column = info.newResource?.id;
    if (!(await place(visit, { start: clock(info.event.start), column }))) info.revert();
  };

  const tapped = async (info) => {
    if (!words.bookUrl) return;
    const start = clock(info.date);
    const column = info.resource?.id ?? words.only;
    const cut = tray.holds();
    if (cut) {
      const visit = data.visits.find((each) => String(each.id) === cut.id) ?? { id: cut.id, practitioner: cut.practitioner, column: null };
      if (await place(visit, { start, column })) tray.empty();
      return;
    }
    const query = new URLSearchParams({ at: start });
    if (column && column !== "0") query.set(words.by === "room" ? "in" : "with", column);
    window.location.assign(`${words.bookUrl}?${query}`);
  };

  const mounted = ({ el, event }) => {
    const visit = event.extendedProps.visit;
    if (!visit) return;
    el.dataset.visitId = visit.id;
    el.removeAttribute("aria-label"); // what is written on it is its name
    if (visit.is_movable) el.addEventListener("keydown", (pressed) => stepped(pressed, visit.id));
  };
  const stepped = async (pressed, id) => {
    if (!pressed.altKey || !(pressed.key in ARROWS)) return;
    pressed.preventDefault();
    pressed.stopPropagation();
    const visit = data.visits.find((each) => each.id === id);
    const [minutes, aside] = ARROWS[pressed.key];
    const [day, time] = visit.start.split("T");
    const local = new Date(`${day}T${time}`);
    local.setMinutes(local.getMinutes() + minutes);
    const wide = columns();
    const at = wide.findIndex((each) => each.id === visit.column);
    const to = isWeek ? undefined : wide[Math.min(wide.length - 1, Math.max(0, at + aside))]?.id;
    if (isWeek) local.setDate(local.getDate() + aside);
    else if (aside && to === visit.column) return;
    focused = String(id);
    await place(visit, { start: clock(local), column: to });
  };

  document.body.addEventListener("visit-changed", load);
  document.addEventListener("click", (event) => {
    const guest = event.target.closest?.("a[data-visit]");
    if (!guest || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open({ id: guest.dataset.visit }, guest);
  });
  document.addEventListener("board:cut", (event) => {
    const visit = data?.visits.find((each) => String(each.id) === event.detail.id);
    tray.put({ ...event.detail, practitioner: visit?.practitioner ?? "" });
  });
  const redraw = () => { if (data) draw(); };
  select.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);
  const every = window.setInterval(() => {
    if (!board.isConnected) window.clearInterval(every);
    else if (document.visibilityState === "visible" && !busy && !grid.querySelector(".ec-dragging")) load();
  }, REFRESH);
  load();
}

// A visit that was cut waits here, also while one turns to another day or week.
function trayOf(board) {
  const tray = board.querySelector("[data-board-tray]");
  const key = "board-tray";
  const holds = () => JSON.parse(window.sessionStorage.getItem(key) ?? "null");
  const show = () => {
    const held = holds();
    tray.hidden = !held;
    tray.querySelector("[data-board-tray-name]").textContent = held?.name ?? "";
  };
  const empty = () => { window.sessionStorage.removeItem(key); show(); };
  tray.querySelector("[data-board-tray-empty]").addEventListener("click", empty);
  show();
  return { holds, empty, put: (held) => { window.sessionStorage.setItem(key, JSON.stringify(held)); show(); } };
}
