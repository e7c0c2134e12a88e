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
  function statements() {
    const a = data.statements.find((item) => item.id === get("a").value), b = data.statements.find((item) => item.id === get("b").value);
    window.xrState.set("a", get("a").value); window.xrState.set("b", get("b").value);
    const out = get("statements-out");
    if (!a || !b || a === b) { out.replaceChildren(make("p", t("Choose two."), "soft")); return; }
    const stands = (item, code) => item.marks[code] && side(item.marks[code]) !== "withdrew";
    const codes = Array.from(new Set([...Object.keys(a.marks), ...Object.keys(b.marks)]));
    const both = codes.filter((code) => stands(a, code) && stands(b, code));
    const rows = [
      [t("stayed"), both.filter((code) => side(a.marks[code]) === side(b.marks[code]))],
      [t("crossed"), both.filter((code) => side(a.marks[code]) !== side(b.marks[code]))],
      [t("came"), codes.filter((code) => !stands(a, code) && stands(b, code))],
      [t("went"), codes.filter((code) => stands(a, code) && !stands(b, code))],
    ];
    list(out, rows);
    if (!a.full || !b.full) out.prepend(make("p", t("not known: a roster is partial"), "note"));
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
