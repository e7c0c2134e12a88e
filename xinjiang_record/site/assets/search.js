// Search over everything, in this page alone: the index comes with the site, and nothing that is typed leaves the machine.
"use strict";
(function () {
  const input = document.getElementById("q"), out = document.getElementById("results"), count = document.getElementById("count"), kind = document.getElementById("kind");
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/(\d),(?=\d{3})/g, "$1").toLowerCase(); // 15,683 is also found as 15683
  const entries = (window.xrIndex || []).map(([page, type, title, text]) => ({ page, type, title, text, head: fold(title), all: fold(title + " " + text + " " + type) }));
  const root = input.dataset.root;
  function score(entry, words) {
    let total = 0;
    for (const word of words) {
      if (!entry.all.includes(word)) return 0;
      const at = entry.head.indexOf(word);
      total += at === 0 ? 8 : at > 0 ? (/\W/.test(entry.head[at - 1]) ? 5 : 3) : 1;
    }
    return total + (entry.type === "Country" || entry.type === "Statement" ? 1 : 0);
  }
  function show() {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    window.xrState.set("q", input.value.trim()); window.xrState.set("kind", kind.value);
    if (!words.length) { out.replaceChildren(); count.textContent = entries.length + " pages can be searched."; return; }
    const hits = entries.map((entry, order) => ({ entry, order, score: kind.value && entry.type !== kind.value ? 0 : score(entry, words) })).filter((hit) => hit.score);
    hits.sort((a, b) => b.score - a.score || a.order - b.order);
    count.textContent = hits.length + (hits.length === 1 ? " result" : " results") + (hits.length > 60 ? ", the first 60 shown" : "");
    out.replaceChildren(...hits.slice(0, 60).map(({ entry }) => {
      const item = document.createElement("li"), link = document.createElement("a"), what = document.createElement("span"), text = document.createElement("div");
      link.href = root + entry.page; link.textContent = entry.title;
      what.className = "when"; what.textContent = entry.type;
      text.className = "small soft"; text.textContent = entry.text.slice(0, 180);
      item.append(what, link, text); return item;
    }));
  }
  for (const type of Array.from(new Set(entries.map((entry) => entry.type)))) { const option = document.createElement("option"); option.value = option.textContent = type; kind.append(option); }
  input.value = window.xrState.get("q"); kind.value = window.xrState.get("kind");
  input.addEventListener("input", show); kind.addEventListener("input", show);
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
