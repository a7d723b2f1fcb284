// Search in full text, section by section. The index (search-index.js, made after the build) is a
// script and not a file to fetch, so that this works from file:// too; it comes compressed. That of a
// large book is in parts (build/search_index.py): those are loaded that can hold a word that is asked for.
(async () => {
  "use strict";
  const input = document.getElementById("lr-q");
  const list = document.getElementById("lr-results");
  const found = document.getElementById("lr-found");
  if (!("DecompressionStream" in window)) {
    found.textContent = "This browser is too old for the search. The evidence explorer and the contents lead to everything.";
    return;
  }
  const MOST = 50;
  // What a field weighs: a title says what a section is about, a cell of a table only that it holds a word.
  const WEIGHT = { page: 6, lead: 5, heading: 10, row: 5, prose: 4, cells: 2, title: 24, phrase: 6 };
  const HALF = 1.5; // mentions in a field that earn half of its weight; many more earn little more
  const RELATED = 0.6; // what a word for the same thing earns
  // The first that fits: lists that hold every word once more; what answers for every disease, before
  // the same thing on the page of one source; how the review is made.
  const KINDS = [
    [/(^|\/)(api|explorer|glossary|references|extraction|what_changed)\.html|^evidence\/|#what-the-paper-quotes/, 0.3],
    [/#data-and-downloads/, 0.2],
    [/(^|\/)index\.html/, 0.7], // says in short what other pages are about
    [/(^|\/)synthesis\.html/, 1.8],
    [/(^|\/)(harms|practical)\.html/, 1.6],
    [/(^|\/)since\.html/, 1.2],
    [/(^|\/)(audit|bounds|methods|data|add_a_study|search_and_screening|audit_your_own|errata|cite)\.html/, 0.8],
  ];
  // Words for one thing: who looks for one of a line finds the others, too.
  const SYNONYMS = [
    ["mucositis", "stomatitis", "sore mouth", "mouth ulcer"],
    ["pneumonitis", "inflamed lung"],
    ["relapse", "recurrence", "regrowth", "after stopping"],
    ["stopping", "discontinuation", "withdrawal"],
    ["vaccine", "immunisation"],
    ["hyperlipidaemia", "raised lipid", "raised cholesterol", "raised triglyceride"],
    ["thrombocytopenia", "low platelet"],
    ["cancer", "malignancy", "malignant"],
    ["erratum", "errata", "correction"],
    ["side effect", "adverse effect", "adverse event", "harm"],
    ["approved", "licensed"],
    ...JSON.parse(list.dataset.synonyms || "[]"), // those of the topic
  ];
  const { unpack, part } = window.livingReview;
  // Accents, hyphens and both spellings are one: randomised, randomized; tumour, tumor; oedema, edema.
  // Capitals count in abbreviations alone: GRADE is a method, a grade is not.
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u2212/g, "-")
    .replace(/\b[A-Z]{3,}\b/g, "$&\u0001")
    .replace(/(?<=\p{L})-(?=\p{L})/gu, " ").toLowerCase().replace(/z/g, "s").replace(/[ao]e/g, "e").replace(/our/g, "or");
  const related = SYNONYMS.map((line) => line.map((words) => fold(words)));
  // Sections ready to be weighed; "elsewhere" holds what begins their pages if another part does.
  const prepared = (sections, elsewhere) => {
    const ready = sections.map(([url, page, heading, prose, tables]) => ({
      url, page, heading, prose, tables,
      fields: {
        page: fold(page),
        heading: fold(heading || page),
        row: fold(tables.map(([caption, rows]) => [caption, ...new Set(rows.map(([head]) => head))].join("\n")).join("\n")),
        prose: fold(prose),
        cells: fold(tables.map(([, rows]) => rows.map(([, cells]) => cells).join("\n")).join("\n")),
      },
      kind: (KINDS.find(([pages]) => pages.test(url)) || [null, 1])[1],
    }));
    // The first paragraphs of a page say what all of it is about.
    const leads = new Map(ready.filter((e) => !e.heading).map((e) => [e.page, e.prose]));
    for (const [page, prose] of Object.entries(elsewhere)) leads.set(page, prose);
    ready.forEach((e) => {
      const first = leads.get(e.page) || "";
      e.lead = first.split("\n")[0];
      e.fields.lead = fold(first).slice(0, 400);
    });
    return ready;
  };
  const index = await unpack(window.livingReviewIndex);
  const whole = Array.isArray(index);
  const total = whole ? index.length : index.entries;
  const loaded = new Map(whole ? [[0, prepared(index, {})]] : []);
  let entries = loaded.get(0) || [];
  // Which parts can hold one of some words: those that have all runs of three characters of it.
  const runs = (word) => {
    const signs = [...word];
    const size = Math.min(3, signs.length);
    return Array.from({ length: signs.length - size + 1 }, (_, at) => signs.slice(at, at + size).join(""));
  };
  const letter = (run) => (/^[a-z0-9]/i.test(run) ? run[0] : "other");
  const masks = new Map();
  const lettersOf = (words) => [...new Set(words.flatMap(runs).map(letter))]
    .filter((one) => index.letters.includes(one) && !masks.has(one));
  const partsOf = (words) => {
    const everywhere = (1n << BigInt(index.parts)) - 1n;
    const mask = words.map((word) => runs(word).reduce(
      (sum, run) => sum & (masks.get(letter(run))?.get(run) || 0n), everywhere)).reduce((a, b) => a | b, 0n);
    return Array.from({ length: index.parts }, (_, n) => n).filter((n) => mask >> BigInt(n) & 1n);
  };
  const readLetter = async (name) => {
    const held = await part(`search/letter-${name}`);
    masks.set(name, new Map(Object.entries(held).flatMap(([mask, all]) => all.map((run) => [run, BigInt(`0x${mask}`)]))));
  };
  const readPart = async (number) => {
    loaded.set(number, prepared(...await part(`search/part-${number}`)));
    entries = [...loaded.keys()].sort((a, b) => a - b).flatMap((n) => loaded.get(n));
  };

  // How often a text has a word; as the beginning of a word for less, inside of one for little.
  const mentions = (text, word) => {
    let count = 0;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const begins = at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]);
      const ends = !/[\p{L}\p{N}]/u.test(text[at + word.length] || " ");
      count += begins ? (ends ? 1 : 0.8) : 0.3;
    }
    return count;
  };
  const share = (text, word) => {
    const count = mentions(text, word);
    return count / (count + HALF);
  };
  // What is asked for: each word (or name of several words) with others that stand for it, without endings.
  const terms = (query) => {
    let rest = ` ${fold(query).trim().replace(/\s+/g, " ")} `;
    const names = related.flat().filter((name) => name.includes(" ") && rest.includes(` ${name}`));
    names.forEach((name) => { rest = rest.replace(new RegExp(` ${name}s? `), " "); });
    return [...names, ...rest.split(" ").filter(Boolean)].map((word) => {
      const one = word.replace(/(?<=.{3}[^sui])s$/, "");
      const stem = one.replace(/(?<=.{5})(ation|ion|ing|ed)$/, "");
      const same = related.filter((line) => line.includes(one)).flat();
      return [...new Set([one, ...same, stem])];
    });
  };
  const HERE = ["heading", "row", "prose", "cells"];
  const ABOVE = ["page", "lead"]; // true of the whole page
  const weigh = (entry, word) => {
    const here = HERE.reduce((sum, field) => sum + WEIGHT[field] * share(entry.fields[field], word), 0);
    const above = ABOVE.reduce((sum, field) => sum + WEIGHT[field] * Math.min(1, mentions(entry.fields[field], word)), 0);
    // The first section of a page stands for all of it.
    return { here, sum: here + above * (entry.heading ? 1 : 2) };
  };
  // How much of what a section is called is what was asked: all of "The audit: what reproduces" is audit.
  const title = (entry, phrase) => {
    const called = entry.fields.heading.split(entry.heading ? ":" : /[:,]/)[0].replace(/^the /, "");
    return mentions(called, phrase) >= 0.8 ? Math.min(1, phrase.length / called.length) : 0;
  };
  const rank = (query) => {
    const asked = terms(query);
    const weighed = entries.map((entry) => asked.map((words) => words
      .map((word, at) => {
        const { here, sum } = weigh(entry, word);
        return { here, sum: sum * (at ? RELATED : 1) };
      })
      .reduce((best, one) => (one.sum > best.sum ? one : best))));
    // A word that few sections hold says more than one that most hold.
    const rare = asked.map((_, at) => Math.log(1 + total / (1 + weighed.filter((w) => w[at].here).length)));
    const all = rare.reduce((a, b) => a + b, 0);
    const phrase = asked.map(([word]) => word).join(" ");
    return entries.map((entry, n) => {
      if (!asked.length || weighed[n].some((w) => !w.sum) || !weighed[n].some((w) => w.here)) return [0, entry];
      const sum = weighed[n].reduce((total, w, at) => total + w.sum * rare[at], 0) / all;
      const together = asked.length > 1 && Object.values(entry.fields).some((text) => text.includes(phrase));
      return [(sum + WEIGHT.title * title(entry, phrase) + (together ? WEIGHT.phrase : 0)) * entry.kind, entry];
    }).filter(([score]) => score).sort((a, b) => b[0] - a[0]);
  };

  const holds = (text, words) => words.some((word) => fold(text).includes(word));
  const cut = (text, words) => {
    if (text.length < 320) return text;
    const parts = text.split(" ");
    const at = Math.max(0, parts.findIndex((part) => holds(part, words)));
    const from = Math.max(0, at - 10);
    return `${from ? "… " : ""}${parts.slice(from, at + 30).join(" ")}${at + 30 < parts.length ? " …" : ""}`;
  };
  // A sentence that holds most of the words; else which row of which table does.
  const passage = ({ prose, tables, lead }, words) => {
    const lines = prose.split("\n").flatMap((line) => line.split(/(?<=[.!?])\s+(?=\p{Lu})/u));
    const long = (line) => line.split(" ").length > 4;
    const worth = (line) => (!long(line) ? 0 : words.filter((word) => fold(line).includes(word)).length
      + (/[.!?)]$/.test(line) ? 0.5 : 0));
    const best = lines.reduce((one, other) => (worth(other) > worth(one) ? other : one), "");
    if (worth(best) >= 1) return cut(best, words);
    for (const inside of [([head]) => head, ([head, cells]) => `${head} ${cells}`]) {
      for (const [caption, rows] of tables) {
        const row = rows.find((one) => one[0] && holds(inside(one), words));
        if (row) return `Row “${cut(row[0], words)}” of the table${caption ? ` “${caption}”` : ""}.`;
      }
    }
    const table = tables.find((one) => one[0] && holds(one.flat(2).join(" "), words));
    return table ? `In the table “${table[0]}”.` : cut(lines.find(long) || lead, words);
  };
  const snippet = (entry, words) => {
    const p = document.createElement("p");
    passage(entry, words).split(/([\p{L}\p{N}]+(?:[-.,][\p{L}\p{N}]+)*)/u).forEach((part) => {
      if (holds(part, words)) {
        const mark = document.createElement("mark");
        mark.textContent = part;
        p.append(mark);
      } else p.append(part);
    });
    return p;
  };
  const draw = () => {
    const typed = rank(input.value);
    const hits = typed.length ? typed : rank(input.value.toLowerCase()); // not all capitals abbreviate
    const all = terms(typed.length ? input.value : input.value.toLowerCase()).flat();
    const words = all.some((word) => word.length > 2) ? all.filter((word) => word.length > 2) : all;
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
    if (words.length && !whole) found.textContent += ` Looked through: ${loaded.size} of ${index.parts} parts of the index.`;
  };
  // Reads what a query needs and has not read yet; without anything to read it draws at once.
  let turn = 0;
  const show = async () => {
    turn += 1;
    const mine = turn;
    const address = new URL(location);
    address.searchParams.set("q", input.value);
    try { history.replaceState(null, "", address); } catch { /* some browsers refuse on file:// */ }
    if (!whole) {
      const words = [...new Set([input.value, input.value.toLowerCase()].flatMap((typed) => terms(typed).flat()))];
      try {
        const letters = lettersOf(words);
        if (letters.length) {
          found.textContent = "Reading which parts of the index to look through …";
          await Promise.all(letters.map(readLetter));
        }
        const missing = partsOf(words).filter((number) => !loaded.has(number));
        for (const [at, number] of missing.entries()) {
          if (mine !== turn) return; // something else is asked for by now
          found.textContent = `Reading part ${at + 1} of ${missing.length} of the index …`;
          await readPart(number);
        }
      } catch (error) {
        found.textContent = `The index cannot be read: ${error.message}.`;
        return;
      }
      if (mine !== turn) return;
    }
    draw();
  };
  input.value = new URL(location).searchParams.get("q") || "";
  input.addEventListener("input", show);
  input.form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  show();
})();
