// Keeps what is typed into a step until it is saved: on the server every few seconds; while it cannot be reached, on
// this tablet, sealed with a key that only the log-in gives. What was kept comes back when the page does.
import { announce } from "./toast.js";

const LOCAL = 300;
const SEND = 3000;
const STALE = 7 * 24 * 3600 * 1000;
const OWN = /^(csrfmiddlewaretoken|idempotency_key|revision)$|-(INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;
const chip = document.getElementById("draft-chip");
const say = chip?.dataset ?? {};
const typed = JSON.parse(document.getElementById("drafts-typed")?.textContent ?? "{}");
const steps = new Set();
const wait = (time) => new Promise((done) => { window.setTimeout(done, time); });

// -- on this tablet --------------------------------------------------------------------------------------------------

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sealing = window.crypto?.subtle?.importKey("raw", bytes(say.seal ?? ""), "AES-GCM", false, ["encrypt", "decrypt"]).catch(() => null);
const answer = (request) => new Promise((done, fail) => { request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
let opened;

async function shelf(mode) {
  opened ??= (() => {
    const request = window.indexedDB.open("drafts", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "id" });
    return answer(request);
  })();
  return (await opened).transaction("kept", mode).objectStore("kept");
}

const tablet = {
  async keep(id, value) {
    const key = await sealing;
    if (!key) return false;
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    const data = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value)));
    await answer((await shelf("readwrite")).put({ id, iv, data, at: Date.now() }));
    return true;
  },
  async read(id) {
    const [key, row] = [await sealing, await answer((await shelf("readonly")).get(id))];
    if (!key || !row) return null;
    const data = await window.crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.data);
    return JSON.parse(new TextDecoder().decode(data));
  },
  async drop(id) { await answer((await shelf("readwrite")).delete(id)); },
  async sweep() {
    const rows = await answer((await shelf("readonly")).getAll());
    for (const row of rows) if (Date.now() - row.at > STALE) await tablet.drop(row.id);
  },
};
const perhaps = async (work, instead = null) => { try { return await work; } catch { return instead; } };

// -- what a form holds -----------------------------------------------------------------------------------------------

const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !OWN.test(name) && typeof value === "string");
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const labelOf = (form, name) => {
  const field = form.elements[name]?.[0]?.form ? form.elements[name][0] : form.elements[name];
  return field?.closest?.("fieldset.question")?.querySelector("legend span")?.textContent
    ?? form.querySelector(`label[for="${field?.id}"]`)?.textContent.trim() ?? field?.getAttribute?.("aria-label") ?? name;
};

async function put(form, fields) {
  const wanted = new Map();
  for (const [name, value] of fields) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  const table = form.querySelector('[data-js~="zone-table"]');
  if (table) {
    for (let tries = 0; tries < 100 && !table.dataset.ready; tries += 1) await wait(30);
    table.dispatchEvent(new CustomEvent("rows:wanted", { detail: Number(wanted.get(`${table.dataset.prefix}-TOTAL_FORMS`)?.[0] ?? 0) }));
  }
  for (const field of form.elements) {
    if (!field.name || OWN.test(field.name) || /-TOTAL_FORMS$/.test(field.name) || field.type === "submit") continue;
    const values = wanted.get(field.name);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values?.includes(field.value) ?? false;
    else field.value = values?.shift() ?? "";
  }
  (table ?? form).dispatchEvent(new Event("change", { bubbles: true }));
  const fold = form.closest("details");
  if (fold) fold.open = true;
}

// -- one step of the page --------------------------------------------------------------------------------------------

