// The front page's map: the latest pair, one statement, or every state on a day. The views are computed when the site is built.
"use strict";
(function () {
  const data = window.xrViews, svg = document.querySelector("svg.map[data-live]");
  if (!data || !svg) return;
  const slider = document.getElementById("day"), shownDay = document.getElementById("day-out"), choice = document.getElementById("what");
  const legend = document.getElementById("map-legend"), heading = document.getElementById("map-heading"), rings = svg.querySelector("g.rings");
  const figure = document.getElementById("map-figure");
  const shapes = {};
  svg.querySelectorAll("[data-code]").forEach((node) => (shapes[node.dataset.code] = shapes[node.dataset.code] || []).push(node));
  const statement = (id) => data.statements.find((item) => item.id === id);
  let marks = {}, lines = [], title = "";

  function onDay(number) { // the last change of each state up to the day
    const found = {};
    for (const code in data.changes) {
      let last = null;
      for (const item of data.changes[code]) if (item[0] <= number) last = item;
      if (last) found[code] = last.slice(1);
    }
    return found;
  }
  function choose() {
    const number = Number(slider.value);
    if (choice.value === "day") { marks = onDay(number); lines = data.dayLegends[number]; title = data.dayTitle.replace("{day}", data.dayWords[number]); return; }
    const one = statement(choice.value);
    if (one) { marks = one.marks; lines = one.legend; title = one.title; return; }
    marks = data.pairMarks; lines = data.pairLegend; title = data.pairTitle;
  }
  function paint() {
    choose();
    figure.dataset.view = choice.value || "pair";
    for (const code in shapes) {
      const mark = marks[code], style = mark ? data.styles[mark[0]] : "none";
      for (const node of shapes[code]) {
        node.setAttribute("class", (node.tagName === "circle" ? "dot " : "") + style);
        node.dataset.tip = mark ? data.labels[mark[2]] : (data.names[code] || code) + ": " + data.words["not named"];
      }
    }
    rings.replaceChildren();
    for (const code in marks) {
      if (!marks[code][1] || !data.places[code]) continue;
      const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      ring.setAttribute("class", "ring"); ring.setAttribute("cx", data.places[code][0]); ring.setAttribute("cy", data.places[code][1]); ring.setAttribute("r", 5.6);
      rings.append(ring);
    }
    legend.replaceChildren(...lines.map(([style, words]) => {
      const item = document.createElement("li"), key = document.createElement("span");
      key.className = "key " + style; item.append(key, words); return item;
    }));
    heading.textContent = title;
    svg.dispatchEvent(new Event("painted"));
    svg.setAttribute("aria-label", title + ". " + lines.map((line) => line[1]).join("; "));
    const number = Number(slider.value);
    shownDay.textContent = choice.value === "day" ? data.dayWords[number] : "–";
    slider.setAttribute("aria-valuetext", data.dayWords[number]);
    document.querySelectorAll(".bar").forEach((bar) => bar.classList.toggle("chosen", bar.dataset.statement === choice.value || (choice.value === "" && data.pair.includes(bar.dataset.statement))));
    window.xrState.set("view", choice.value);
    window.xrState.set("day", choice.value === "day" ? data.days[number] : "");
  }
  slider.max = data.days.length - 1;
  const day = window.xrState.get("day");
  slider.value = day ? data.days.reduce((best, item, number) => (item <= day ? number : best), 0) : data.days.length - 1;
  const wanted = window.xrState.get("view") || (day ? "day" : "");
  if (wanted === "day" || statement(wanted)) choice.value = wanted;
  slider.addEventListener("input", () => { choice.value = "day"; paint(); });
  choice.addEventListener("input", paint);
  document.querySelectorAll(".bar").forEach((bar) => bar.addEventListener("click", (event) => { // a click shows the statement's map; its page is one more click away
    if (choice.value === bar.dataset.statement) return;
    event.preventDefault(); choice.value = bar.dataset.statement; paint();
  }));
  const play = document.getElementById("play");
  play.addEventListener("click", function () {
    if (this.dataset.timer) { clearInterval(Number(this.dataset.timer)); this.dataset.timer = ""; this.textContent = data.words.Play; return; }
    choice.value = "day";
    if (slider.value === slider.max) slider.value = 0;
    this.textContent = data.words.Stop;
    paint();
    this.dataset.timer = setInterval(() => {
      if (slider.value === slider.max) { this.click(); return; }
      slider.value = Number(slider.value) + 1; paint();
    }, 700);
  });

  // Download what the map shows now.
  const name = () => "map-" + (choice.value === "day" ? data.days[Number(slider.value)] : choice.value || "latest-pair");
  const asFile = () => window.xrDrawingFile(svg, title, lines.map((line) => line[1]));
  const quote = (text) => /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  const saves = {
    svg: async () => window.xrSave(name() + ".svg", await asFile(), "image/svg+xml"),
    csv: () => window.xrSave(name() + ".csv", "country_iso3,class,words\n" + Object.keys(marks).sort().map((code) => [code, data.styles[marks[code][0]], data.labels[marks[code][2]]].map(quote).join(",")).join("\n") + "\n"),
    png: async () => window.xrSavePng(name() + ".png", await asFile()),
  };
  document.querySelectorAll("button[data-save]").forEach((button) => button.addEventListener("click", () => saves[button.dataset.save]()));
  paint();
})();
