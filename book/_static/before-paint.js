// Not deferred: before the first paint, so that a page never flashes in the other colours.
try { const c = localStorage.getItem("lr-colours"); if (c) document.documentElement.dataset.colours = c; } catch { /* no storage */ }
document.documentElement.classList.add("js");
