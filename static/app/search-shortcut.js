// Ctrl+K, or a slash outside a field, goes to the search.
const TYPING = "input, textarea, select, [contenteditable]";

export function start(form) {
  const field = form.querySelector('input[type="search"]');
  document.addEventListener("keydown", (event) => {
    const combination = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.target.closest?.(TYPING);
    if (!combination && !slash) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
