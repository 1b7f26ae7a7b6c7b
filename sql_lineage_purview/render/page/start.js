// Addresses, search, the list of schemas, and keys.

function currentView() {
  const [kind, name = "", column] = location.hash.slice(1).split("/").map(decodePart);
  switch (kind) {
    case "": return overview();
    case "gaps": return gapsView();
    case "group": return DATA.groups[Number(name)] ? groupView(Number(name)) : missingView(`schema ${name}`);
    case "module": return moduleByAddress.has(name) ? moduleView(moduleByAddress.get(name)) : missingView(name);
    case "table": {
      const node = nodeByAddress.get(name);
      if (node === undefined) return missingView(name);
      const number = firstColumn[node] + Number(column);
      return column !== undefined && number >= firstColumn[node] && number < firstColumn[node + 1] ? columnView(number) : tableView(node);
    }
    default: return missingView(kind);
  }
}

function decodePart(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function redraw() {
  closePanel();
  const main = document.getElementById("main");
  main.replaceChildren(...currentView().filter(Boolean));
  main.querySelector(".picture")?.settle();
  const title = main.querySelector("h1");
  document.title = location.hash.length > 1 ? `${title.firstChild.textContent} – lineage` : "Lineage";
  markCurrent();
}

function markCurrent() {
  for (const each of document.querySelectorAll("nav a")) {
    if (each.getAttribute("href") === location.hash) each.setAttribute("aria-current", "page"); else each.removeAttribute("aria-current");
  }
}

// The list of schemas; the tables of one are listed when it is opened.
function fillNavigation() {
  const list = document.getElementById("schemas");
  DATA.groups.forEach((_, group) => {
    const of = nodesOfGroup[group];
    const procedures = modules.map((_row, index) => index).filter((index) => modules[index][MODULE.GROUP] === group && modules[index][MODULE.NAME] >= nodes.length);
    if (!of.length && !procedures.length) return;
    const fillGroup = (event) => {
      if (!event.target.open || event.target.querySelector("ul")) return;
      event.target.append(element("ul", {},
        element("li", {}, link(hashOfGroup(group), "(the schema)")),
        of.map((node) => element("li", {}, link(hashOfNode(node), nodes[node][NODE.SHORT]))),
        procedures.map((index) => element("li", { class: "module" }, link(hashOfModule(index), modules[index][MODULE.SHORT])))));
      markCurrent();
    };
    list.append(element("details", { ontoggle: fillGroup }, element("summary", {}, groupLabel(group), element("small", {}, ` ${of.length + procedures.length}`))));
  });
}

const MOST_RESULTS = 60;

const searchEntries = [];

function fillSearch() {
  nodes.forEach((node, index) => searchEntries.push({ text: DATA.names[index], hash: hashOfNode(index), kind: WORDS.kinds[node[NODE.KIND]] }));
  modules.forEach((module, index) => {
    if (module[MODULE.NAME] >= nodes.length) searchEntries.push({ text: DATA.names[module[MODULE.NAME]], hash: hashOfModule(index), kind: WORDS.modules[module[MODULE.KIND]] });
  });
  nodes.forEach((node, index) => node[NODE.COLUMNS].forEach((name, position) => searchEntries.push({
    text: `${DATA.names[index]}.${name}`, hash: hashOfColumn(firstColumn[index] + 1 + position), kind: "column", last: name,
  })));
  for (const entry of searchEntries) {
    entry.lower = entry.text.toLowerCase();
    entry.last = (entry.last ?? entry.text.slice(entry.text.lastIndexOf(".") + 1)).toLowerCase();
  }
}

// All words have to be in it; names that are or begin like the text come first, then tables before columns.
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const rank = (entry) => (entry.last === words.at(-1) ? 0 : entry.last.startsWith(words.at(-1)) ? 1 : 2) + (entry.kind === "column" ? 3 : 0);
  return searchEntries.filter((entry) => words.every((word) => entry.lower.includes(word)))
    .map((entry) => ({ entry, rank: rank(entry) }))
    .sort((a, b) => a.rank - b.rank || a.entry.text.length - b.entry.text.length || (a.entry.text < b.entry.text ? -1 : 1))
    .map(({ entry }) => entry);
}

function showResults(input, list) {
  if (!searchEntries.length) fillSearch();
  const results = search(input.value);
  list.replaceChildren(...results.slice(0, MOST_RESULTS).map((entry, index) => element("li", {
    role: "option", id: `result${index}`, "aria-selected": index === 0 ? "true" : "false", "data-hash": entry.hash,
    onmousedown: (event) => { event.preventDefault(); choose(entry.hash, input, list); },
  }, element("span", {}, entry.text), element("small", {}, entry.kind))));
  if (results.length > MOST_RESULTS) list.append(element("li", { class: "note" }, `and ${results.length - MOST_RESULTS} more: type more of the name`));
  if (input.value.trim() && !results.length) list.append(element("li", { class: "note" }, "nothing in this scan is called so"));
  list.hidden = !input.value.trim();
  input.setAttribute("aria-expanded", String(!list.hidden));
  select(list.querySelector("[role=option]"), input, list);
}

function select(option, input, list) {
  list.querySelectorAll("[aria-selected=true]").forEach((each) => each.setAttribute("aria-selected", "false"));
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function choose(hash, input, list) {
  list.hidden = true;
  input.value = "";
  input.setAttribute("aria-expanded", "false");
  location.hash = hash;
  document.getElementById("main").focus();
}

function searchKey(event, input, list) {
  const current = list.querySelector("[aria-selected=true]");
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (step && current) {
    event.preventDefault();
    const next = current[step];
    if (next?.getAttribute("role") === "option") select(next, input, list);
  } else if (event.key === "Enter" && current && !list.hidden) {
    event.preventDefault();
    choose(current.dataset.hash, input, list);
  } else if (event.key === "Escape") {
    list.hidden = true;
    input.value = "";
    input.blur();
    event.stopPropagation();
  }
}

function globalKey(event, input) {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const help = document.getElementById("help");
  if (event.key === "/") { event.preventDefault(); input.focus(); }
  else if (event.key === "?") { if (help.open) help.close(); else help.showModal(); }
  else if (event.key === "o") location.hash = "#";
  else if (event.key === "g") location.hash = "#gaps";
  else if (event.key === "Escape" && !help.open) {
    const [kind, name, column] = location.hash.slice(1).split("/");
    if (!document.getElementById("details").hidden) closePanel();
    else if (column !== undefined) location.hash = `#${kind}/${name}`;
  }
}

function start() {
  const input = document.getElementById("search");
  const list = document.getElementById("results");
  document.getElementById("generator").append(DATA.generator);
  fillNavigation();
  input.addEventListener("input", () => showResults(input, list));
  input.addEventListener("blur", () => { list.hidden = true; });
  input.addEventListener("keydown", (event) => searchKey(event, input, list));
  document.addEventListener("keydown", (event) => globalKey(event, input));
  document.getElementById("print").addEventListener("click", () => window.print());
  document.getElementById("keys").addEventListener("click", () => document.getElementById("help").showModal());
  window.addEventListener("hashchange", () => { redraw(); window.scrollTo(0, 0); });
  redraw();
}

start();
