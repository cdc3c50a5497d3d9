// How visits, columns and closed hours look on the grid, and what the grid is told about roles.
const two = (number) => String(number).padStart(2, "0");

// The local parts of a date, as the clinic's clock shows them; never through a time zone.
export function clock(date) {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const lasts = ({ start, end }) => (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 60_000;

function line(name, className, text) {
  const part = document.createElement(name);
  part.className = className;
  part.textContent = text;
  return part;
}

function content({ event }) {
  const visit = event.extendedProps.visit;
  if (!visit) return "";
  const nodes = [line("div", "board-who", `${visit.start.slice(11, 16)} ${visit.who}`)];
  const what = visit.visits_in_all ? `${visit.kind_name} ${visit.ordinal}/${visit.visits_in_all}` : visit.kind_name;
  const state = event.extendedProps.state;
  if (state) nodes.push(line("div", "board-state", state));
  nodes.push(line("div", "board-what", [what, event.extendedProps.where, visit.cancel_reason].filter(Boolean).join(" · ")));
  return { domNodes: nodes };
}

export function look(data, columns, { isWeek, isNarrow, words }) {
  const shown = new Set(columns.map((each) => each.id));
  const seat = (column) => (isWeek ? {} : { resourceIds: [String(column)] });
  const visits = data.visits.filter((each) => shown.has(each.column)).map((visit) => {
    const late = visit.minutes_late ? words.sayLate.replace("%s", visit.minutes_late) : "";
    const state = late || (visit.status === "booked" ? "" : visit.status_name);
    const where = words.by === "room" ? visit.practitioner_name : visit.room_name;
    return {
      id: String(visit.id),
      start: visit.start,
      end: visit.end,
      title: visit.who,
      startEditable: visit.is_movable,
      durationEditable: false,
      classNames: ["board-visit", `board-${visit.status}`, ...(late ? ["board-late"] : []), ...(lasts(visit) < 30 ? ["board-short"] : [])],
      extendedProps: {
        visit,
        state,
        where,
      },
      ...seat(visit.column),
    };
  });
  const closed = data.closed.filter((each) => shown.has(each.column)).map((each) => ({
    start: each.start, end: each.end, display: "background", classNames: ["board-closed"], ...seat(each.column),
  }));
  const clockFormat = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return {
    events: [...closed, ...visits],
    resources: isWeek ? [] : columns.map((each) => ({ id: String(each.id), title: each.name })),
    options: {
      view: isWeek ? "timeGridWeek" : "resourceTimeGridDay",
      date: words.start,
      timeZone: data.utc_offset,
      locale: document.documentElement.lang || "en",
      firstDay: 1,
      headerToolbar: { start: "", center: "", end: "" },
      height: isNarrow ? "auto" : "calc(100dvh - 14rem)",
      slotDuration: "00:15",
      slotLabelInterval: "01:00",
      slotHeight: 26,
      slotMinTime: data.opens,
      slotMaxTime: data.shuts,
      flexibleSlotTimeLimits: true,
      slotLabelFormat: clockFormat,
      eventTimeFormat: clockFormat,
      dayHeaderFormat: isNarrow ? { weekday: "narrow", day: "numeric" } : { weekday: "short", day: "numeric", month: "short" },
      allDaySlot: false,
      nowIndicator: true,
      editable: true,
      eventDurationEditable: false,
      eventLongPressDelay: 300,
      selectable: false,
      pointer: Boolean(words.bookUrl) && !isNarrow,
      eventContent: content,
    },
  };
}

// The grid calls itself a table and is none: it becomes a named group, and its parts lose what only tables have.
export function soften(grid, label) {
  const root = grid.classList.contains("ec") ? grid : grid.querySelector(".ec");
  if (!root) return;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", label);
  for (const part of root.querySelectorAll("[role=columnheader],[role=row],[role=rowgroup],[role=cell],[role=gridcell],[role=rowheader],[role=table],[role=grid]")) part.removeAttribute("role");
  for (const part of root.querySelectorAll("[aria-colindex],[aria-rowindex],[aria-colcount],[aria-rowcount]")) {
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount"]) part.removeAttribute(name);
  }
  const body = root.querySelector(".ec-body, .ec-main");
  if (body && body.scrollHeight > body.clientHeight) {
    body.tabIndex = 0;
    body.setAttribute("role", "region");
    body.setAttribute("aria-label", label);
  }
}