class Step {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draft;
    this.id = `${say.user}:${this.key}`;
    this.mark = form.dataset.draftMark;
    this.own = form.elements.idempotency_key?.value ?? "";
    this.revision = 0;
    this.version = 0;
    this.sentVersion = 0;
    form.addEventListener("input", () => this.touched());
    form.addEventListener("change", () => this.touched());
    form.addEventListener("submit", (event) => this.submitted(event));
  }

  get isDirty() { return this.version > this.sentVersion; }
  get body() { return { fields: fieldsOf(this.form), mark: this.mark, form: this.own }; }

  touched() {
    if (this.quiet) return;
    this.version += 1;
    tell(say.sayWaiting);
    window.clearTimeout(this.soon);
    this.soon = window.setTimeout(() => this.keep(), LOCAL);
    this.later ??= window.setTimeout(() => this.send(), SEND);
  }

  async keep() {
    if (!this.isDirty) return;
    this.isKept = await perhaps(tablet.keep(this.id, { ...this.body, revision: this.revision, at: Date.now() }), false);
  }

  async send({ leaving = false } = {}) {
    window.clearTimeout(this.later);
    this.later = undefined;
    if (!this.isDirty || this.isSending || this.isAsking || this.isLeaving) return;
    this.isSending = true;
    const version = this.version;
    this.stop = new AbortController();
    try {
      const sent = await fetch(`/api/v1/drafts/${encodeURIComponent(this.key)}/`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" },
        body: JSON.stringify({ body: this.body, revision: this.revision }),
        keepalive: leaving,
        signal: this.stop.signal,
      });
      await this.answered(sent, version);
    } catch (error) {
      if (error.name !== "AbortError") await this.failed(say.sayOffline);
    } finally {
      this.isSending = false;
    }
  }

  async answered(sent, version) {
    if (sent.ok) {
      const kept = await sent.json();
      this.revision = kept.revision;
      this.sentVersion = version;
      if (!this.isDirty) await perhaps(tablet.drop(this.id));
      tell(`${say.saySaved} ${clock(kept.saved_at)}`, "ok");
      document.dispatchEvent(new CustomEvent("stayed"));
    } else if (sent.status === 409) {
      const { theirs } = await sent.json();
      if (same(theirs.body.fields, fieldsOf(this.form))) {
        this.revision = theirs.revision;
        this.sentVersion = version;
        return tell(`${say.saySaved} ${clock(theirs.saved_at)}`, "ok");
      }
      this.compare(say.sayElsewhere, theirs.body.fields, { revision: theirs.revision });
    } else {
      await this.failed(sent.status === 401 ? say.sayOut : sent.status === 403 ? say.sayShut : say.sayOffline);
    }
    return undefined;
  }

  async failed(words) {
    await this.keep();
    tell(this.isKept ? words : say.sayUnsafe, "warn");
  }

  // What was typed stands on the tablet before the page is left; one tap sends once.
  submitted(event) {
    if (this.isLeaving) {
      if (!this.isCleared) event.preventDefault();
      this.isCleared = false;
      return;
    }
    this.stop?.abort();
    this.isLeaving = true;
    window.setTimeout(() => { this.isLeaving = this.isCleared = false; }, 6000);
    if (![...steps].some((step) => step.isDirty)) return;
    event.preventDefault();
    this.isCleared = true;
    const by = event.submitter;
    Promise.race([Promise.all([...steps].map((step) => step.keep())), wait(1500)]).finally(() => {
      window.setTimeout(() => this.form.requestSubmit(by?.form === this.form ? by : undefined));
    });
  }

  async begin() {
    const { draftDone, draftTyped } = this.form.dataset;
    let [here, there] = [await perhaps(tablet.read(this.id)), typed[this.key.split(":")[2]]];
    if (here && here.form === draftDone) { await perhaps(tablet.drop(this.id)); here = null; }
    this.revision = there?.revision ?? 0;
    if (draftTyped !== undefined) return this.touched();
    const kept = here ?? there?.body;
    if (!kept?.fields || (!here && kept.form === draftDone) || this.version || same(kept.fields, fieldsOf(this.form))) return undefined;
    const when = here ? here.at : there.saved_at;
    if (here && there && here.revision !== there.revision && !same(here.fields, there.body.fields)) {
      await this.restore(here.fields, when);
      return this.compare(say.sayElsewhere, there.body.fields, { revision: there.revision });
    }
    if (kept.mark !== this.mark) {
      const recorded = fieldsOf(this.form);
      await this.restore(kept.fields, when);
      return this.compare(say.sayChanged, recorded, { revision: this.revision, recorded: true });
    }
    await this.restore(kept.fields, when);
    if (here) this.touched();
    return undefined;
  }

  async restore(fields, when) {
    this.before = fieldsOf(this.form);
    this.quiet = true;
    await put(this.form, fields);
    this.quiet = false;
    const note = noted(`${say.sayRestored} ${clock(when)}`);
    note.append(button(say.sayDiscard, async () => { note.remove(); await this.discard(); }));
    this.place(note);
    announce(note.firstChild.textContent);
  }

  async discard(fields = this.before) {
    this.quiet = true;
    await put(this.form, fields);
    this.quiet = false;
    this.sentVersion = this.version;
    await perhaps(tablet.drop(this.id));
    await perhaps(fetch(`/api/v1/drafts/${encodeURIComponent(this.key)}/`, { method: "DELETE", headers: { "X-CSRFToken": document.body.dataset.csrf ?? "" } }));
    this.revision = 0;
  }

  // Both are shown; neither is thrown away before somebody has chosen.
  compare(words, theirs, { revision, recorded = false }) {
    this.isAsking = true;
    const note = noted(words, "alert");
    const list = document.createElement("ul");
    const [mine, other] = [new Map(fieldsOf(this.form)), new Map(theirs ?? [])];
    for (const name of new Set([...mine.keys(), ...other.keys()])) {
      if ((mine.get(name) ?? "") === (other.get(name) ?? "") || !theirs || /-(TOTAL_FORMS|keep)$/.test(name)) continue;
      const line = document.createElement("li");
      line.textContent = `${labelOf(this.form, name)}: ${say.sayHere} “${mine.get(name) || say.sayEmpty}”, ${say.sayThere} “${other.get(name) || say.sayEmpty}”`;
      list.append(line);
    }
    const settle = () => { note.remove(); this.isAsking = false; this.revision = revision; };
    note.append(list, button(say.sayMine, () => { settle(); this.touched(); this.send(); }));
    if (theirs) note.append(button(say.sayTheirs, async () => { settle(); if (recorded) await this.discard(theirs); else { await put(this.form, theirs); this.sentVersion = this.version; } }));
    this.place(note);
    tell(words, "warn");
  }

  place(note) {
    for (const old of this.form.querySelectorAll(".draft-note")) if (!note.role || old.role === "alert") old.remove();
    this.form.prepend(note);
  }
}

