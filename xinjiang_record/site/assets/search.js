// Search over everything, in this page alone: the index comes with the site, and nothing that is typed leaves the machine.
"use strict";
(function () {
  const input = document.getElementById("q"), out = document.getElementById("results"), count = document.getElementById("count"), kind = document.getElementById("kind");
  const root = input.dataset.root, words = window.xrSearchWords || { kinds: {}, pages: "", results: "", first: "", shown: 60 };
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0670]/g, "").replace(/([0-9]),(?=[0-9]{3})/g, "$1").toLowerCase().replace(/[ıİ]/g, "i");
  const key = (text) => fold(text).replace(/[^\p{L}\p{N}]/gu, ""); // as the record's own keys of names: letters and digits only
  const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
  const split = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean).flatMap((word) => CJK.test(word) && word.length > 2 ? [word, ...Array.from(word, (_, at) => word.slice(at, at + 2))] : [word]);
  const entries = (window.xrIndex || []).map(([page, type, title, text, names], id) => ({ id, page, type, title, text, names: names ? names.split(" · ") : [] }));
  const index = new window.MiniSearch({
    fields: ["title", "names", "text"], storeFields: ["page"],
    extractField: (entry, field) => entry[field],
    tokenize: (value, field) => field === "names" ? String(value).split(",") : split(String(value)),
    processTerm: (term) => term,
  });
  index.addAll(entries);
  const BOOST = { Country: 3, Statement: 2, Response: 1.2, Figure: 1.1 };
  const options = {
    boost: { title: 4, names: 5, text: 1 }, prefix: (term) => term.length > 1,
    fuzzy: (term) => term.length > 3 && !/[0-9]/.test(term) ? 0.25 : false, maxFuzzy: 2, weights: { fuzzy: 0.3, prefix: 0.6 },
    boostDocument: (id) => BOOST[entries[id].type] || 1,
  };
  function find(text) {
    const words = split(text), name = key(text);
    if (!words.length) return [];
    const all = { combineWith: "OR", queries: [{ combineWith: "AND", queries: words, tokenize: (value) => [value] }, { queries: [name], fields: ["names"], tokenize: (value) => [value], boost: { names: 12 } }] };
    const found = index.search(all, options), folded = fold(text.trim());
    const exact = (entry) => entry.names.includes(name) ? 3 : fold(entry.title) === folded ? 2 : fold(entry.title).startsWith(folded) ? 1 : 0;
    return found.map((hit) => ({ entry: entries[hit.id], score: hit.score })).sort((a, b) => exact(b.entry) - exact(a.entry) || b.score - a.score);
  }
  function show() {
    window.xrState.set("q", input.value.trim()); window.xrState.set("kind", kind.value);
    if (!input.value.trim()) { out.replaceChildren(); count.textContent = words.pages.replace("{n}", entries.length); return; }
    const hits = find(input.value).filter((hit) => !kind.value || hit.entry.type === kind.value);
    count.textContent = words.results.replace("{n}", hits.length) + (hits.length > words.shown ? " " + words.first : "");
    out.replaceChildren(...hits.slice(0, words.shown).map(({ entry }) => {
      const item = document.createElement("li"), link = document.createElement("a"), what = document.createElement("span"), text = document.createElement("div");
      link.href = root + entry.page; link.textContent = entry.title;
      what.className = "when"; what.textContent = words.kinds[entry.type] || entry.type;
      text.className = "small soft"; text.textContent = entry.text.slice(0, 180);
      item.append(what, link, text); return item;
    }));
  }
  for (const type of Array.from(new Set(entries.map((entry) => entry.type)))) { const option = document.createElement("option"); option.value = type; option.textContent = words.kinds[type] || type; kind.append(option); }
  input.value = window.xrState.get("q"); kind.value = window.xrState.get("kind");
  if (kind.selectedIndex === -1) kind.value = "";
  input.addEventListener("input", show); kind.addEventListener("input", show);
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
