// Says, near the end of what fits, about how much is left: quietly, and in steps, so that a screen reader is not busy
// with it. Without it the server says so, and loses nothing.
(() => {
  "use strict";

  const NEAR = 500; // characters
  const step = (left) => (Math.abs(left) > 100 ? 100 : 10);

  document.querySelectorAll("textarea[data-most]").forEach((words) => {
    const most = Number(words.dataset.most);
    const status = document.getElementById(`${words.id}_left`);
    if (!status) return;
    const say = () => {
      // Signs as people count them, not as JavaScript does; only where it may matter, as it walks through all of them.
      const left = words.value.length < most - NEAR ? NEAR + 1 : most - [...words.value.trim()].length;
      let said = "";
      if (left <= NEAR) {
        const about = Math.max(Math.ceil(Math.abs(left) / step(left)) * step(left), left < 0 ? 10 : 0);
        said = (left < 0 ? status.dataset.over : status.dataset.left).replace("{n}", about.toLocaleString(document.documentElement.lang));
      }
      if (status.textContent !== said) status.textContent = said;
    };
    words.addEventListener("input", say);
    say();
  });
})();
