// The desk, a little sooner than the server can say it: what can be undone goes once it no longer can.
(() => {
  "use strict";

  document.querySelectorAll("form.undo[data-seconds]").forEach((form) => {
    setTimeout(() => form.contains(document.activeElement) || form.remove(), Number(form.dataset.seconds) * 1000);
  });
})();

// A canned reply goes into the word where the caret is; the server does the same with a page of its own.
(() => {
  "use strict";

  document.querySelectorAll("button[name=do][value=use_reply]").forEach((button) => {
    const form = button.form;
    const named = (name) => form.elements.namedItem(name);
    button.addEventListener("click", (event) => {
      const texts = [...form.querySelectorAll(".canned-texts [data-use]")].filter((each) => each.dataset.use.startsWith(`${named("canned-reply").value}.`));
      const text = texts.find((each) => each.dataset.use.endsWith(`.${named("canned-language").value}`)) || texts[0];
      if (!text || !named("canned-reply").value) return;
      event.preventDefault();
      const word = named("word");
      const before = word.value.slice(0, word.selectionStart).trimEnd();
      const after = word.value.slice(word.selectionEnd).trimStart();
      word.value = [before, text.textContent, after].filter(Boolean).join("\n\n");
      named("canned-used").value = text.dataset.use;
      word.focus();
    });
  });
})();
