// Charts drawn again by Vega where a reader asks for it: pointing shows a figure, the time axis can change. The drawing is static until then.
"use strict";
(function () {
  document.querySelectorAll("button[data-explore]").forEach((button) => {
    const figure = button.closest("figure"), target = figure.querySelector(".chart"), select = figure.querySelector("select[data-by]");
    const specs = JSON.parse(document.getElementById(button.dataset.explore).textContent);
    const name = button.dataset.explore;
    function load(then) {
      if (window.xrEmbed) { then(); return; }
      const script = document.createElement("script");
      script.src = button.dataset.script; script.onload = then;
      document.head.append(script);
    }
    function dress(spec) { // the page's own ink instead of black
      const ink = getComputedStyle(document.body).color;
      const text = JSON.stringify(spec).replaceAll('"#101010"', JSON.stringify(ink));
      return JSON.parse(text);
    }
    async function draw() {
      const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
      await window.xrEmbed(target, dress(specs[select ? select.value : "published"]), options);
      target.dataset.live = "1"; button.hidden = true; window.xrState.set("explore", name);
    }
    button.addEventListener("click", () => load(draw));
    if (select) {
      const wanted = window.xrState.get("by-" + name);
      if (wanted) select.value = wanted;
      select.addEventListener("input", () => { window.xrState.set("by-" + name, select.value === "published" ? "" : select.value); load(draw); });
      if (select.value && select.value !== "published") load(draw);
    }
    if (window.xrState.get("explore") === name) load(draw);
  });
})();
