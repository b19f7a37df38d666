// The desk by keys (moderation/admin/keys.py). A key leads to something and sends nothing; while somebody types it is a
// letter. The page is as long as before: nothing is fetched, and what has the focus keeps its place.
(() => {
  "use strict";

  const list = document.querySelector("details.keys");
  if (!list) return; // switched off, or a page without any
  list.hidden = false;

  const TYPED_INTO = "textarea, select, input:not([type=radio], [type=checkbox])";
  const isTyping = (element) => element.matches(TYPED_INTO) || element.isContentEditable;

  const lead = (element) => {
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (around.localName === "details" && element !== around.firstElementChild) around.open = true;
    }
    if (element.localName === "summary") element.parentElement.open = !element.parentElement.open;
    if (element.type === "radio") element.checked = true;
    element.focus();
  };

  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const row = rows[rows.indexOf(document.activeElement) + by] || (by > 0 ? null : rows[0]);
    if (row) row.focus();
    return Boolean(row);
  };

  const steps = { j: 1, k: -1 };
  const press = (key) => {
    if (key in steps && step(steps[key])) return true;
    const element = key === "?" ? list.firstElementChild : document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (element) lead(element);
    return Boolean(element);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat || event.altKey) return;
    const isWithModifier = event.ctrlKey || event.metaKey;
    if (isWithModifier && event.key === "Enter") {
      const form = event.target.closest("form[data-decides]");
      if (form) form.requestSubmit(form.querySelector("button.default"));
    } else if (!isWithModifier && !isTyping(event.target) && press(event.key)) {
      event.preventDefault(); // else the letter would be typed where it leads
    }
  });
})();
