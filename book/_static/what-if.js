// What if: leave sources out, change who counts, choose the interval. Everything is computed here, in
// the page; tests/site/test_what_if.py compares every combination with the Python results.
(() => {
  "use strict";
  const source = document.getElementById("lr-whatif-data");
  const data = JSON.parse(source.textContent);
  const LEVEL = 0.95;
  const Z = 1.959963984540054; // the normal quantile of 0.975, as a double

  // Tail of the binomial: P(X >= from), by logarithms so that no term overflows.
  const upperTail = (from, n, p) => {
    if (from <= 0) return 1;
    if (p <= 0) return 0;
    if (p >= 1) return 1;
    let logChoose = 0; // of (n, k), built up from k = 0
    let total = 0;
    for (let k = 0; k <= n; k += 1) {
      if (k > 0) logChoose += Math.log((n - k + 1) / k);
      if (k >= from) total += Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
    }
    return Math.min(1, total);
  };
  // Bisection to the last bit: the tail rises with p.
  const solve = (from, n, target) => {
    let low = 0;
    let high = 1;
    for (let i = 0; i < 80; i += 1) {
      const middle = (low + high) / 2;
      if (upperTail(from, n, middle) < target) low = middle; else high = middle;
    }
    return (low + high) / 2;
  };
  const METHODS = {
    exact: ["Clopper-Pearson", (x, n) => [
      x === 0 ? 0 : solve(x, n, (1 - LEVEL) / 2),
      x === n ? 1 : solve(x + 1, n, 1 - (1 - LEVEL) / 2),
    ]],
    wilson: ["Wilson", (x, n) => {
      const p = x / n;
      const middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
      const half = Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
      return [x === 0 ? 0 : middle - half, x === n ? 1 : middle + half];
    }],
  };
  const DENOMINATORS = { evaluable: "those who could be judged", treated: "all who were treated" };
  // Half rounded up on the decimal number, as the pages do: 0.285 is 29%, not 28%. Twelve digits, for
  // a limit found by bisection is right to about fifteen.
  const percent = (share) => `${share < 1e-6 ? 0 : Math.round(Number(`${Number(share.toPrecision(12))}e2`))}%`;

  const compute = ({ without, denominator, method }) => data
    .filter((row) => !without.includes(row.study_id))
    .map((row) => {
      const n = denominator === "treated" ? row.n_treated : row.n_evaluable;
      const [lower, upper] = METHODS[method][1](row.events, n);
      return { ...row, n, estimate: row.events / n, lower, upper };
    });
  const sentence = (rows, { denominator, method }) => {
    if (!rows.length) return "No source is left: put one back.";
    const worded = rows.filter((r) => r.inferred).length;
    const studies = new Set(rows.map((r) => r.study_id)).size;
    const full = rows.filter((r) => r.events === r.n).length;
    const widest = rows.reduce((a, b) => (b.upper - b.lower > a.upper - a.lower + 1e-12 ? b : a));
    return `${rows.length} counts from ${studies} ${studies === 1 ? "source" : "sources"}, out of ` +
      `${DENOMINATORS[denominator]}: ${full} of ${rows.length} are everyone counted. The widest ` +
      `${METHODS[method][0]} interval is that of ${widest.label}, ${widest.outcome}: ` +
      `${percent(widest.lower)} to ${percent(widest.upper)}.` +
      (worded ? ` * ${worded} of these in words.` : "");
  };
  const limits = (r) => `${percent(r.lower)} to ${percent(r.upper)}`;
  const share = (r) => `${r.events} of ${r.n}${r.inferred ? " *" : ""}`;
  const written = (r) => `${r.events} of ${r.n}: ${limits(r)}`;

  // Drawing: the same order, colours and marks as the figure above it.
  const NS = "http://www.w3.org/2000/svg";
  const svgMake = (tag, attributes, text) => {
    const element = document.createElementNS(NS, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const SHAPES = {
    o: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", s: "M-5-5h10v10h-10z", D: "M0-6.5L6.5 0L0 6.5L-6.5 0z",
    "^": "M0-6L6 5H-6z", v: "M0 6L6-5H-6z", P: "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    X: "M-5-5L5 5M5-5L-5 5", "<": "M-6 0L5-6V6z", ">": "M6 0L-5-6V6z", h: "M0-6L5-3V3L0 6L-5 3V-3z",
  };
  // As in the figures: the page may give a colour another for a dark ground (living-review.css).
  const themed = (what, hex) => `${what}:var(--f-${hex.slice(1)},${hex})`;
  const draw = (rows, words) => {
    const left = 10; // narrow, so that the words stay readable on a phone
    const wide = 410;
    const x = (share) => left + share * wide;
    const parts = [];
    let y = 8;
    let group = null;
    for (const r of rows) {
      if (r.outcome !== group) {
        y += group === null ? 14 : 26;
        parts.push(svgMake("text", { x: left, y, "font-weight": 700, "font-size": 14 }, r.outcome));
        group = r.outcome;
        y += 8;
      }
      y += 16;
      parts.push(svgMake("text", { x: left, y, "font-size": 13 }, r.label + (r.inferred ? " *" : "")));
      parts.push(svgMake("text", { x: left + wide, y, "font-size": 13, "text-anchor": "end", style: themed("fill", "#56616b") }, written(r)));
      y += 12;
      parts.push(svgMake("line", { x1: x(r.lower), x2: x(r.upper), y1: y, y2: y, style: themed("stroke", r.colour), "stroke-width": 2.5 }));
      parts.push(svgMake("path", { d: SHAPES[r.mark] || SHAPES.o, style: `${themed("fill", r.colour)};${themed("stroke", r.colour)}`, transform: `translate(${x(r.estimate)} ${y})` }));
      y += 6;
    }
    y += 14;
    const svg = svgMake("svg", { viewBox: `0 0 ${wide + 2 * left} ${y + 26}`, role: "img", "aria-label": words });
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(svgMake("line", { x1: x(tick), x2: x(tick), y1: 4, y2: y, style: themed("stroke", "#dfe4e8") }));
      svg.append(svgMake("text", { x: x(tick), y: y + 18, "font-size": 13, "text-anchor": tick === 1 ? "end" : tick ? "middle" : "start" }, `${tick * 100}%`));
    }
    svg.append(svgMake("line", { x1: left, x2: left + wide, y1: y, y2: y, style: themed("stroke", "#56616b") }), ...parts);
    return svg;
  };

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const choice = (type, name, value, words, checked) => {
    const input = make("input", { type, name, value, checked, id: `lr-wi-${name}-${value}` });
    return make("label", { htmlFor: input.id, className: "lr-choice" }, input, " ", words);
  };
  const studies = [...new Map(data.map((r) => [r.study_id, r.label]))];
  const form = make("form", { className: "lr-controls lr-whatif-controls" },
    make("fieldset", {}, make("legend", { textContent: "Sources that count" }),
      ...studies.map(([id, label]) => choice("checkbox", "study", id, label, true))),
    make("fieldset", {}, make("legend", { textContent: "Out of" }),
      ...Object.entries(DENOMINATORS).map(([key, words], i) => choice("radio", "denominator", key, words, i === 0))),
    make("fieldset", {}, make("legend", { textContent: "Interval" }),
      ...Object.entries(METHODS).map(([key, [words]], i) => choice("radio", "method", key, words, i === 0))));
  const status = make("p", { className: "lr-whatif-sentence" });
  status.setAttribute("role", "status");
  const plate = make("div", { className: "lr-figure lr-whatif-plate" });
  const body = make("tbody");
  const heading = (words) => make("th", { scope: "col", textContent: words });
  const HEADINGS = ["Outcome", "Source", "What counts", "Patients", "Share", "95% interval"];
  const frame = make("div", { className: "lr-table lr-stack", tabIndex: 0 },
    make("table", {}, make("caption", { id: "lr-wi-caption", textContent: "The numbers of the figure, as chosen" }),
      make("thead", {}, make("tr", {}, ...HEADINGS.map(heading))), body));
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-labelledby", "lr-wi-caption");
  HEADINGS.forEach((words, i) => frame.style.setProperty(`--h${i + 1}`, `"${words}"`)); // for a phone

  const update = () => {
    const chosen = {
      without: studies.map(([id]) => id).filter((id) => !form.elements[`lr-wi-study-${id}`].checked),
      denominator: form.elements.denominator.value,
      method: form.elements.method.value,
    };
    const rows = compute(chosen);
    const words = sentence(rows, chosen);
    status.textContent = words;
    plate.replaceChildren(...(rows.length ? [draw(rows, words)] : []));
    body.replaceChildren(...rows.map((r) => make("tr", {},
      make("th", { scope: "row", textContent: r.outcome }), make("td", { textContent: r.label }),
      make("td", { textContent: r.definition }), make("td", { textContent: share(r) }),
      make("td", { textContent: percent(r.estimate) }),
      make("td", { textContent: limits(r) }))));
  };
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());

  const section = make("section", { className: "lr-whatif" },
    make("h3", { id: "what-if", textContent: "What if?" }),
    make("p", { textContent: "Leave sources out, change who is counted, or choose another interval: the figure and the sentence under the choices follow at once. Nothing is pooled here either." }),
    form, status, plate, make("details", {}, make("summary", { textContent: "These numbers as a table" }), frame));
  section.setAttribute("aria-labelledby", "what-if");
  source.after(section);
  window.livingReview.hinted(frame);
  window.livingReview.whatIf = compute;
  update();
})();
