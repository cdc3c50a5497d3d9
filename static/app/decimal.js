// A dose is never changed by a scroll wheel, and a comma is as good as a point.
const SHAPE = /^[+-]?\d+([.,]\d+)?$/;

export function read(text) {
  const cleaned = text.trim().replace(/[\s\u00a0\u202f]/g, "");
  return SHAPE.test(cleaned) ? Number(cleaned.replace(",", ".")) : Number.NaN;
}

export function write(value, places = 3) {
  if (!Number.isFinite(value)) return "–";
  return String(Number(value.toFixed(places)));
}

export function start(input) {
  input.addEventListener("blur", () => {
    const wrong = input.value.trim() !== "" && Number.isNaN(read(input.value));
    input.classList.toggle("is-invalid", wrong);
    input.toggleAttribute("aria-invalid", wrong);
    if (wrong) input.setAttribute("aria-invalid", "true");
  });
}
