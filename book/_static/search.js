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
  // Accents and both spellings are one: randomised and randomized, tumour and tumor, oedema and edema.
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u2212/g, "-")
    .toLowerCase().replace(/z/g, "s").replace(/[ao]e/g, "e").replace(/our/g, "or");
  const entries = JSON.parse(await new Response(stream).text()).map(([url, page, heading, text]) => ({
    url, page, heading, text, titles: fold(`${page} ${heading}`), folded: fold(text),
  }));
  const MOST = 50;
  // Pages on how the review is made hold every word once more: what was found comes first.
  const MACHINERY = /(^|\/)(audit|bounds|extraction|methods|data|api|explorer|add_a_study|search_and_screening|audit_your_own|errata|references)\.html/;
  const ENOUGH = 12; // mentions in a section beyond which more say nothing

  // How often a word begins at a word's start in a text, and elsewhere (for half), up to ENOUGH.
  const mentions = (text, word) => {
    let count = 0;
    for (let at = text.indexOf(word); at >= 0 && count < ENOUGH; at = text.indexOf(word, at + word.length)) {
      count += at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]) ? 1 : 0.5;
    }
    return count;
  };
  const score = (entry, words) => {
    let total = 0;
    for (const word of words) {
      const here = 10 * Math.min(1, mentions(entry.titles, word)) + mentions(entry.folded, word);
      if (!here) return 0;
      total += here;
    }
    if (sentence(entry.text, words)) total += 8; // a section that says something of it, not a cell alone
    total += words.length > 1 && entry.folded.includes(words.join(" ")) ? 6 : 0;
    return MACHINERY.test(entry.url) ? total / 3 : total;
  };
  // The first whole sentence that holds a word, else the words around it: cells of tables are no sentences.
  const sentence = (text, words) => text.split(/(?<=[.!?])\s+(?=\p{Lu})/u).find((s) => s.length < 320
    && /[.!?]$/.test(s) && s.split(" ").length > 5 && words.some((w) => fold(s).includes(w)));
  const passage = (text, words) => {
    const whole = sentence(text, words);
    if (whole) return whole;
    const holds = (part) => words.some((w) => fold(part).includes(w));
    const parts = text.split(" ");
    const at = Math.max(0, parts.findIndex(holds));
    const from = Math.max(0, at - 10);
    return `${from ? "… " : ""}${parts.slice(from, at + 25).join(" ")}${at + 25 < parts.length ? " …" : ""}`;
  };
  const snippet = (entry, words) => {
    const p = document.createElement("p");
    passage(entry.text, words).split(/(\s+)/).forEach((part) => {
      if (words.some((w) => fold(part).includes(w))) {
        const mark = document.createElement("mark");
        mark.textContent = part;
        p.append(mark);
      } else p.append(part);
    });
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
      ? `Nothing holds all of: ${input.value.trim().split(/\s+/).join(", ")}. Try fewer words or the start of one.`
      : `${hits.length} ${hits.length === 1 ? "result" : "results"}${hits.length > MOST ? `; the best ${MOST} are shown` : ""}.`;
    const address = new URL(location);
    address.searchParams.set("q", input.value);
    try { history.replaceState(null, "", address); } catch { /* some browsers refuse on file:// */ }
  };
  input.value = new URL(location).searchParams.get("q") || "";
  input.addEventListener("input", show);
  input.form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  show();
})();
