// The sheet of a visit: its parts come from the server; it closes when the visit was moved, and gives the focus back.
export function sheetOf(dialog) {
  const body = document.getElementById("visit-sheet-body");
  let from = null;
  const shown = (opener) => {
    from = opener?.dataset?.visitId ?? opener;
    if (!dialog.open) dialog.showModal();
    body.querySelector("[tabindex='-1']")?.focus();
  };

  dialog.addEventListener("close", () => {
    body.replaceChildren();
    const again = typeof from === "string" ? document.querySelector(`[data-visit-id="${from}"]`) : from;
    again?.focus?.();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]") || event.target === dialog) dialog.close();
    const cut = event.target.closest("[data-cut]");
    if (cut) {
      dialog.close();
      document.dispatchEvent(new CustomEvent("board:cut", { detail: { id: cut.dataset.cut, name: cut.dataset.name } }));
    }
  });
  document.body.addEventListener("visit-changed", (event) => {
    if (event.detail?.close && dialog.open) dialog.close();
  });

  return {
    async get(url, opener) {
      await window.htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
      shown(opener);
    },
    show(html, opener) {
      window.htmx.swap(body, html, { swapStyle: "innerHTML" });
      shown(opener);
    },
  };
}
