// Keeps what a patient types until it was sent: in this tab alone, gone when it closes or its user signs out.
const SENT = "kept-sent";
const OWN = /^(csrfmiddlewaretoken|idempotency_key)$/;

const isAsked = (field) => field.name && !OWN.test(field.name) && !["hidden", "submit", "password"].includes(field.type);
const isTicked = (field) => field.type === "radio" || field.type === "checkbox";

export function start(form) {
  const key = `kept:${document.body.dataset.keptFor}:${window.location.pathname}`;
  const fields = [...form.elements].filter(isAsked);
  const keep = () => {
    const values = fields.map((field) => (isTicked(field) ? field.checked : field.value));
    window.sessionStorage.setItem(key, JSON.stringify(values));
  };
  const kept = JSON.parse(window.sessionStorage.getItem(key) ?? "null");
  if (kept?.length === fields.length && !form.querySelector(".error-summary")) {
    fields.forEach((field, place) => {
      if (isTicked(field)) field.checked = kept[place];
      else field.value = kept[place];
    });
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => { window.sessionStorage.setItem(SENT, key); });
}
