// Search in full text, section by section. The index (search-index.js, made after the build) is a
// script and not a file to fetch, so that this works from file:// too; it comes compressed.
(async () => {
  "use strict";
  const input = document.getElementById("lr-q");
  const list = document.getElementById("lr-results");
  const found = document.getElementById("lr-found");
  if (!("DecompressionStream" in window)) {
    found.textContent = "This browser is too old for the search. The evidence explorer and the contents lead to everything.";
    return;
  }
  const packed = Uint8Array.from(atob(window.livingReviewIndex), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u2212/g, "-").toLowerCase();
  const entries = JSON.parse(await new Response(stream).text()).map(([url, page, heading, text]) => ({
    url, page, heading, text, titles: fold(`${page} ${heading}`), folded: fold(text),
  }));
  const MOST = 50;

  const starts = (text, word) => {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]) ? 2 : 1;
  };
  const score = (entry, words) => {
    let total = 0;
    for (const word of words) {
      const here = 5 * starts(entry.titles, word) + starts(entry.folded, word);
      if (!here) return 0;
      total += here;
    }
    return total + (words.length > 1 && entry.folded.includes(words.join(" ")) ? 6 : 0);
  };
  const snippet = (entry, words) => {
    const at = Math.max(0, Math.min(...words.map((w) => entry.folded.indexOf(w)).filter((i) => i >= 0), entry.text.length));
    // Folding changes no lengths but those of combined letters: near enough for a cut.
    const from = at > 80 ? entry.text.indexOf(" ", at - 80) + 1 : 0;
    const start = from === entry.text.length ? 0 : from;
    const piece = entry.text.slice(start, start + 220).replace(entry.text.length > start + 220 ? /\s+\S*$/ : /$^/, "");
    const p = document.createElement("p");
    if (from > 0) p.append("… ");
    const pattern = new RegExp(`(${words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    piece.split(pattern).forEach((part, i) => {
      if (i % 2) {
        const mark = document.createElement("mark");
        mark.textContent = part;
        p.append(mark);
      } else p.append(part);
    });
    p.append(" …");
    return p;
  };
  const show = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const hits = words.length
      ? entries.map((e) => [score(e, words), e]).filter(([s]) => s).sort((a, b) => b[0] - a[0])
      : [];
    list.replaceChildren(...hits.slice(0, MOST).map(([, e]) => {
      const li = document.createElement("li");
      const a = document.createElement("a");
      a.href = e.url;
      a.textContent = e.heading || e.page;
      const where = document.createElement("div");
      where.className = "lr-where";
      where.textContent = e.heading && e.heading !== e.page ? e.page : "";
      li.append(a, where, snippet(e, words));
      return li;
    }));
    found.textContent = !words.length ? "" : !hits.length
      ? `Nothing holds all of: ${words.join(", ")}. Try fewer words or the start of one.`
      : `${hits.length} ${hits.length === 1 ? "place" : "places"}${hits.length > MOST ? `; the best ${MOST} are shown` : ""}.`;
    const address = new URL(location);
    address.searchParams.set("q", input.value);
    try { history.replaceState(null, "", address); } catch { /* some browsers refuse on file:// */ }
  };
  input.value = new URL(location).searchParams.get("q") || "";
  input.addEventListener("input", show);
  input.form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  show();
})();
