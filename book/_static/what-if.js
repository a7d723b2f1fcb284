// What if: leave sources out, change who counts, choose the interval. Every statistic comes with the page
// (living_review.report.what_if); here it is chosen, counted and drawn. The figure of the page stays until
// a choice is changed, then the drawing takes its place; on paper there is always the figure.
(() => {
  "use strict";
  const source = document.getElementById("lr-whatif-data");
  const data = JSON.parse(source.textContent);
  const figure = document.getElementById("synthesis-forest");

  const select = ({ without, denominator, method }) => data.rows
    .filter((row) => !without.includes(row.study))
    .map((row) => ({ ...row, ...data.studies[row.study], ...row.out_of[denominator], limits: row.out_of[denominator].limits[method] }));
  const sentence = (rows, { denominator, method }) => {
    if (!rows.length) return "No source is left: put one back.";
    const worded = rows.filter((r) => r.inferred).length;
    const studies = new Set(rows.map((r) => r.study)).size;
    const width = ({ limits }) => limits.to - limits.from;
    const widest = rows.reduce((a, b) => (width(b) > width(a) + 1e-12 ? b : a));
    return `${rows.length} counts from ${studies} ${studies === 1 ? "source" : "sources"}, out of ` +
      `${data.denominators[denominator]}: ${rows.filter((r) => r.everyone).length} of ${rows.length} are everyone counted. ` +
      `The widest ${data.methods[method]} interval is that of ${widest.label}, ${widest.outcome}: ${widest.limits.text}.` +
      (worded ? ` * ${worded} of these in words.` : "");
  };
  const limits = (r) => r.limits.text;
  const written = (r) => `${r.count}: ${limits(r)}`;

  // Drawing: the same order, colours and marks as the figure of the page.
  const NS = "http://www.w3.org/2000/svg";
  const svgMake = (tag, attributes, text) => {
    const element = document.createElementNS(NS, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
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
      parts.push(svgMake("line", { x1: x(r.limits.from), x2: x(r.limits.to), y1: y, y2: y, style: themed("stroke", r.colour), "stroke-width": 2.5 }));
      parts.push(svgMake("path", { d: r.marker, style: `${themed("fill", r.colour)};${themed("stroke", r.colour)}`, transform: `translate(${x(r.at)} ${y})` }));
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
  const studies = Object.entries(data.studies);
  const form = make("form", { className: "lr-controls lr-whatif-controls" },
    make("fieldset", {}, make("legend", { textContent: "Sources that count" }),
      ...studies.map(([id, { label }]) => choice("checkbox", "study", id, label, true))),
    make("fieldset", {}, make("legend", { textContent: "Out of" }),
      ...Object.entries(data.denominators).map(([key, words], i) => choice("radio", "denominator", key, words, i === 0))),
    make("fieldset", {}, make("legend", { textContent: "Interval" }),
      ...Object.entries(data.methods).map(([key, words], i) => choice("radio", "method", key, words, i === 0))),
    make("button", { type: "reset", className: "lr-button", textContent: "Show the figure again" }));
  const status = make("p", { className: "lr-whatif-sentence" });
  status.setAttribute("role", "status");
  const plate = make("div", { className: "lr-figure lr-whatif-plate", hidden: true });
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
    const rows = select(chosen);
    const words = sentence(rows, chosen);
    status.textContent = words;
    plate.replaceChildren(...(rows.length ? [draw(rows, words)] : []));
    body.replaceChildren(...rows.map((r) => make("tr", {},
      make("th", { scope: "row", textContent: r.outcome }), make("td", { textContent: r.label }),
      make("td", { textContent: r.definition }), make("td", { textContent: r.count }),
      make("td", { textContent: r.percent }),
      make("td", { textContent: limits(r) }))));
  };
  const swap = (drawn) => {
    plate.hidden = !drawn;
    figure.classList.toggle("is-swapped", drawn);
  };
  form.addEventListener("change", () => { update(); swap(true); });
  form.addEventListener("reset", () => setTimeout(() => { update(); swap(false); })); // after the fields
  form.addEventListener("submit", (event) => event.preventDefault());

  const section = make("details", { className: "lr-fold lr-whatif" },
    make("summary", { id: "what-if", textContent: "What if? Leave sources out, change who counts or the interval" }),
    make("p", { textContent: "The figure and the sentence under the choices follow at once. Nothing is pooled here either." }),
    form, status, make("details", {}, make("summary", { textContent: "These numbers as a table" }), frame));
  source.after(section);
  figure.before(plate);
  window.livingReview.hinted(frame);
  update();
})();