function noted(words, role = "") {
  const note = document.createElement("div");
  note.className = "draft-note";
  if (role) note.role = role;
  const text = document.createElement("p");
  text.textContent = words;
  note.append(text);
  return note;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-outline-primary";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

const clock = (when) => new Date(when).toLocaleTimeString(document.documentElement.lang, { hour12: false });

function tell(words, tone = "") {
  if (!chip) return;
  if (tone === "warn" && chip.textContent !== words) announce(words);
  chip.hidden = false;
  chip.textContent = words;
  chip.className = `draft-chip ${tone && `draft-chip-${tone}`}`;
}

const sendAll = (options) => Promise.all([...steps].map((step) => step.send(options)));

export async function flush() {
  await Promise.race([Promise.all([...steps].map((step) => step.keep())), wait(1500)]);
  await Promise.race([sendAll(), wait(2500)]);
}

export function start(form) {
  const step = new Step(form);
  steps.add(step);
  step.begin();
}

window.setInterval(sendAll, 5000);
window.addEventListener("online", () => sendAll());
window.addEventListener("pagehide", () => sendAll({ leaving: true }));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(); else sendAll(); });
window.addEventListener("beforeunload", (event) => {
  if ([...steps].some((step) => step.isDirty && !step.isKept && !step.isLeaving)) event.preventDefault();
});
perhaps(tablet.sweep());
