// Says back, in words, the day that was typed: 02/03/1985 is read as 2 March 1985, 41 years.
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/;

function read(text) {
  const iso = ISO.exec(text.trim());
  const first = DAY_FIRST.exec(text.trim());
  const parts = iso ? [iso[1], iso[2], iso[3]] : first ? [first[3], first[2], first[1]] : null;
  if (!parts) return null;
  const [year, month, day] = parts.map(Number);
  const date = new Date(year, month - 1, day);
  return date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}

function age(date, today) {
  const passed = today.getMonth() > date.getMonth() || (today.getMonth() === date.getMonth() && today.getDate() >= date.getDate());
  return today.getFullYear() - date.getFullYear() - (passed ? 0 : 1);
}

export function start(input) {
  const echo = document.createElement("output");
  echo.className = "echo";
  echo.htmlFor = input.id;
  echo.setAttribute("aria-live", "polite");
  input.after(echo);
  const page = document.documentElement.lang;
  const lang = page === "en" ? "en-GB" : page;
  const words = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" });
  const years = new Intl.NumberFormat(lang, { style: "unit", unit: "year", unitDisplay: "long" });
  const show = () => {
    const date = read(input.value);
    const old = date ? age(date, new Date()) : -1;
    echo.textContent = date ? (old >= 0 ? `${words.format(date)}, ${years.format(old)}` : words.format(date)) : "";
    echo.classList.toggle("echo-bad", old > 120 || (date !== null && old < 0 && input.autocomplete === "bday"));
  };
  input.addEventListener("input", show);
  show();
}
