// Compare two statements, two states or two days, by the views that were computed when the site was built.
"use strict";
(function () {
  const data = window.xrViews;
  if (!data) return;
  const get = (id) => document.getElementById(id), t = (text) => data.words[text] || text;
  const name = (code) => data.names[code] || code;
  const side = (mark) => mark ? data.styles[mark[0]].split(" ")[0] : "";
  function make(tag, text, style) { const node = document.createElement(tag); if (text) node.textContent = text; if (style) node.className = style; return node; }
  function countries(codes) {
    const cell = make("dd");
    if (!codes.length) { cell.textContent = t("none"); return cell; }
    codes.sort((a, b) => name(a).localeCompare(name(b))).forEach((code, at) => {
      if (at) cell.append(", ");
      if (!data.pages.includes(code)) { cell.append(name(code)); return; }
      const link = make("a", name(code)); link.href = "countries/" + code + ".html"; cell.append(link);
    });
    return cell;
  }
  function list(out, rows) {
    const all = make("dl", "", "dl");
    for (const [words, codes] of rows) all.append(make("dt", words + " (" + codes.length + ")"), countries(codes));
    out.replaceChildren(all);
  }
  const figure = get("compare-picture"), SVG = "http://www.w3.org/2000/svg";
  let drawn = [];
  function picture(rows, title) { // a bar for each group; the names are in the list under it
    const svg = figure.querySelector("svg"), most = Math.max(1, ...rows.map((row) => row[1].length)), draw = (tag, values, text) => { const node = document.createElementNS(SVG, tag); for (const key in values) node.setAttribute(key, values[key]); if (text) node.textContent = text; svg.append(node); };
    svg.querySelectorAll("text, rect.bar-of").forEach((node) => node.remove());
    rows.forEach(([words, codes, style], at) => {
      draw("text", { x: 0, y: at * 40 + 14, class: "row-value" }, words + ": " + codes.length);
      draw("rect", { x: "0.5%", y: at * 40 + 20, width: 98 * codes.length / most + "%", height: 12, class: "bar-of " + style });
    });
    svg.setAttribute("height", rows.length * 40);
    svg.setAttribute("aria-label", title + ": " + rows.map((row) => row[0] + ": " + row[1].length + " (" + row[1].map(name).join(", ") + ")").join("; "));
    figure.querySelector("h3").textContent = title;
    figure.hidden = false;
    drawn = rows;
  }
  get("compare-csv").addEventListener("click", () => window.xrSave("compare.csv", "country_iso3,group\n" + drawn.flatMap((row) => row[1].map((code) => code + ',"' + row[0].replace(/"/g, '""') + '"')).join("\n") + "\n"));
  function statements() {
    const a = data.statements.find((item) => item.id === get("a").value), b = data.statements.find((item) => item.id === get("b").value);
    window.xrState.set("a", get("a").value); window.xrState.set("b", get("b").value);
    const out = get("statements-out");
    if (!a || !b || a === b) { figure.hidden = true; out.replaceChildren(make("p", t("Choose two."), "soft")); return; }
    const stands = (item, code) => item.marks[code] && side(item.marks[code]) !== "withdrew";
    const codes = Array.from(new Set([...Object.keys(a.marks), ...Object.keys(b.marks)]));
    const both = codes.filter((code) => stands(a, code) && stands(b, code));
    const left = (item, code) => item.marks[code] && side(item.marks[code]) === "withdrew";
    const now = b.slot > a.slot ? onDay(data.days[b.slot]) : {}; // a side taken elsewhere by the day of the second
    const hasCrossed = (code) => stands(a, code) && !stands(b, code) && now[code] && ["critical", "supportive"].includes(side(now[code])) && side(now[code]) !== side(a.marks[code]);
    const rows = [
      [t("stayed"), both.filter((code) => side(a.marks[code]) === side(b.marks[code])), b.side],
      [t("crossed"), both.filter((code) => side(a.marks[code]) !== side(b.marks[code])).concat(codes.filter(hasCrossed)), a.side === "critical" ? "supportive" : "critical"],
      [a.full ? t("came") : t("not known whether new: the first list is known in part"), codes.filter((code) => !stands(a, code) && !left(a, code) && stands(b, code)), a.full ? b.side : "unnamed " + b.side],
      [b.full ? t("went") : t("not known whether they stayed: the second list is known in part"), codes.filter((code) => stands(a, code) && !stands(b, code) && !left(b, code) && !hasCrossed(code)), b.full ? a.side + " old" : "unnamed " + a.side],
      [t("withdrew"), codes.filter((code) => left(a, code) || left(b, code)), "withdrew"],
    ];
    list(out, rows);
    picture(rows, a.day + " – " + b.day);
  }
  function states() {
    const x = get("x").value, y = get("y").value, out = get("states-out");
    window.xrState.set("x", x); window.xrState.set("y", y);
    if (!x || !y || x === y) { out.replaceChildren(make("p", t("Choose two."), "soft")); return; }
    const scroll = make("div", "", "scroll"), table = make("table"), head = make("thead"), body = make("tbody"), first = make("tr");
    scroll.tabIndex = 0; scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", name(x) + ", " + name(y));
    ["", name(x), name(y)].forEach((text) => { const cell = make(text ? "th" : "td", text); if (text) cell.scope = "col"; first.append(cell); });
    head.append(first);
    for (const item of data.statements.slice().reverse()) {
      if (!item.marks[x] && !item.marks[y]) continue;
      const row = make("tr"), title = make("th"), link = make("a", item.title);
      title.scope = "row"; link.href = "statements/" + item.id + ".html"; title.append(item.day + ": ", link); row.append(title);
      for (const code of [x, y]) {
        const cell = make("td"), mark = item.marks[code];
        if (mark) cell.append(make("span", t(side(mark)), "side " + side(mark))); else cell.textContent = item.full ? "" : "?";
        row.append(cell);
      }
      body.append(row);
    }
    table.append(head, body); scroll.append(table); out.replaceChildren(scroll);
  }
  function onDay(day) {
    const found = {};
    for (const code in data.changes) for (const item of data.changes[code]) if (data.days[item[0]] <= day) found[code] = item.slice(1);
    return found;
  }
  function days() {
    const from = get("from").value, to = get("to").value, out = get("days-out");
    window.xrState.set("from", from); window.xrState.set("to", to);
    if (!from || !to || from === to) { out.replaceChildren(make("p", t("Choose two."), "soft")); return; }
    const before = onDay(from), after = onDay(to), codes = Object.keys(after).concat(Object.keys(before).filter((code) => !after[code]));
    const rows = [
      [t("crossed"), codes.filter((code) => before[code] && after[code] && side(before[code]) !== side(after[code]) && side(after[code]) !== "withdrew")],
      [t("withdrew"), codes.filter((code) => side(after[code]) === "withdrew" && side(before[code]) !== "withdrew")],
      [t("came") + ", " + t("critical"), codes.filter((code) => !before[code] && side(after[code]) === "critical")],
      [t("came") + ", " + t("supportive"), codes.filter((code) => !before[code] && side(after[code]) === "supportive")],
      [t("stayed"), codes.filter((code) => before[code] && after[code] && side(before[code]) === side(after[code]))],
    ];
    list(out, rows);
  }
  get("from").min = get("to").min = data.days[0];
  get("from").max = get("to").max = data.days[data.days.length - 1];
  for (const [ids, draw] of [[["a", "b"], statements], [["x", "y"], states], [["from", "to"], days]]) {
    for (const id of ids) { const wanted = window.xrState.get(id); get(id).value = wanted; get(id).addEventListener("input", draw); }
    draw();
  }
})();
