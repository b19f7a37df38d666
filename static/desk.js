// The desk, a little sooner than the server can say it: what can be undone goes once it no longer can. Its room stays, so that
// nothing moves under the hands.
(() => {
  "use strict";

  document.querySelectorAll("form.undo[data-seconds]").forEach((form) => {
    setTimeout(() => form.contains(document.activeElement) || form.classList.add("over"), Number(form.dataset.seconds) * 1000);
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

// Words of the post that were selected go into the field for marks, a line each; without this they are copied by hand.
(() => {
  "use strict";

  const post = document.querySelector(".the-post");
  const offer = document.querySelector(".mark-selected");
  if (!post || !offer) return;
  const field = offer.closest("form").elements.namedItem("marks");
  const status = offer.querySelector("[role=status]");
  const inLine = "a, code, del, em, ins, mark, s, span, strong, sup";
  const notItsWords = "sup, summary, h4, .by, .before, .changes del, .visually-hidden, pre.words";  // .words: as it was before
  let selected = "";  // a touch on the button may take the selection away before it is a click

  const wordsOf = (range) => {
    const walk = document.createTreeWalker(post, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    let words = "";
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (!range.intersectsNode(node)) continue;
      if (node.nodeType !== Node.TEXT_NODE) {
        if (!node.matches(inLine)) words += " ";
      } else if (!node.parentElement.closest(notItsWords)) {
        const link = node.previousSibling;
        const host = link && link.nodeName === "A" ? ` (${link.hostname})` : "";  // shown behind a link, not written
        const start = Math.max(node === range.startContainer ? range.startOffset : 0, node.data.startsWith(host) ? host.length : 0);
        words += node.data.slice(start, node === range.endContainer ? Math.max(start, range.endOffset) : undefined);
      }
    }
    return words;
  };

  offer.hidden = false;
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const typing = document.activeElement;
    if (typing && typing.selectionStart !== typing.selectionEnd) selected = "";
    else if (!chosen.isCollapsed) selected = post.contains(chosen.anchorNode) || post.contains(chosen.focusNode) ? wordsOf(chosen.getRangeAt(0)) : "";
  });
  offer.querySelector("button").addEventListener("click", () => {
    const passage = selected.split(/\s+/).filter(Boolean).join(" ");
    status.textContent = passage ? status.dataset.done : status.dataset.nothing;
    if (!passage) return;
    field.value = [...field.value.split("\n").filter((line) => line.trim()), passage].join("\n");
    selected = "";
  });
})();
