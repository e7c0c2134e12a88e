// Every map by keyboard: one stop for Tab, then arrow keys from state to state by name, a first letter, Enter for the page.
"use strict";
(function () {
  for (const svg of document.querySelectorAll("svg.map")) {
    const places = svg.dataset.countries, pages = window.xrViews && window.xrViews.pages;
    const hasPage = (code) => places && (!pages || pages.includes(code));
    const open = (code) => { if (hasPage(code)) location.href = places + code + ".html"; };
    svg.querySelectorAll("a").forEach((link) => link.replaceWith(...link.childNodes)); // one stop, not one a state
    function states() { // the dot of a small state rather than its shape
      const found = new Map();
      svg.querySelectorAll("[data-code][data-tip]").forEach((node) => found.set(node.dataset.code, node));
      return Array.from(found.values()).sort((a, b) => a.dataset.tip.localeCompare(b.dataset.tip, document.documentElement.lang));
    }
    let now = null;
    function choose(node) {
      if (now) { now.removeAttribute("tabindex"); now.removeAttribute("role"); now.removeAttribute("aria-label"); }
      now = node;
      if (!now) return;
      now.setAttribute("tabindex", "0");
      now.setAttribute("role", hasPage(now.dataset.code) ? "link" : "img");
      now.setAttribute("aria-label", now.dataset.tip);
    }
    function begin() { if (document.activeElement !== now || !now) choose(states().find((node) => node.classList.length && !node.classList.contains("none")) || null); else now.setAttribute("aria-label", now.dataset.tip); }
    svg.setAttribute("role", "group");
    svg.addEventListener("painted", begin);
    begin();
    svg.addEventListener("click", (event) => { if (!event.defaultPrevented && event.target.dataset && event.target.dataset.code) open(event.target.dataset.code); });
    svg.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target !== now) return;
      if (event.key === "Enter") { open(now.dataset.code); return; }
      const all = states(), at = all.indexOf(now);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      let next = null;
      if (step) next = all[(at + step + all.length) % all.length];
      else if (event.key === "Home") next = all[0];
      else if (event.key === "End") next = all[all.length - 1];
      else if (event.key.length === 1 && event.key !== " ") next = [...all.slice(at + 1), ...all.slice(0, at)].find((node) => node.dataset.tip.toLowerCase().startsWith(event.key.toLowerCase()));
      if (!next) return;
      event.preventDefault();
      choose(next); next.focus({ preventScroll: true });
    });
  }
})();
