// Long tables of a chapter (class lr-explore): search, a choice for each short column, sorting.
// The whole table is in the page; without JavaScript it is read as it is.
(() => {
  "use strict";
  const CHOICES = ["Study", "Source", "Verdict", "Answer", "Kind of document"];
  const LONG = 15;
  const MOST = 14; // a choice of more words is a search
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const said = (cell) => cell.textContent.trim().replace(/\s+/g, " ");
  const number = (text) => {
    const found = text.replace(/\u2212/g, "-").replace(/,/g, "").match(/^-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : null;
  };
  const collator = new Intl.Collator("en", { numeric: true }); // made once: to make it takes long
  const compare = (a, b) => {
    const [x, y] = [number(a), number(b)];
    return x !== null && y !== null ? x - y : collator.compare(a, b);
  };

  const enhance = (frame) => {
    const table = frame.querySelector("table");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < LONG) return; // short enough to read
    const texts = new Map(rows.map((row) => [row, [...row.cells].map(said)]));
    const heads = [...table.tHead.rows[0].cells];
    const controls = make("form", { className: "lr-controls" });
    controls.setAttribute("role", "search");
    controls.setAttribute("aria-label", `Filter: ${said(table.caption)}`);
    controls.addEventListener("submit", (event) => event.preventDefault());
    const search = make("input", { type: "search", id: `${frame.id}-find`, autocomplete: "off" });
    controls.append(make("p", { className: "lr-control lr-control-find" },
      make("label", { htmlFor: search.id, textContent: "Search in this table" }), search));
    const selects = heads.flatMap((head, column) => {
      if (!CHOICES.includes(said(head))) return [];
      const words = [...new Set(rows.map((row) => texts.get(row)[column]))].sort(compare);
      if (words.length < 2 || words.length > MOST) return [];
      const select = make("select", { id: `${frame.id}-${column}` }, make("option", { value: "", textContent: "All" }),
        ...words.map((value) => make("option", { value, textContent: value })));
      controls.append(make("p", { className: "lr-control" },
        make("label", { htmlFor: select.id, textContent: said(head) }), select));
      return [[column, select]];
    });
    const count = make("p", { className: "lr-count lr-control-wide" });
    count.setAttribute("role", "status");
    controls.append(count);

    const show = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = texts.get(row);
        const whole = text.join(" ").toLowerCase();
        row.hidden = !words.every((word) => whole.includes(word))
          || selects.some(([column, select]) => select.value && text[column] !== select.value);
        shown += !row.hidden;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    };
    for (const control of [search, ...selects.map(([, select]) => select)]) control.addEventListener("input", show);

    heads.forEach((head, column) => {
      const button = make("button", { type: "button", className: "lr-sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const next = was === "ascending" ? "descending" : was === "descending" ? null : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        if (next) head.setAttribute("aria-sort", next);
        const sign = next === "descending" ? -1 : 1;
        const order = next
          ? [...rows].sort((a, b) => sign * compare(texts.get(a)[column], texts.get(b)[column]))
          : rows;
        body.append(...order);
      });
    });
    frame.before(controls);
    show();
  };
  for (const frame of document.querySelectorAll(".lr-table.lr-explore")) enhance(frame);

  // A link to a claim inside a folded table opens the fold.
  const open = () => {
    const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const shut = (element) => element.closest("details:not([open])");
    let fold = place && shut(place);
    if (!fold) return;
    for (; fold; fold = shut(fold)) fold.open = true; // a fold may be in another
    place.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
})();
