// On the page of a reply: words marked in the post that is answered are taken over into the field for what is quoted.
// Nothing of them goes into an address or is stored. Without it the field holds the post's words, to be shortened by hand.
(() => {
  "use strict";

  const post = document.querySelector("[data-quotable]");
  const field = document.querySelector("textarea[name=passage]");
  if (!post || !field) return;

  post.addEventListener("mouseup", () => take());
  document.addEventListener("selectionchange", () => take());

  const take = () => {
    const marked = document.getSelection();
    if (!marked || marked.isCollapsed || document.activeElement === field) return;
    if (!post.contains(marked.anchorNode) || !post.contains(marked.focusNode)) return;
    const words = marked.toString().trim().slice(0, field.maxLength);
    if (words && words !== field.value) {
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
})();
