// Draws each chart of the page from the JSON beside it, in the page's own colours, and again when these change.
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const narrow = () => window.innerWidth < 600;

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
    const config = {
      responsive: true, displaylogo: false, modeBarButtonsToAdd: [SVG],
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { format: "png", filename: place.id, scale: 2 },
    };
    return Plotly.react(place, spec.data, themed(spec.layout), config);
  }

  function drawAll() {
    return Promise.all(Array.from(document.querySelectorAll(".chart"), draw));
  }

  drawAll().then(() => document.documentElement.setAttribute("data-drawn", "yes"));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  window.addEventListener("beforeprint", drawAll);
  window.addEventListener("afterprint", drawAll);
})();
