// Draws each chart of the page from the JSON beside it, in the page's own colours, and again when these change. Charts in
// a closed fold are drawn when it opens, or before printing; the others one after another, so that the page answers soon.
(() => {
  "use strict";
  let printing = false;  // before a page is printed, its styles are still those of the screen
  const colour = (name) => getComputedStyle(document.documentElement)
    .getPropertyValue(printing ? name.replace("--", "--print-") : name).trim();
  const narrow = () => window.innerWidth < 600;
  const sharedData = document.getElementById("shared");
  const shared = sharedData ? JSON.parse(sharedData.textContent) : {};

  function themed(layout) {
    const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line"), automargin: true };
    const dressed = {
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--ink"), family: "system-ui, DejaVu Sans, sans-serif", size: narrow() ? 11 : 13 },
      margin: { l: 8, r: 16, t: 28, b: 36, ...(layout.margin || {}) },
      hoverlabel: { bgcolor: colour("--panel"), bordercolor: colour("--line"), font: { color: colour("--ink") } },
      dragmode: false,
    };
    if (layout.meta && layout.meta.named && narrow()) {  // no room at the ends of lines
      dressed.annotations = [];
      dressed.showlegend = true;
      dressed.legend = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
      dressed.margin = { ...dressed.margin, r: 12 };
      dressed.height = layout.height + 60;
    }
    for (const key of Object.keys(layout)) {
      if (/^[xy]axis\d*$/.test(key)) dressed[key] = { ...axis, ...layout[key] };
    }
    if (!dressed.xaxis) dressed.xaxis = axis;
    if (!dressed.yaxis) dressed.yaxis = axis;
    return dressed;
  }

  const SVG = {
    name: "svg", title: "Download as SVG", icon: Plotly.Icons.disk,
    click: (chart) => Plotly.downloadImage(chart, { format: "svg", filename: chart.id }),
  };

  function draw(place) {
    const spec = JSON.parse(document.getElementById(place.id + "-data").textContent);
    for (const trace of spec.data) if (typeof trace.x === "string") trace.x = shared[trace.x];
    const config = {
      responsive: true, displaylogo: false, modeBarButtonsToAdd: [SVG],
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { format: "png", filename: place.id, scale: 2 },
    };
    const first = !place.classList.contains("drawn");
    place.classList.add("drawn");
    return Plotly.react(place, spec.data, themed(spec.layout), config).then(() => first && listen(place));
  }

  // A mark that stands for an event leads to it.
  function listen(place) {
    place.on("plotly_click", (clicked) => {
      const anchor = clicked.points[0].customdata;
      if (typeof anchor === "string" && document.getElementById(anchor)) window.location.hash = anchor;
    });
  }

  const charts = () => Array.from(document.querySelectorAll(".chart"));
  const open = (place) => !place.closest("details:not([open])");
  const drawn = (place) => place.classList.contains("drawn");

  // One at a time, with a breath between: a page of many charts can be scrolled while it fills.
  async function drawAll(which) {
    for (const place of charts().filter(which)) {
      await draw(place);
      await new Promise((done) => setTimeout(done, 0));
    }
  }

  // A link to what lies in a fold opens it.
  function show() {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  }

  document.addEventListener("toggle", (event) => {
    if (event.target.open) drawAll((place) => !drawn(place) && open(place) && event.target.contains(place));
  }, true);
  window.addEventListener("hashchange", show);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(drawn));
  for (const moment of ["beforeprint", "afterprint"]) {  // a printer does not wait
    window.addEventListener(moment, () => {
      printing = moment === "beforeprint";
      charts().filter(open).forEach(draw);
    });
  }
  drawAll(open).then(() => { document.documentElement.setAttribute("data-drawn", "yes"); show(); });
})();
