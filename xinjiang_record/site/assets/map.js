// The front page's map: a slider over the days something happened, and one statement or the whole record as of that day.
"use strict";
(function () {
  const holder = document.getElementById("map-data"), svg = document.querySelector("svg.map[data-live]");
  if (!holder || !svg) return;
  const data = JSON.parse(holder.textContent); // days, statements [{id,title,day,stance,xinjiang}], spans [code, statement, side, start, end]
  const slider = document.getElementById("day"), shownDay = document.getElementById("day-out"), choice = document.getElementById("what");
  const legend = document.getElementById("map-legend"), tip = document.getElementById("tip"), rings = svg.querySelector("g.rings");
  const SIDES = ["critical", "supportive", "neither"], WORDS = data.words;
  const shapes = {};
  svg.querySelectorAll("[data-code]").forEach((node) => (shapes[node.dataset.code] = shapes[node.dataset.code] || []).push(node));
  const long = (day) => { const [y, m, d] = day.split("-"); return Number(d) + " " + data.months[m - 1] + " " + y; };

  function whole(day) { // the rule of rosters.standings
    const found = {};
    data.spans.forEach(([code, at, side, start, end]) => {
      if (!code || start > day || side > 1 || !data.statements[at].xinjiang) return;
      const item = found[code] || (found[code] = { standing: [], left: [] });
      (end === null || end > day ? item.standing : item.left).push([at, side]);
    });
    const marks = {};
    for (const code in found) {
      const { standing, left } = found[code];
      if (!standing.length) { marks[code] = { style: "withdrew", at: left[left.length - 1][0], words: "signed, then withdrew" }; continue; }
      const [at, side] = standing[standing.length - 1];
      const moved = standing.some((item) => item[1] !== side);
      marks[code] = { style: SIDES[side], at, ringed: moved, words: WORDS[SIDES[side]].toLowerCase() + (moved ? "; stood on the other side before" : "") };
    }
    return marks;
  }
  function single(index, day) {
    const marks = {};
    data.spans.forEach(([code, at, side, start, end]) => {
      if (!code || at !== index || start > day) return;
      const stands = end === null || end > day;
      const vote = data.statements[at].stance === "vote";
      marks[code] = { style: stands ? SIDES[side] : "withdrew", at, words: (vote ? data.vote[side].toLowerCase() : WORDS[SIDES[side]].toLowerCase()) + ", since " + long(start) + (stands ? "" : "; withdrew " + long(end)) };
    });
    return marks;
  }
  let marks = {};
  function paint() {
    const day = data.days[Number(slider.value)], index = choice.value === "" ? -1 : data.statements.findIndex((item) => item.id === choice.value);
    marks = index < 0 ? whole(day) : single(index, day);
    const totals = { critical: 0, supportive: 0, neither: 0, withdrew: 0 }, moved = [];
    for (const code in shapes) {
      const mark = marks[code];
      for (const node of shapes[code]) node.setAttribute("class", (node.tagName === "circle" ? "dot " : "") + (mark ? mark.style : "none"));
    }
    rings.replaceChildren();
    for (const code in marks) {
      totals[marks[code].style] += 1;
      if (!marks[code].ringed || !data.places[code]) continue;
      moved.push(data.names[code]);
      const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      ring.setAttribute("class", "ring"); ring.setAttribute("cx", data.places[code][0]); ring.setAttribute("cy", data.places[code][1]); ring.setAttribute("r", 5.6);
      rings.append(ring);
    }
    shownDay.textContent = long(day);
    slider.setAttribute("aria-valuetext", long(day));
    const vote = index >= 0 && data.statements[index].stance === "vote";
    const lines = ["critical", "supportive", "neither", "withdrew"].filter((side) => totals[side] || (side < "d" || side === "supportive") && index < 0).map((side) => {
      const item = document.createElement("li"), words = document.createElement("span");
      words.className = "side " + side;
      words.textContent = (vote && side !== "withdrew" ? data.vote[SIDES.indexOf(side)] : WORDS[side]) + ": " + totals[side];
      item.append(words); return item;
    });
    if (moved.length) {
      const item = document.createElement("li"), words = document.createElement("span");
      words.className = "side ring-key"; words.textContent = WORDS.moved + ": " + moved.join(", "); item.append(words); lines.push(item);
    }
    legend.replaceChildren(...lines);
    document.getElementById("map-heading").textContent = index < 0 ? "Where states stood, " + long(day) : data.statements[index].title + ", as of " + long(day);
    window.xrState.set("day", slider.value === slider.max ? "" : day);
    window.xrState.set("statement", choice.value);
  }
  function say(code) {
    const mark = marks[code], name = data.names[code] || code;
    tip.textContent = name + ": " + (mark ? mark.words + " (" + data.statements[mark.at].title + ")" : "not named on this day by any source in the record");
  }
  svg.addEventListener("pointerover", (event) => { const code = event.target.dataset && event.target.dataset.code; if (code) say(code); });
  svg.addEventListener("click", (event) => {
    const code = event.target.dataset && event.target.dataset.code;
    if (code && data.pages.includes(code)) location.href = "countries/" + code + ".html";
  });
  slider.max = data.days.length - 1;
  const day = window.xrState.get("day");
  const at = day ? data.days.reduce((best, item, number) => (item <= day ? number : best), 0) : data.days.length - 1;
  slider.value = at;
  const wanted = window.xrState.get("statement");
  if (data.statements.some((item) => item.id === wanted)) choice.value = wanted;
  slider.addEventListener("input", paint);
  choice.addEventListener("input", () => {
    const item = data.statements.find((entry) => entry.id === choice.value);
    if (item) slider.value = data.days.length - 1;
    paint();
  });
  document.getElementById("play").addEventListener("click", function () {
    if (this.dataset.timer) { clearInterval(Number(this.dataset.timer)); this.dataset.timer = ""; this.textContent = "Play"; return; }
    if (slider.value === slider.max) slider.value = 0;
    this.textContent = "Stop";
    this.dataset.timer = setInterval(() => {
      if (slider.value === slider.max) { this.click(); return; }
      slider.value = Number(slider.value) + 1; paint();
    }, 700);
  });
  paint();
})();
