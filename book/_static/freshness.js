// Whether the tables that lie beside this site, or in a folder, are those that its pages were made from.
(() => {
  const place = document.getElementById("lr-inputs");
  if (!place) return;
  const wanted = JSON.parse(place.textContent); // path below the top of the site: SHA-256
  const names = Object.keys(wanted);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const tell = (good, other, missing) => {
    const bad = [...other.map((n) => `${n} differs`), ...missing.map((n) => `${n} is missing`)];
    said.textContent = bad.length
      ? `${good} of ${names.length} files are the same. ${bad.slice(0, 10).join("; ")}${bad.length > 10 ? `; and ${bad.length - 10} more` : ""}.`
      : `All ${names.length} files are the ones that these pages were made from.`;
  };
  const hex = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const compare = async (read) => {
    said.textContent = "Comparing …";
    const other = [], missing = [];
    for (const name of names) {
      const bytes = await read(name).catch(() => null);
      if (!bytes) missing.push(name);
      else if (await hex(bytes) !== wanted[name]) other.push(name);
    }
    tell(names.length - other.length - missing.length, other, missing);
  };

  if (!globalThis.crypto?.subtle) {
    said.textContent = "This browser computes no digests here.";
  } else if (location.protocol === "file:") { // a page from a folder may not read beside itself
    const input = document.createElement("input");
    Object.assign(input, { type: "file", multiple: true, webkitdirectory: true, id: "lr-inputs-folder" });
    const label = document.createElement("label");
    Object.assign(label, { htmlFor: input.id, textContent: "Choose the folder data of this copy: " });
    input.addEventListener("change", () => {
      const files = new Map([...input.files].map((f) => [f.webkitRelativePath.replace(/^[^/]*\//, "data/"), f]));
      compare(async (name) => files.get(name)?.arrayBuffer());
    });
    place.after(label, input);
  } else {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "lr-button", textContent: "Compare the files of this site" });
    const root = document.body.dataset.root;
    button.addEventListener("click", () => compare(async (name) => {
      const answer = await fetch(root + name, { cache: "no-store" });
      return answer.ok ? answer.arrayBuffer() : null;
    }));
    place.after(button);
  }
  place.parentNode.append(said);
})();
