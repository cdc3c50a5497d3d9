// A signature as strokes with time and pressure, [[[x, y, t, pressure], …], …], in the pad's own 704 x 200 units.
import SignaturePad from "../signature_pad/signature_pad.min.js";

const WIDTH = 704;
const HEIGHT = 200;
const LOWEST = 180;
const inside = (value, most) => Number(Math.min(most, Math.max(0, value)).toFixed(1));

export function start(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector('input[type="hidden"]');
  const clear = box.querySelector("[data-signature-clear]");
  const state = box.querySelector("[data-signature-state]");
  const typed = box.querySelector("[data-signature-typed]");
  const pad = new SignaturePad(canvas, { penColor: "#12302e", minWidth: 0.8, maxWidth: 2.6 });
  let scale = 1;
  let shownAt = 0;
  let origin = null;

  const strokesOf = (data) => {
    origin ??= data[0]?.points[0]?.time ?? Date.now();
    return data.map((stroke) => stroke.points.map((point) => [
      inside(point.x / scale, WIDTH), inside(point.y / scale, HEIGHT), Math.max(0, Math.round(point.time - origin)), Number((point.pressure ?? 0.5).toFixed(2)),
    ]));
  };
  const dataOf = (strokes) => strokes.map((stroke) => ({
    penColor: "#12302e", dotSize: 0, minWidth: 0.8, maxWidth: 2.6, velocityFilterWeight: 0.7, compositeOperation: "source-over",
    points: stroke.map(([x, y, time, pressure]) => ({ x: x * scale, y: y * scale, time: origin + time, pressure: pressure ?? 0.5 })),
  }));
  const say = () => {
    state.textContent = pad.isEmpty() ? state.dataset.empty : state.dataset.signed;
    clear.hidden = pad.isEmpty();
  };
  const keep = () => {
    field.value = pad.isEmpty() ? "" : JSON.stringify(strokesOf(pad.toData()));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    say();
  };
  const fit = () => {
    const strokes = field.value ? JSON.parse(field.value) : [];
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const width = canvas.clientWidth;
    if (!width || width === shownAt) return;
    shownAt = width;
    if (strokes.length) origin ??= Date.now() - (strokes.at(-1).at(-1)?.[2] ?? 0);
    const reach = Math.max(0, ...strokes.flat().map(([x]) => x));
    scale = Math.max(width / WIDTH, LOWEST / HEIGHT);
    if (reach * scale > width) scale = width / reach;
    canvas.style.height = `${HEIGHT * scale}px`;
    canvas.width = width * ratio;
    canvas.height = canvas.clientHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(dataOf(strokes));
    say();
  };

  pad.addEventListener("endStroke", keep);
  clear.addEventListener("click", () => {
    pad.clear();
    keep();
    canvas.focus();
  });
  typed?.addEventListener("input", () => { if (typed.value.trim()) state.textContent = typed.value.trim(); else say(); });
  new ResizeObserver(fit).observe(box);
  fit();
}
