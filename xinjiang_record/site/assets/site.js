// Tables that sort and filter, tooltips, state in the address, CSV of what is shown. Every page works without this.
"use strict";
(function () {
  document.documentElement.classList.add("js");
  const params = new URLSearchParams(location.search);
  if (params.has("embed")) document.documentElement.classList.add("embed");
  function remember(name, value) {
    if (value) params.set(name, value); else params.delete(name);
    const query = params.toString().replace(/(^|&)embed=(?=&|$)/, "$1embed");
    try { history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash); } catch (_) { /* file:// in some browsers */ }
  }
  window.xrState = { get: (name) => params.get(name) || "", set: remember };
  window.xrSave = function (name, data, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(data instanceof Blob ? data : new Blob([data], { type: type || "text/csv" }));
    link.download = name; link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const words = JSON.parse(document.body.dataset.words || "{}");
  const alone = params.has("embed") && document.getElementById(params.get("figure") || "");
  if (alone && alone.tagName === "FIGURE") // one picture of the page: everything beside it is hidden
    for (let node = alone; node.id !== "main" && node.parentElement; node = node.parentElement)
      for (const other of node.parentElement.children) if (other !== node) other.hidden = true;

  // A drawing of the page as a file of its own, in the colours and the language that the page has now.
  const FONTS = "Liberation Sans, DejaVu Sans, Arial, sans-serif", NS = "http://www.w3.org/2000/svg";
  const make = (name, values) => { const node = document.createElementNS(NS, name); for (const key in values) node.setAttribute(key, values[key]); return node; };
  function fit(text, width, size, weight) { // the lines of a text that are no wider
    const pen = document.createElement("canvas").getContext("2d"), rows = [""];
    pen.font = (weight || 400) + " " + size + "px " + FONTS;
    for (const word of text.split(/\s+/)) {
      const longer = (rows[rows.length - 1] + " " + word).trim();
      if (pen.measureText(longer).width <= width || !rows[rows.length - 1]) rows[rows.length - 1] = longer; else rows.push(word);
    }
    return rows;
  }
  function baseMap(image) { // the land under a map of the page, which is a file of its own
    const load = new Promise((done) => {
      if (window.xrWorld) { done(); return; }
      const script = document.createElement("script");
      script.src = image.getAttribute("href").replace(/svg$/, "js"); script.onload = script.onerror = () => done();
      document.head.append(script);
    });
    return load.then(() => {
      const style = getComputedStyle(document.documentElement), group = make("g", { fill: style.getPropertyValue("--land"), stroke: style.getPropertyValue("--coast"), "stroke-width": 0.5 });
      for (const path of window.xrWorld || []) group.append(make("path", { d: path }));
      return group;
    });
  }
  window.xrDrawingFile = async function (svg, title, lines) {
    const copy = svg.cloneNode(true), out = make("svg", { xmlns: NS }), page = getComputedStyle(document.body);
    const box = svg.viewBox.baseVal, width = box && box.width ? box.width : svg.clientWidth, inside = box && box.height ? box.height : svg.clientHeight, full = width + 32;
    const parts = "path, circle, rect, line, text, tspan", hidden = [];
    const live = svg.querySelectorAll(parts), copied = copy.querySelectorAll(parts);
    live.forEach((node, at) => {
      const style = getComputedStyle(node);
      if (style.display === "none") hidden.push(copied[at]);
      for (const key of ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight"]) copied[at].setAttribute(key, style.getPropertyValue(key).replace(/url\("#(\w[\w-]*)"\)/, "url(#$1)"));
    });
    hidden.forEach((node) => node.remove());
    for (const name of ["data-tip", "data-code", "tabindex", "role", "aria-label", "class"]) copy.querySelectorAll("[" + name + "]").forEach((node) => node.removeAttribute(name));
    for (const image of copy.querySelectorAll("image")) image.replaceWith(await baseMap(image)); // a file has no outside parts
    const defs = document.querySelector("svg.defs defs");
    if (defs) {
      const own = defs.cloneNode(true), painted = own.querySelectorAll(parts);
      defs.querySelectorAll(parts).forEach((node, at) => { const style = getComputedStyle(node); for (const key of ["fill", "stroke", "stroke-width"]) painted[at].setAttribute(key, style.getPropertyValue(key)); });
      out.append(own);
    }
    let y = 12;
    const back = make("rect", { width: full, fill: page.backgroundColor }); out.append(back);
    const write = (text, size, weight) => fit(text, width, size, weight).forEach((row) => {
      y += Math.round(size * 1.4);
      const node = make("text", { x: 16, y, "font-size": size, "font-family": FONTS, "font-weight": weight || 400, fill: page.color }); node.textContent = row; out.append(node);
    });
    write(title, 18, 700);
    y += 12;
    for (const [key, value] of [["x", 16], ["y", y], ["width", width], ["height", inside], ["font-family", FONTS]]) copy.setAttribute(key, value);
    copy.removeAttribute("class"); copy.removeAttribute("role"); copy.removeAttribute("aria-label"); out.append(copy);
    y += inside + 8;
    lines.forEach((line) => write(line, 12));
    write("Xinjiang Record, CC BY 4.0. " + location.href, 11);
    const height = Math.ceil(y + 12);
    for (const node of [out, back]) node.setAttribute("height", height);
    out.setAttribute("width", full); out.setAttribute("viewBox", "0 0 " + full + " " + height);
    return new XMLSerializer().serializeToString(out);
  };
  window.xrSavePng = function (name, svg) {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2; canvas.height = image.height * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => window.xrSave(name, blob));
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  };
  const button = (text, act) => { const node = document.createElement("button"); node.type = "button"; node.textContent = text; node.addEventListener("click", () => act(node)); return node; };
  const here = () => location.href.replace(/[?#].*$/, "");
  const pop = document.createElement("div"), popText = document.createElement("pre");
  pop.className = "pop"; pop.popover = "auto"; pop.id = "picture-pop"; popText.id = "picture-text"; popText.tabIndex = 0;
  pop.append(popText, button(words.copy, (node) => copy(node, popText.textContent)));
  document.body.append(pop);
  const tell = (text) => { popText.textContent = text; pop.showPopover(); };
  document.querySelectorAll("figure[id]").forEach((figure) => { // each picture: download, link, citation, frame
    const drawings = Array.from(figure.querySelectorAll("svg.map, svg.plot"));
    if (!drawings.length) return;
    const shown = () => drawings.find((svg) => svg.getBoundingClientRect().width) || drawings[0];
    const title = () => figure.dataset.title || (figure.querySelector("h2, h3") || { textContent: (shown().getAttribute("aria-label") || document.title).split(/: |\. /)[0] }).textContent.trim();
    const bar = document.getElementById(figure.id + "-bar") || figure.querySelector(".downloads") || document.createElement("p");
    if (!bar.parentNode) { bar.className = "downloads"; figure.append(bar); }
    const isFile = document.documentElement.lang === "en" && bar.querySelector("a[href$='.svg']"); // the files are in English
    if (!isFile && !bar.querySelector("[data-save]")) {
      bar.querySelectorAll("a").forEach((link) => { if (/\.(svg|png)$/.test(link.href)) link.remove(); });
      const lines = () => Array.from(figure.querySelectorAll(".legend li"), (item) => item.textContent);
      const name = (location.pathname.split("/").pop().replace(/\.html$/, "") || "index") + "-" + figure.id;
      bar.append(button("SVG", async () => window.xrSave(name + ".svg", await window.xrDrawingFile(shown(), title(), lines()), "image/svg+xml")), " ");
      bar.append(button("PNG", async () => window.xrSavePng(name + ".png", await window.xrDrawingFile(shown(), title(), lines()))), " ");
    }
    const query = (more) => { const now = new URLSearchParams(params); now.delete("embed"); now.delete("figure"); const text = [more, now.toString()].filter(Boolean).join("&"); return text ? "?" + text : ""; };
    bar.append(button(words.link, (node) => copy(node, here() + query("") + "#" + figure.id)), " ");
    bar.append(button(words.cite, () => tell("Xinjiang Record. " + title() + ". " + words.releases + ". " + here() + query("") + "#" + figure.id)), " ");
    bar.append(button(words.embed, () => tell('<iframe src="' + here() + query("embed&figure=" + figure.id) + '" width="100%" height="560" title="' + title().replace(/["<>&]/g, " ") + '"></iframe>')));
  });

  // One tooltip for every drawing: at the pointer, at the finger, at the focused element; always inside the screen.
  const tip = document.createElement("div");
  tip.className = "tip"; tip.hidden = true; tip.setAttribute("role", "status");
  document.body.append(tip);
  let touched = null;
  const told = (node) => node.closest && node.closest("[data-tip]");
  function show(node, x, y) {
    tip.textContent = node.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8));
    const below = y + 18 + box.height < innerHeight;
    tip.style.left = left + "px"; tip.style.top = Math.max(8, below ? y + 18 : y - box.height - 12) + "px";
  }
  const hide = () => { tip.hidden = true; };
  document.querySelectorAll("[data-tip] > title").forEach((title) => title.remove()); // no second tooltip by the browser
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const node = told(event.target);
    if (node && node.dataset.tip) show(node, event.clientX, event.clientY); else hide();
  });
  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch" ? event : null; });
  document.addEventListener("click", (event) => { // a first tap tells, a second one on the same mark follows the link
    const node = told(event.target);
    if (!touched) return;
    if (!node || !node.dataset.tip) { hide(); delete tip.dataset.of; return; }
    if (tip.dataset.of === node.dataset.tip && !tip.hidden) { hide(); return; }
    event.preventDefault(); event.stopPropagation();
    tip.dataset.of = node.dataset.tip;
    show(node, touched.clientX, touched.clientY);
  }, true);
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches || !event.target.matches("svg :focus-visible")) return hide();
    const node = event.target.querySelector("[data-tip]") || told(event.target);
    if (!node) return hide();
    const box = event.target.getBoundingClientRect();
    show(node, box.left + box.width / 2, box.top + box.height / 2);
  });
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  function key(cell) {
    const raw = cell ? (cell.dataset.key !== undefined ? cell.dataset.key : cell.textContent.trim()) : "";
    const number = raw === "" ? NaN : Number(raw);
    return { raw, number };
  }
  function compare(a, b, sign) {
    if (a.raw === "" || b.raw === "") return a.raw === b.raw ? 0 : a.raw === "" ? 1 : -1; // empty cells last, both ways
    if (!isNaN(a.number) && !isNaN(b.number)) return (a.number - b.number) * sign;
    return a.raw.localeCompare(b.raw, document.documentElement.lang) * sign;
  }
  function sortBy(table, index, sign) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => ({ row, key: key(row.cells[index]) }));
    rows.sort((a, b) => compare(a.key, b.key, sign)).forEach((item) => body.append(item.row));
    Array.from(table.tHead.rows[0].cells, (head, at) => {
      if (at === index) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending"); else head.removeAttribute("aria-sort");
    });
  }
  function sortable(table) {
    const name = "sort" + (table.id === "table" || !table.id ? "" : "-" + table.id);
    Array.from(table.tHead.rows[0].cells, (head, index) => {
      const link = head.querySelector("a");
      const button = document.createElement("button");
      button.type = "button";
      if (link) { // a head that links keeps its link and gets a small button after it
        button.textContent = "\u2195"; button.setAttribute("aria-label", "Sort by " + link.textContent.trim()); head.append(document.createElement("br"), button);
      } else { button.append(...head.childNodes); head.append(button); }
      button.addEventListener("click", () => {
        const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        sortBy(table, index, sign); remember(name, (sign < 0 ? "-" : "") + index);
      });
    });
    const start = params.get(name);
    if (start && /^-?[0-9]+$/.test(start) && Math.abs(Number(start)) < table.tHead.rows[0].cells.length) sortBy(table, Math.abs(Number(start)), start.startsWith("-") ? -1 : 1);
  }
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  function filterable(form) {
    const table = document.getElementById(form.dataset.filters);
    const shown = form.querySelector("[data-found]");
    const fields = Array.from(form.querySelectorAll("[name]"));
    const rows = Array.from(table.tBodies[0].rows, (row) => ({ row, text: fold(row.textContent) }));
    function apply() {
      let count = 0;
      for (const { row, text } of rows) {
        const ok = fields.every((field) => !field.value || (field.dataset.column ? (row.dataset[field.dataset.column] || "").split("|").includes(field.value) : text.includes(fold(field.value))));
        row.hidden = !ok; count += ok;
      }
      if (shown) shown.textContent = count + " / " + rows.length;
    }
    for (const field of fields) {
      field.value = params.get(field.name) || "";
      if (field.value === undefined || field.selectedIndex === -1) field.value = "";
      field.addEventListener("input", () => { remember(field.name, field.value); apply(); });
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }
  function csv(table) {
    const quote = (text) => /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    const rows = Array.from(table.rows).filter((row) => !row.hidden);
    return rows.map((row) => Array.from(row.cells, (cell) => quote((cell.tagName === "TH" && cell.querySelector("button") && row.parentNode.tagName === "THEAD" ? cell.textContent.replace("\u2195", "") : cell.textContent).replace(/\s+/g, " ").trim())).join(",")).join("\n") + "\n";
  }
  document.querySelectorAll("table[data-sort]").forEach(sortable);
  document.querySelectorAll("form[data-filters]").forEach(filterable);
  document.querySelectorAll("button[data-csv]").forEach((button) => button.addEventListener("click", () => window.xrSave(button.dataset.name, csv(document.getElementById(button.dataset.csv)))));
  async function copy(button, text) {
    const before = button.textContent;
    try { await navigator.clipboard.writeText(text); button.textContent = "\u2713"; } catch (_) { prompt(before, text); }
    setTimeout(() => { button.textContent = before; }, 1500);
  }
  const address = () => location.href.replace(/#.*$/, "");
  document.querySelectorAll("[data-address]").forEach((node) => { if (/^https?:$/.test(location.protocol)) node.textContent = location.href.replace(/[?#].*$/, ""); });
  document.querySelectorAll("button[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button, document.getElementById(button.dataset.copy).textContent)));
  document.querySelectorAll("button[data-copy-link]").forEach((button) => button.addEventListener("click", () => copy(button, address())));
  document.querySelectorAll("button[popovertarget='embed-page']").forEach((button) => button.addEventListener("click", () => {
    const query = new URLSearchParams(params); query.delete("embed");
    const rest = query.toString(), base = location.href.replace(/[?#].*$/, "");
    document.getElementById("embed-text").textContent = '<iframe src="' + base + "?embed" + (rest ? "&" + rest : "") + '" width="100%" height="560" title="Xinjiang Record"></iframe>';
  }));
  document.querySelectorAll("select[data-order]").forEach((select) => { // the rows of a chart in another order
    const rows = Array.from(document.querySelectorAll("#" + CSS.escape(select.dataset.order) + " .row"));
    const steps = rows.map((row) => row.getAttribute("transform"));
    const name = "order-" + select.dataset.order;
    function order() {
      for (const row of rows) row.setAttribute("transform", steps[Number(row.dataset[select.value])]);
      remember(name, select.value === "published" ? "" : select.value);
    }
    select.addEventListener("input", order);
    if (["reference", "value"].includes(params.get(name))) { select.value = params.get(name); order(); }
  });
  const grid = document.querySelector("table[data-grid]"); // arrow keys move through the matrix
  if (grid) {
    const cells = () => Array.from(grid.tBodies[0].rows).filter((row) => !row.hidden);
    grid.addEventListener("keydown", (event) => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      const cell = event.target.closest("tbody td, tbody th");
      if (!step || !cell) return;
      const rows = cells(), row = rows[rows.indexOf(cell.parentNode) + step[0]], next = row && row.cells[cell.cellIndex + step[1]];
      if (!next) return;
      event.preventDefault();
      const target = next.querySelector("a") || next;
      if (target === next) next.tabIndex = -1;
      target.focus();
    });
  }
})();
