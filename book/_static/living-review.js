// What every page does beyond its HTML: colours, hints at tables that scroll, copying, terms.
// No library; each part looks for its elements and does nothing without them.
(() => {
  "use strict";
  const root = document.documentElement;
  const say = (words) => { document.getElementById("lr-say").textContent = words; };

  // Light or dark: the system's wish until the reader chooses.
  const button = document.querySelector(".lr-colours");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.colours || (system.matches ? "dark" : "light")) === "dark";
  const name = () => { button.lastElementChild.textContent = dark() ? "Light colours" : "Dark colours"; };
  button.hidden = false;
  name();
  system.addEventListener("change", name);
  button.addEventListener("click", () => {
    root.dataset.colours = dark() ? "light" : "dark";
    try { localStorage.setItem("lr-colours", root.dataset.colours); } catch { /* private window */ }
    name();
  });

  // The menu closes when a place on the same page was chosen.
  const nav = document.getElementById("lr-nav");
  nav.addEventListener("click", (event) => {
    if (event.target.closest("a") && nav.matches(":popover-open")) nav.hidePopover();
  });

  // A table wider than its frame says so in words; the shadow alone is easy to miss.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.previousElementSibling.classList.toggle("is-needed", target.scrollWidth > target.clientWidth + 2);
    }
  });
  const hinted = (frame) => {
    const hint = document.createElement("p");
    hint.className = "lr-hint";
    hint.textContent = "Scroll the table sideways for more columns.";
    frame.before(hint);
    watch.observe(frame); // also tells when a fold around it opens
  };
  document.querySelectorAll(".lr-table").forEach(hinted);

  // On a phone a long table that is read row by row begins with its first rows (living-review.css):
  // the others are a tap away. Harms are never shortened, nor what is folded or filtered anyway.
  const LONG = 10;
  for (const frame of document.querySelectorAll(".lr-stack:not(.lr-explore)")) {
    const count = frame.querySelectorAll("tbody tr").length;
    const about = frame.querySelector("caption").textContent;
    if (count <= LONG || frame.closest("details, .lr-explorer") || /harm|adverse|malignan/i.test(about)) continue;
    frame.classList.add("is-begun");
    const more = document.createElement("button");
    more.type = "button";
    more.className = "lr-button lr-more";
    more.append(`Show all ${count} rows`, Object.assign(document.createElement("span"), { className: "lr-unseen", textContent: ` of: ${about}` }));
    const whole = () => { frame.classList.remove("is-begun"); more.remove(); };
    more.addEventListener("click", () => { whole(); frame.focus({ preventScroll: true }); });
    const asked = () => {
      const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (frame.contains(place) && place !== frame) { whole(); place.scrollIntoView(); }
    };
    addEventListener("hashchange", asked);
    frame.after(more);
    asked();
  }

  // Folded tables print open.
  const folds = [...document.querySelectorAll(".lr-fold")];
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of closed) fold.open = false; });

  // Copy the text of another element.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // where the page has no right to the clipboard
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("Copied");
  };
  // Data come compressed. What a page does not need at once lies in files of its own (packing.py): scripts,
  // since a page that was opened from a folder can fetch nothing.
  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };
  const asked = new Map();
  const part = (name) => {
    if (!asked.has(name)) {
      asked.set(name, new Promise((done, failed) => {
        const script = Object.assign(document.createElement("script"), { src: `${document.body.dataset.root}${name}.js` });
        script.addEventListener("load", () => {
          done(unpack(window.livingReviewParts[name]));
          delete window.livingReviewParts[name];
        });
        script.addEventListener("error", () => { asked.delete(name); failed(new Error(`${name}.js is not there`)); });
        document.head.append(script);
      }));
    }
    return asked.get(name);
  };

  // Terms of the glossary and numbers with evidence: the meaning, or the place in the paper, on hover, focus
  // and tap; Escape closes it; without this script the link leads to the glossary or to the card.
  const tip = document.createElement("div");
  tip.className = "lr-tip";
  tip.id = "lr-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let term = null;
  let leaving;
  const close = () => {
    clearTimeout(leaving);
    tip.hidden = true;
    term?.removeAttribute("aria-describedby");
    term = null;
  };
  const open = (link) => {
    clearTimeout(leaving);
    if (term === link) return;
    close();
    term = link;
    tip.textContent = link.dataset.meaning;
    tip.hidden = false;
    link.setAttribute("aria-describedby", tip.id);
    const at = link.getClientRects()[0];
    const left = Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 16);
    const above = at.bottom + tip.offsetHeight + 12 > innerHeight && at.top > tip.offsetHeight + 64;
    tip.style.left = `${Math.max(16, left) + scrollX}px`;
    tip.style.top = `${(above ? at.top - tip.offsetHeight - 6 : at.bottom + 6) + scrollY}px`;
  };
  const later = () => { leaving = setTimeout(close, 250); };
  const links = document.querySelectorAll(".lr-term, .lr-num");
  if (links.length) document.getElementById("main").append(tip); // inside a landmark
  for (const link of links) {
    let touched = false;
    link.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
    link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") open(link); });
    link.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") later(); });
    link.addEventListener("focus", () => { if (!touched) open(link); });
    link.addEventListener("blur", later);
    link.addEventListener("click", (event) => {
      if (touched && term !== link) { event.preventDefault(); open(link); } // a second tap follows the link
    });
  }
  tip.addEventListener("pointerenter", () => clearTimeout(leaving));
  tip.addEventListener("pointerleave", later);
  addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  addEventListener("pointerdown", (event) => { if (term && !event.target.closest(".lr-term, .lr-num, .lr-tip")) close(); });

  // A page that outlives its review date says so itself: nobody needs to build it again for that.
  for (const overdue of document.querySelectorAll(".lr-overdue")) {
    overdue.hidden = new Date() <= new Date(`${overdue.dataset.due}T23:59:59`);
  }

  window.livingReview = { say, copy, hinted, unpack, part };
  for (const copier of document.querySelectorAll("[data-copy]")) {
    copier.hidden = false;
    copier.addEventListener("click", () => {
      copy(document.getElementById(copier.dataset.copy).textContent.trim());
      const words = copier.textContent;
      copier.textContent = "Copied";
      setTimeout(() => { copier.textContent = words; }, 1500);
    });
  }
})();
