// A <details> that behaves like a menu: closes on Escape, on a click elsewhere, and when the focus leaves.
export function start(menu) {
  const summary = menu.querySelector("summary");
  const close = () => { menu.open = false; };
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      close();
      summary.focus();
    }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
}
