// The evidence explorer: filter, search, sort, pages of fifty rows, CSV, citation, address.
// It draws true tables and true form controls; only one page of rows (fewer on a phone) is in the document,
// so that twenty thousand rows stay quick. The rows of a large review come in parts: the first at once, those
// that a filter narrows down to when it is chosen, all others when they are asked for.
(async () => {
  "use strict";
  const place = document.getElementById("lr-explorer");
  if (!("DecompressionStream" in window)) {
    place.textContent = "This browser is too old for the explorer. Every row is in the tables of the page About the data.";
    return;
  }
  // The rows come compressed within the page, a quarter of their size; nothing is fetched.
  const data = await window.livingReview.unpack(document.getElementById("lr-explorer-data").textContent);
  const PAGE = matchMedia("(max-width: 40rem)").matches ? 20 : 50;
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u2212/g, "-").toLowerCase();
  const rowOf = (values, order) => {
    const row = Object.fromEntries(data.fields.map((field, i) => [field, values[i]]));
    row.order = order;
    row.source = data.studies[row.study].source;
    row.disease = data.studies[row.study].disease;
    row.words = data.certaintyWords[row.certainty];
    return row;
  };
  let rows = data.rows.map(rowOf);
  const parts = data.parts || [];
  parts.reduce((first, one) => { one.first = first; return first + one.rows; }, 0);
  const total = parts.reduce((sum, one) => sum + one.rows, rows.length);
  const AT_ONCE = 3; // parts that are loaded without asking, a few hundred kilobytes each
  const load = async (number) => {
    const held = await window.livingReview.part(`evidence/explorer-${number}`);
    if (parts[number].loaded) return;
    parts[number].loaded = true;
    rows = [...rows, ...held.map((values, at) => rowOf(values, parts[number].first + at))].sort((a, b) => a.order - b.order);
  };
  // What the search looks through; made at the first search, not while the page opens.
  const textOf = (row) => {
    row.text ??= fold([row.source, row.disease, row.kind, row.endpoint, row.what, row.whom, row.result,
      row.printed, row.where, row.verdict, row.note, data.studies[row.study].reference].join(" "));
    return row.text;
  };
  const FILTERS = [
    ["disease", "Disease", (r) => r.disease],
    ["study", "Study", (r) => r.source],
    ["kind", "Kind", (r) => r.kind],
    ["class", "Endpoint", (r) => r.endpoint],
    ["verdict", "Verdict", (r) => r.verdict],
    ["certainty", "Certainty", (r) => r.words],
  ];
  const RANK = Object.fromEntries(Object.keys(data.verdicts).map((v, i) => [v, i]));
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en"));
  // What a column sorts by; rows without it stand last in both directions.
  const SORTS = [
    (r) => r.source, (r) => `${r.kind} ${r.endpoint}`, (r) => r.what, (r) => r.number,
    (r) => r.where, (r) => RANK[r.verdict], (r) => r.certainty || null,
  ];
  const state = { q: "", sort: "", page: 1 };
  for (const [key] of FILTERS) state[key] = "";
  let shown = rows;

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Controls
  const controls = make("form", { className: "lr-controls" });
  controls.setAttribute("role", "search");
  controls.setAttribute("aria-label", "Filter the evidence");
  const search = make("input", { type: "search", id: "lr-ex-q", autocomplete: "off" });
  controls.append(make("p", { className: "lr-control lr-control-wide" },
    make("label", { htmlFor: "lr-ex-q", textContent: "Search in all columns" }), search));
  const selects = {};
  for (const [key, label, get] of FILTERS) {
    const select = make("select", { id: `lr-ex-${key}` }, make("option", { value: "", textContent: "All" }));
    const values = parts.length ? parts.flatMap((one) => one.holds[key]) : rows.map(get);
    for (const value of [...new Set(values)].filter(Boolean).sort(compare)) {
      select.append(make("option", { value, textContent: value }));
    }
    selects[key] = select;
    controls.append(make("p", { className: "lr-control" },
      make("label", { htmlFor: select.id, textContent: label }), select));
  }
  const clear = make("button", { type: "button", className: "lr-button", textContent: "Show all rows" });
  const save = make("button", { type: "button", className: "lr-button", textContent: "Download these rows (CSV)" });
  const count = make("p", { className: "lr-count" });
  count.setAttribute("role", "status");
  const more = make("button", { type: "button", className: "lr-button", hidden: true });

  // Table
  const frame = make("div", { className: "lr-table lr-stack", tabIndex: 0 });
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-labelledby", "lr-ex-caption");
  // On a phone a value stands beside its heading (see living-review.css).
  [...data.headings, "Cite"].forEach((words, i) => frame.style.setProperty(`--h${i + 1}`, `"${words}"`));
  const body = make("tbody");
  const heads = data.headings.map((words, column) => {
    const button = make("button", { type: "button", className: "lr-sort", textContent: words });
    button.addEventListener("click", () => {
      state.sort = state.sort === `${column}` ? `-${column}` : state.sort === `-${column}` ? "" : `${column}`;
      state.page = 1;
      update();
    });
    const th = make("th", { scope: "col" }, button);
    return th;
  });
  frame.append(make("table", {},
    make("caption", { id: "lr-ex-caption", textContent: "Everything that the papers print" }),
    make("thead", {}, make("tr", {}, ...heads, make("th", { scope: "col", textContent: "Cite" }))), body));

  // Pages
  const before = make("button", { type: "button", className: "lr-button", textContent: "Previous rows" });
  const after = make("button", { type: "button", className: "lr-button", textContent: "Next rows" });
  const where = make("span");
  const pager = make("nav", { className: "lr-pager" }, before, where, after);
  pager.setAttribute("aria-label", "Pages of the table");

  const small = (text) => (text ? make("span", { className: "lr-unit lr-second", textContent: text }) : "");
  const together = (result) => result.replace(/% CI (\S+) to /, "%\u00a0CI\u00a0$1\u00a0to\u00a0"); // one interval, one line
  const marked = (html) => { const t = document.createElement("template"); t.innerHTML = html; return t.content; };
  const cite = (r) => `${r.source}: ${r.what}${r.whom ? ` (${r.whom})` : ""}: ${r.result || "no number"}` +
    `${r.printed ? `; printed “${r.printed}”` : ""}, ${r.where}. ${data.studies[r.study].reference} ` +
    `Row ${r.ref} of ${data.title}: a living review, version ${data.version}.`;
  const carded = (r, shown) => {
    const [folder, ...row] = r.ref.split("/");
    return make("a", { className: "lr-source", href: `../evidence/${folder}.html#${row.join("-")}`, textContent: shown || r.where });
  };
  const draw = (r) => {
    const study = data.studies[r.study];
    const source = study.page ? make("a", { href: study.page, textContent: r.source }) : r.source;
    const locator = study.doi
      ? make("a", { href: `https://doi.org/${study.doi}`, textContent: r.where })
      : r.where;
    const button = make("button", { type: "button", className: "lr-button lr-small" },
      "Copy", make("span", { className: "lr-unseen", textContent: ` the citation of ${r.source}, ${r.what}` }));
    button.addEventListener("click", async () => {
      await window.livingReview.copy(cite(r));
      button.firstChild.textContent = "Copied";
      setTimeout(() => { button.firstChild.textContent = "Copy"; }, 1500);
    });
    const th = make("th", { scope: "row" }, source, small(r.disease));
    const what = make("td", {}, r.what, small(r.whom));
    if (r.stands) what.append(small(`Printed again: row ${r.stands} stands for it`));
    if (r.note) what.append(make("details", { className: "lr-row-note" }, make("summary", { textContent: "Note" }), r.note));
    return make("tr", {}, th,
      make("td", {}, r.kind, small(r.endpoint === r.kind ? "" : r.endpoint)), what,
      make("td", {}, carded(r, together(r.result) || (r.printed ? "" : "–")), small(r.printed ? `“${r.printed}”` : "")),
      make("td", {}, locator),
      make("td", { className: r.verdict ? "" : "m" }, r.verdict ? marked(data.verdicts[r.verdict].replace("</span> ", "</span>\u00a0")) : "–"),
      make("td", { className: r.certainty ? "" : "m" }, r.certainty ? marked(data.certainty[r.certainty]) : "–"),
      make("td", {}, button));
  };

  const filter = () => {
    const words = fold(state.q).split(/\s+/).filter(Boolean);
    const chosen = FILTERS.filter(([key]) => state[key]);
    shown = rows.filter((r) => chosen.every(([key, , get]) => get(r) === state[key])
      && words.every((w) => textOf(r).includes(w)));
    if (state.sort) {
      const down = state.sort.startsWith("-");
      const get = SORTS[Math.abs(Number(state.sort))];
      const keyed = shown.map((r) => [get(r), r]);
      const missing = (v) => v === null || v === undefined;
      const words_ = new Intl.Collator("en");
      keyed.sort(([a, x], [b, y]) => {
        if (missing(a) || missing(b)) return missing(a) - missing(b) || x.order - y.order;
        const c = typeof a === "number" ? a - b : words_.compare(a, b);
        return (down ? -c : c) || x.order - y.order;
      });
      shown = keyed.map(([, r]) => r);
    }
  };
  // Parts that can hold a row that fits and are not loaded.
  const unread = () => [...parts.keys()].filter((n) => !parts[n].loaded
    && FILTERS.every(([key]) => !state[key] || parts[n].holds[key].includes(state[key])));
  let wish = 0;
  const fetchRows = async (numbers, mine) => {
    for (const number of numbers) {
      if (mine !== wish) return; // something else was chosen
      count.textContent = `Loading ${parts[number].rows.toLocaleString("en")} rows …`;
      try {
        await load(number);
      } catch (error) {
        count.textContent = `Rows cannot be loaded: ${error.message}.`;
        return;
      }
    }
    if (mine === wish) redraw();
  };
  const update = (write = true) => {
    redraw(write);
    wish += 1;
    const missing = unread();
    const narrow = FILTERS.some(([key]) => state[key]) && missing.length <= AT_ONCE;
    if (missing.length && (narrow || !rows.length)) fetchRows(narrow ? missing : missing.slice(0, 1), wish);
  };
  const redraw = (write = true) => {
    filter();
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    state.page = Math.min(Math.max(1, state.page), pages);
    const from = (state.page - 1) * PAGE;
    body.replaceChildren(...shown.slice(from, from + PAGE).map(draw));
    heads.forEach((th, column) => {
      if (state.sort === `${column}`) th.setAttribute("aria-sort", "ascending");
      else if (state.sort === `-${column}`) th.setAttribute("aria-sort", "descending");
      else th.removeAttribute("aria-sort");
    });
    const number = (n) => n.toLocaleString("en");
    const waiting = unread().reduce((sum, n) => sum + parts[n].rows, 0);
    const fits = shown.length ? `${number(shown.length)} of ${number(rows.length)}` : "No row fits";
    count.textContent = waiting
      ? `${fits}${shown.length ? " loaded rows" : ` of the ${number(rows.length)} that are loaded`}; of ${number(total)} in all, ${number(waiting)} that may fit are not loaded`
      : shown.length ? `${fits} rows${rows.length < total ? ` loaded, of ${number(total)} in all; all that fit are loaded` : ""}`
        : `${fits}. Take a filter away or search for fewer words.`;
    more.hidden = !waiting;
    more.textContent = `Load these ${number(waiting)} rows`;
    frame.hidden = !shown.length;
    pager.hidden = pages === 1;
    where.textContent = `Rows ${from + 1} to ${Math.min(from + PAGE, shown.length)}`;
    before.disabled = state.page === 1;
    after.disabled = state.page === pages;
    if (!write) return;
    const address = new URL(location);
    address.search = "";
    for (const [key, value] of Object.entries(state)) {
      if (value && !(key === "page" && value === 1)) address.searchParams.set(key, value);
    }
    try { history.replaceState(null, "", address); } catch { /* some browsers refuse on file:// */ }
  };

  const read = () => {
    const asked = new URL(location).searchParams;
    for (const key of Object.keys(state)) state[key] = asked.get(key) || "";
    state.page = Number(asked.get("page")) || 1;
    if (!/^-?[0-6]$/.test(state.sort)) state.sort = "";
    search.value = state.q;
    for (const [key, select] of Object.entries(selects)) {
      select.value = state[key];
      if (select.selectedIndex < 0) { select.value = ""; state[key] = ""; }
    }
  };
  const turn = (step) => {
    state.page += step;
    update();
    frame.scrollIntoView();
    frame.focus({ preventScroll: true });
  };
  let wait;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => { state.q = search.value.trim(); state.page = 1; update(); }, 120);
  });
  for (const [key, select] of Object.entries(selects)) {
    select.addEventListener("change", () => { state[key] = select.value; state.page = 1; update(); });
  }
  controls.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { wish += 1; fetchRows(unread(), wish); });
  clear.addEventListener("click", () => {
    for (const key of Object.keys(state)) state[key] = "";
    state.page = 1;
    search.value = "";
    for (const select of Object.values(selects)) select.value = "";
    update();
  });
  before.addEventListener("click", () => turn(-1));
  after.addEventListener("click", () => turn(1));
  save.addEventListener("click", () => {
    const quote = (v) => (/[",\n]/.test(v) ? `"${v.replace(/"/g, '""')}"` : v);
    const fields = ["source", "disease", ...data.fields];
    const lines = [fields, ...shown.map((r) => fields.map((f) => `${r[f] ?? ""}`))]
      .map((line) => line.map(quote).join(","));
    const blob = new Blob([`${lines.join("\n")}\n`], { type: "text/csv" });
    const a = make("a", { href: URL.createObjectURL(blob), download: "evidence.csv" });
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
    window.livingReview.say(`${shown.length} rows saved`);
  });

  place.append(controls, make("div", { className: "lr-bar" }, count, more, clear, save), frame, pager);
  window.livingReview.hinted(frame);
  read();
  update(false);
  place.classList.add("is-ready");
})();
