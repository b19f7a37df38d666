// The desk, a little sooner than the server can say it: what can be undone goes once it no longer can.
(() => {
  "use strict";

  document.querySelectorAll("form.undo[data-seconds]").forEach((form) => {
    setTimeout(() => form.contains(document.activeElement) || form.remove(), Number(form.dataset.seconds) * 1000);
  });
})();
