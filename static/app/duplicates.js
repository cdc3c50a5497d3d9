// While a person is being registered: asks the server whether they are here already, and shows its answer.
const WAIT = 400;

export function start(form) {
  const { url, target } = form.dataset;
  const place = document.getElementById(target ?? "duplicates");
  const names = (form.dataset.fields ?? "given_name family_name born_on phone email").split(/\s+/);
  if (!url || !place) return;
  let timer;
  let running;
  const ask = async () => {
    const query = new URLSearchParams();
    for (const name of names) {
      const value = form.elements.namedItem(name)?.value?.trim();
      if (value) query.set(name, value);
    }
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(`${url}?${query}`, { headers: { "HX-Request": "true" }, signal: running.signal, credentials: "same-origin" });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  form.addEventListener("input", (event) => {
    if (!names.includes(event.target.name)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
}
