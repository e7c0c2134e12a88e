// Tables that sort and filter, state in the address, CSV of what is shown, copying a snippet. Every page works without this.
"use strict";
(function () {
  document.documentElement.classList.add("js");
  const params = new URLSearchParams(location.search);
  function remember(name, value) {
    if (value) params.set(name, value); else params.delete(name);
    const query = params.toString();
    try { history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash); } catch (_) { /* file:// in some browsers */ }
  }
  window.xrState = { get: (name) => params.get(name) || "", set: remember };

  function key(cell) {
    const raw = cell ? (cell.dataset.key !== undefined ? cell.dataset.key : cell.textContent.trim()) : "";
    const number = raw === "" ? NaN : Number(raw);
    return { raw, number };
  }
  function compare(a, b, sign) {
    if (a.raw === "" || b.raw === "") return a.raw === b.raw ? 0 : a.raw === "" ? 1 : -1; // empty cells last, both ways
    if (!isNaN(a.number) && !isNaN(b.number)) return (a.number - b.number) * sign;
    return a.raw.localeCompare(b.raw, "en") * sign;
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
    if (start && /^-?\d+$/.test(start) && Math.abs(Number(start)) < table.tHead.rows[0].cells.length) sortBy(table, Math.abs(Number(start)), start.startsWith("-") ? -1 : 1);
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
      if (shown) shown.textContent = count + " of " + rows.length + " rows";
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
  function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name; link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  document.querySelectorAll("table[data-sort]").forEach(sortable);
  document.querySelectorAll("form[data-filters]").forEach(filterable);
  document.querySelectorAll("button[data-csv]").forEach((button) => button.addEventListener("click", () => save(button.dataset.name, csv(document.getElementById(button.dataset.csv)))));
  document.querySelectorAll("button[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  }));
  const grid = document.querySelector("table[data-grid]"); // arrow keys walk the matrix
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
