// The circle of money: firms around a ring, a ribbon between two that paid each other; at each end as wide as what the
// firm there paid the other, so that a ribbon with one thin end is money that did not come back.
//
// Reads {"months": [...], "kinds": [{"name", "unit", "firms": [{"name", "colour"}], "pairs": [[from, to], ...],
// "values": packed 32-bit floats, a row of months for each pair}]}. The slider chooses the last month, the box whether
// the twelve months up to it count or all since the opening.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const NARROW = "(max-width: 600px)";  // there letters are larger against the ring, and names shorter
  const WIDE = 860, SIZE = 720, RING = 14, GAP = 0.03, LEAST = 0.004, SHOWN = 8;

  function floats(packed) {
    const bytes = Uint8Array.from(atob(packed.bdata), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
  }

  function make(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function element(name, parent, text, attributes) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    Object.assign(made, attributes || {});
    parent.appendChild(made);
    return made;
  }

  const amount = (value, unit) => value === 0 ? "nothing"
    : `${value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(1) : value.toFixed(3)} ${unit}`;

  function sums(kind, months, first, last) {
    const size = kind.firms.length;
    const matrix = Array.from({ length: size }, () => new Float64Array(size));
    kind.pairs.forEach(([from, to], row) => {
      for (let month = first; month <= last; month++) matrix[from][to] += kind.numbers[row * months + month];
    });
    return matrix;
  }

  // Where each firm's arc begins and ends, and within it what it paid each other.
  function arcs(matrix) {
    const paid = matrix.map((row) => row.reduce((sum, value) => sum + value, 0));
    const active = matrix.map((row, at) => paid[at] > 0 || matrix.some((other) => other[at] > 0));
    const count = active.filter(Boolean).length;
    const all = paid.reduce((sum, value) => sum + value, 0) || 1;
    const room = 2 * Math.PI - count * GAP - count * LEAST;
    let angle = -Math.PI / 2;
    return matrix.map((row, at) => {
      if (!active[at]) return null;
      const start = angle, width = paid[at] / all * room;
      angle += width + LEAST;
      const end = angle;
      angle += GAP;
      let place = start + LEAST / 2;
      // Others in the order around the ring from here on, so that ribbons cross as little as they can.
      const parts = {};
      for (let step = matrix.length - 1; step > 0; step--) {
        const other = (at + step) % matrix.length;
        parts[other] = [place, place + row[other] / all * room];
        place = parts[other][1];
      }
      return { start, end, parts, paid: paid[at] };
    });
  }

  const point = (angle, radius) => `${(radius * Math.cos(angle)).toFixed(1)} ${(radius * Math.sin(angle)).toFixed(1)}`;

  function ribbon([a0, a1], [b0, b1], radius) {
    const arc = (from, to) => `A ${radius} ${radius} 0 ${to - from > Math.PI ? 1 : 0} 1 ${point(to, radius)}`;
    return `M ${point(a0, radius)} ${arc(a0, a1)} Q 0 0 ${point(b0, radius)} ${arc(b0, b1)} Q 0 0 ${point(a0, radius)} Z`;
  }

  function band(start, end, inner, outer) {
    const large = end - start > Math.PI ? 1 : 0;
    return `M ${point(start, inner)} A ${inner} ${inner} 0 ${large} 1 ${point(end, inner)} L ${point(end, outer)} ` +
      `A ${outer} ${outer} 0 ${large} 0 ${point(start, outer)} Z`;
  }

  class Circle {
    constructor(place) {
      this.place = place;
      this.data = JSON.parse(document.getElementById(place.id + "-data").textContent);
      this.kind = 0;
      this.ink = "--ink";
      this.data.kinds.forEach((kind) => { kind.numbers = floats(kind.values); });
      this.controls();
      this.picture = element("div", place, "", { className: "ring" });
      this.said = element("p", place, "", { className: "said" });
      this.said.setAttribute("aria-live", "polite");
      this.table = element("table", element("div", place, "", { className: "scroll" }));
      this.draw();
      window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
      window.matchMedia(NARROW).addEventListener("change", () => this.draw());
      for (const moment of ["beforeprint", "afterprint"]) {  // before it, styles are still those of the screen
        window.addEventListener(moment, () => { this.ink = moment === "beforeprint" ? "--print-ink" : "--ink"; this.draw(); });
      }
    }

    controls() {
      const box = element("div", this.place, "", { className: "controls" });
      const kinds = element("select", element("label", box, "Shown: "));
      this.data.kinds.forEach((kind, at) => element("option", kinds, kind.name, { value: at }));
      kinds.addEventListener("change", () => { this.kind = Number(kinds.value); this.draw(); });
      const last = this.data.months.length - 1;
      const slider = element("label", box, "Up to: ");
      this.slider = element("input", slider, "", { type: "range", min: 0, max: last, value: last, step: 1 });
      this.month = element("output", slider, this.data.months[last]);
      this.slider.addEventListener("input", () => this.draw());
      const span = element("select", element("label", box, "Counted: "));
      element("option", span, "all since the opening", { value: "all" });
      element("option", span, "the twelve months before", { value: "year" });
      span.addEventListener("change", () => { this.year = span.value === "year"; this.draw(); });
      element("button", box, "SVG", { type: "button", title: "Download as SVG" }).addEventListener("click", () => this.save("svg"));
      element("button", box, "PNG", { type: "button", title: "Download as PNG" }).addEventListener("click", () => this.save("png"));
    }

    draw() {
      const kind = this.data.kinds[this.kind], months = this.data.months;
      const last = Number(this.slider.value), first = this.year ? Math.max(0, last - 11) : 0;
      this.month.textContent = months[last];
      const matrix = sums(kind, months.length, first, last);
      const around = arcs(matrix);
      this.ring(kind, matrix, around);
      this.rows(kind, matrix);
      const all = matrix.reduce((sum, row) => sum + row.reduce((part, value) => part + value, 0), 0);
      this.rest = `${kind.name}, ${months[first]} to ${months[last]}: ${amount(all, kind.unit)} in all.`;
      this.said.textContent = this.rest;
      this.place.setAttribute("data-drawn", `${this.kind}:${months[first]}:${months[last]}`);
    }

    ring(kind, matrix, around) {
      const ink = getComputedStyle(document.documentElement).getPropertyValue(this.ink);
      const narrow = window.matchMedia(NARROW).matches;
      const outer = SIZE / 2 - (narrow ? 150 : 105), inner = outer - RING;
      this.picture.textContent = "";
      const box = `${-WIDE / 2} ${-SIZE / 2} ${WIDE} ${SIZE}`;
      const svg = make("svg", { viewBox: box, role: "group" }, this.picture);
      const ribbons = make("g", { "fill-opacity": 0.62 }, svg);
      for (let one = 0; one < matrix.length; one++) {
        for (let other = one + 1; other < matrix.length; other++) {
          if (!(matrix[one][other] || matrix[other][one])) continue;
          const payer = matrix[one][other] >= matrix[other][one] ? one : other;
          const path = make("path", {
            d: ribbon(around[one].parts[other], around[other].parts[one], inner - 2),
            fill: kind.firms[payer].colour, "data-ends": `${one} ${other}`,
          }, ribbons);
          const told = this.between(kind, matrix, one, other);
          make("title", {}, path, told);
          path.addEventListener("pointerenter", () => { this.said.textContent = told; });
          path.addEventListener("pointerleave", () => { this.said.textContent = this.rest; });
        }
      }
      around.forEach((arc, at) => arc && this.firm(kind, matrix, arc, at, svg, ribbons, inner, outer, ink, narrow));
    }

    firm(kind, matrix, arc, at, svg, ribbons, inner, outer, ink, narrow) {
      const longest = narrow ? 13 : 20;
      const group = make("g", { tabindex: 0 }, svg);
      const firm = kind.firms[at];
      make("path", { d: band(arc.start, arc.end, inner, outer), fill: firm.colour }, group);
      const middle = (arc.start + arc.end) / 2, left = Math.cos(middle) < 0;
      const turn = middle * 180 / Math.PI + (left ? 180 : 0);
      make("text", {
        transform: `translate(${point(middle, outer + 7).replace(" ", ",")}) rotate(${turn.toFixed(1)})`,
        "text-anchor": left ? "end" : "start", "dominant-baseline": "central", "font-size": narrow ? 29 : 17, fill: ink,
        "font-family": "system-ui, DejaVu Sans, sans-serif",
      }, group, firm.name.length > longest ? firm.name.slice(0, longest - 1) + "…" : firm.name);
      const received = matrix.reduce((sum, row) => sum + row[at], 0);
      const told = `${firm.name} gave ${amount(arc.paid, kind.unit)} and got ${amount(received, kind.unit)}.`;
      make("title", {}, group, told);
      const only = (name) => {
        for (const path of ribbons.children) {
          const ends = path.getAttribute("data-ends").split(" ");
          path.setAttribute("opacity", name === null || ends.includes(String(name)) ? 1 : 0.12);
        }
        this.said.textContent = name === null ? this.rest : told;
      };
      for (const kindOf of ["pointerenter", "focus"]) group.addEventListener(kindOf, () => only(at));
      for (const kindOf of ["pointerleave", "blur"]) group.addEventListener(kindOf, () => only(null));
    }

    between(kind, matrix, one, other) {
      const [a, b] = [kind.firms[one].name, kind.firms[other].name];
      return `${a} to ${b}: ${amount(matrix[one][other], kind.unit)}; ${b} to ${a}: ${amount(matrix[other][one], kind.unit)}.`;
    }

    // The largest flows, with what came back.
    rows(kind, matrix) {
      const flows = [];
      matrix.forEach((row, from) => row.forEach((value, to) => value > 0 && flows.push([value, from, to])));
      flows.sort((a, b) => b[0] - a[0] || a[1] - b[1] || a[2] - b[2]);
      this.table.textContent = "";
      const head = element("tr", element("thead", this.table));
      ["from", "to", "gave", "got back"].forEach((name, at) => element("th", head, name, { className: at > 1 ? "number" : "" }));
      const body = element("tbody", this.table);
      for (const [value, from, to] of flows.slice(0, SHOWN)) {
        const row = element("tr", body);
        element("td", row, kind.firms[from].name);
        element("td", row, kind.firms[to].name);
        element("td", row, amount(value, kind.unit), { className: "number" });
        element("td", row, amount(matrix[to][from], kind.unit), { className: "number" });
      }
      if (!flows.length) element("td", element("tr", body), "nothing flowed in this time", { colSpan: 4 });
    }

    save(format) {
      const svg = this.picture.firstChild.cloneNode(true);
      svg.setAttribute("width", WIDE);
      svg.setAttribute("height", SIZE);
      const text = new XMLSerializer().serializeToString(svg);
      if (format === "svg") return this.download(new Blob([text], { type: "image/svg+xml" }), "svg");
      const image = new Image();
      image.addEventListener("load", () => {
        const canvas = element("canvas", document.createDocumentFragment(), "", { width: 2 * WIDE, height: 2 * SIZE });
        const pen = canvas.getContext("2d");
        pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper");
        pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => this.download(blob, "png"));
      });
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    }

    download(blob, format) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${this.place.id}.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    }
  }

  document.querySelectorAll(".circle").forEach((place) => new Circle(place));
})();
