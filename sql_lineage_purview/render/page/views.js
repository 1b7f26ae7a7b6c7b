// The views of the page: overview, group, table, column, module, gaps. Each is an address behind `#`.

const MOST_NEIGHBOURS = 12;
const MOST_PATH_TABLES = 40;
const MOST_ROWS_IN_BOX = 14;
const MOST_ROWS = 200;
const MOST_OVERVIEW = 30;

const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
const link = (hash, content) => element("a", { href: hash }, content);
const encode = encodeURIComponent;

// Two nodes of one name have addresses of their own.
function addresses(names) {
  const times = new Map();
  return names.map((name) => {
    const number = (times.get(name) || 0) + 1;
    times.set(name, number);
    return number === 1 ? name : `${name}~${number}`;
  });
}
const nodeAddress = addresses(nodes.map((_, index) => DATA.names[index]));
const moduleAddress = addresses(modules.map((module) => DATA.names[module[MODULE.NAME]]));
const nodeByAddress = new Map(nodeAddress.map((name, index) => [name, index]));
const moduleByAddress = new Map(moduleAddress.map((name, index) => [name, index]));

const hashOfNode = (node) => `#table/${encode(nodeAddress[node])}`;
const hashOfColumn = (column) => {
  const table = tableOfColumn[column];
  return `${hashOfNode(table)}/${column - firstColumn[table]}`;
};
const hashOfModule = (module) => `#module/${encode(moduleAddress[module])}`;
const hashOfGroup = (group) => `#group/${group}`;
const go = (hash) => () => { location.hash = hash; };

// Paths and names may be broken behind a slash or a dot, and nowhere else.
const breakable = (text) => text.split(/(?<=[/\\.])/).flatMap((part, index) => index ? [element("wbr"), part] : [part]);
const placeCode = (path, line) => element("code", {}, breakable(place(path, line)));

const nodeLink = (node) => link(hashOfNode(node), breakable(DATA.names[node]));
const moduleLink = (module) => link(hashOfModule(module), breakable(DATA.names[modules[module][MODULE.NAME]]));

function nameLink(name) {
  if (name < nodes.length) return nodeLink(name);
  const defined = modulesByName.get(name);
  return defined ? moduleLink(defined[0]) : element("span", {}, DATA.names[name]);
}

function columnLink(column, withTable = true) {
  const table = tableOfColumn[column];
  return link(hashOfColumn(column), withTable ? [breakable(DATA.names[table]), ` · ${columnName(column)}`].flat() : columnName(column));
}

// A table of at most so many rows; the rest is shown on demand, and never left out in silence.
function listing(heads, rows, { caption = null, empty = null, numeric = [] } = {}) {
  if (!rows.length) return empty ? element("p", { class: "empty" }, empty) : null;
  const body = element("tbody");
  const append = (part) => body.append(...part.map((cells) => element("tr", {}, cells.map((cell, index) =>
    element("td", { class: numeric.includes(index) ? "number" : null }, cell)))));
  const table = element("table", {},
    caption && element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads.map((head, index) =>
      element("th", { scope: "col", class: numeric.includes(index) ? "number" : null }, head)))), body);
  append(rows.slice(0, MOST_ROWS));
  if (rows.length <= MOST_ROWS) return element("div", { class: "scroll" }, table);
  const more = element("button", { type: "button", onclick: () => { append(rows.slice(MOST_ROWS)); more.remove(); } },
    `show the other ${rows.length - MOST_ROWS}`);
  return element("div", { class: "scroll" }, table, more);
}

const section = (title, ...content) => {
  const parts = content.filter(Boolean);
  return parts.length ? element("section", {}, element("h2", {}, title), parts) : null;
};

function gapListing(rows, empty = null) {
  const ordered = rows.map((gap) => [
    element("code", {}, gap[GAP.CODE]), gap[GAP.KIND], breakable(gap[GAP.MESSAGE]),
    [placeCode(gap[GAP.PATH], gap[GAP.LINE]), gap[GAP.MODULE] >= 0 ? element("div", {}, "in ", moduleLink(gap[GAP.MODULE])) : null],
  ]);
  return listing(["code", "gap", "what is not known", "where"], ordered, { empty });
}

const statementWords = (statement) => WORDS.statements[statement[STATEMENT.KIND]]
  + (statement[STATEMENT.DYNAMIC] ? " (in a string)" : "")
  + (statement[STATEMENT.TIMES] > 1 ? ` ×${statement[STATEMENT.TIMES].toLocaleString("en")}` : "");

// The statements that use a table.
function useListing(lines) {
  const rows = [...lines.keys()].sort((a, b) => a - b).map((index) => {
    const statement = statements[index];
    return [
      statementWords(statement), [...lines.get(index)].join(", "),
      statement[STATEMENT.MODULE] >= 0 ? moduleLink(statement[STATEMENT.MODULE]) : "script",
      placeCode(statement[STATEMENT.PATH], statement[STATEMENT.LINE]),
    ];
  });
  return listing(["statement", "use", "module", "where"], rows);
}

// The statements of a module.
function statementListing(indices) {
  const rows = indices.map((index) => {
    const statement = statements[index];
    return [
      statement[STATEMENT.LINE], statementWords(statement),
      ...[STATEMENT.READS, STATEMENT.WRITES, STATEMENT.CALLS].map((part) => names(statement[part])),
    ];
  });
  return listing(["line", "statement", "reads", "writes", "calls"], rows, { numeric: [0] });
}

function names(indices) {
  return indices.flatMap((name, position) => position ? [", ", nameLink(name)] : [nameLink(name)]);
}

// The pictures.

const pictureState = { shown: null, address: "" };

function nodeBox(node, extra = {}) {
  const row = nodes[node];
  return {
    id: `t${node}`, node, title: row[NODE.SHORT], subtitle: groupLabel(row[NODE.GROUP]), kind: WORDS.kinds[row[NODE.KIND]],
    hint: `${DATA.names[node]} (${WORDS.kinds[row[NODE.KIND]]})`,
    loop: linksFrom[node].some((each) => each.target === node && isLinkShown(each)),
    gaps: gapsOfTable(node).length, rows: [], open: go(hashOfNode(node)), ...extra,
  };
}

function linkClasses(flow) {
  if (flow.declared.length && !flow.direct && !flow.indirect) return "declared";
  const shown = flow.columns.filter((edge) => edge.declared < 0 && isShown(edge));
  const type = flow.direct ? "direct" : "indirect";
  if (!shown.length) return `${type} unknown`;
  const best = Math.min(...shown.map((edge) => edge.how % certainties));
  return `${type} ${WORDS.certainties[best].toLowerCase()}`;
}

const edgeClasses = (edge) => edge.declared >= 0
  ? "declared"
  : `${WORDS.direct.includes(subtypeOf(edge)) ? "direct" : "indirect"} ${certaintyOf(edge).toLowerCase()}`;

function linkArrow(flow, extra = "") {
  const columns = flow.columns.filter(isShown).length;
  return {
    from: `t${flow.source}`, to: `t${flow.target}`, classes: `${linkClasses(flow)} ${extra}`,
    label: `${DATA.names[flow.source]} → ${DATA.names[flow.target]}: ${columns ? count(columns, "column flow") : "no column flow known"}`,
    open: () => showLink(flow),
  };
}

// The most connected first; of equals the first by name.
const byConnections = (first, second) =>
  linksInto[second].length + linksFrom[second].length - linksInto[first].length - linksFrom[first].length || first - second;

function hiddenNeighbours(node, direction, shown) {
  return [...new Set(neighbourLinks(node, direction).map((each) => farEnd(each, direction)))].filter((end) => !shown.has(end));
}

function addNeighbours(node, direction, shown) {
  hiddenNeighbours(node, direction, shown).sort(byConnections).slice(0, MOST_NEIGHBOURS).forEach((end) => shown.add(end));
}

function tablePicture(node) {
  if (pictureState.address !== `t${node}`) {
    const shown = new Set([node]);
    for (const direction of [UP, DOWN]) addNeighbours(node, direction, shown);
    Object.assign(pictureState, { address: `t${node}`, shown });
  }
  return neighbourhood(pictureState.shown, node);
}

// What a filter cuts off from the table in the middle is not drawn, and comes back with the flow.
function connectedTo(focus, shown) {
  const reached = new Set([focus]);
  for (const node of reached) {
    for (const direction of [UP, DOWN]) {
      for (const each of neighbourLinks(node, direction)) {
        const end = farEnd(each, direction);
        if (shown.has(end)) reached.add(end);
      }
    }
  }
  return reached;
}

function neighbourhood(all, focus) {
  const shown = connectedTo(focus, all);
  const order = [...shown].sort((a, b) => a - b);
  const boxes = order.map((node) => {
    const more = {};
    for (const direction of [UP, DOWN]) more[direction] = hiddenNeighbours(node, direction, shown).length;
    return nodeBox(node, {
      focus: node === focus, more,
      expand: (side) => { addNeighbours(node, side, all); redraw(); refocus(node); },
    });
  });
  const arrows = order.flatMap((node) => neighbourLinks(node, DOWN).filter((each) => shown.has(each.target))
    .map((each) => linkArrow(each, focus === each.source || focus === each.target ? "" : "aside")));
  return pictureFrame(boxes, arrows, `Lineage around ${DATA.names[focus]}`);
}

function refocus(node) {
  const index = [...document.querySelectorAll(".box")].find((box) => box.querySelector("title").textContent.startsWith(`${DATA.names[node]} (`));
  index?.querySelector(".head").focus();
}

// The path of a column: all tables on it, each with the columns on it, at most so many.
function columnPicture(column, limit, whole) {
  const up = reachColumns([column], UP);
  const down = reachColumns([column], DOWN);
  const edges = new Set([...up.edges, ...down.edges]);
  const nearest = new Map();
  const onPath = new Map();
  const note = (end, distance) => {
    const table = tableOfColumn[end];
    nearest.set(table, Math.min(distance, nearest.get(table) ?? Infinity));
    if (!onPath.has(table)) onPath.set(table, new Set());
    onPath.get(table).add(end);
  };
  for (const { distances } of [up, down]) distances.forEach((distance, end) => note(end, distance));
  edges.forEach((edge) => [edge.source, edge.target].forEach((end) => {
    if (!onPath.get(tableOfColumn[end])?.has(end)) note(end, Infinity); // a wildcard on the way
  }));
  const tables = [...nearest.keys()].sort((a, b) => nearest.get(a) - nearest.get(b) || byConnections(a, b));
  const shown = new Set(tables.slice(0, limit));
  const boxes = [...shown].sort((a, b) => a - b).map((table) => pathBox(table, column, [...onPath.get(table)]));
  const visible = new Map(boxes.map((box) => [box.id, new Set(box.rows.map((row) => row.id))]));
  const arrows = pathArrows(edges, shown, visible);
  const picture = pictureFrame(boxes, arrows, `Path of ${DATA.names[tableOfColumn[column]]} ${columnName(column)}`);
  const hidden = tables.length - shown.size;
  if (hidden) {
    picture.append(element("p", { class: "note" }, `${count(hidden, "table")} further away on this path ${hidden === 1 ? "is" : "are"} not drawn. `,
      element("button", { type: "button", onclick: whole }, `draw ${Math.min(hidden, MOST_PATH_TABLES)} more`)));
  }
  return { picture, up, down, edges };
}

function pathBox(table, column, columns) {
  columns.sort((a, b) => (b === column) - (a === column) || a - b);
  const rows = columns.slice(0, MOST_ROWS_IN_BOX).sort((a, b) => a - b).map((each) => ({
    id: each, label: columnName(each), lit: each === column, open: go(hashOfColumn(each)),
  }));
  if (columns.length > rows.length) rows.push({ id: -1, label: `… and ${columns.length - rows.length} more`, open: go(hashOfNode(table)) });
  return nodeBox(table, { focus: table === tableOfColumn[column], rows });
}

function pathArrows(edges, shown, visible) {
  const arrows = new Map();
  for (const edge of edges) {
    const [from, to] = [tableOfColumn[edge.source], tableOfColumn[edge.target]];
    if (from === to || !shown.has(from) || !shown.has(to)) continue;
    const rowOf = (table, column) => visible.get(`t${table}`).has(column) ? column : -1;
    const arrow = { from: `t${from}`, to: `t${to}`, fromRow: rowOf(from, edge.source), toRow: rowOf(to, edge.target) };
    const key = `${from} ${to} ${arrow.fromRow} ${arrow.toRow}`;
    const before = arrows.get(key);
    if (before && before.strength <= edge.how) continue;
    arrows.set(key, {
      ...arrow, strength: edge.how, classes: `path ${edgeClasses(edge)}`,
      label: `${DATA.names[from]} ${columnName(edge.source)} → ${DATA.names[to]} ${columnName(edge.target)}: ${edgeWords(edge)}`,
      open: () => showLink(links.get(from * nodes.length + to)),
    });
  }
  return [...arrows.values()];
}

const edgeWords = (edge) => edge.declared >= 0 ? "declared" : `${subtypeOf(edge)}, ${certaintyOf(edge)}`;

function modulePicture(module) {
  const row = modules[module];
  const center = {
    id: "m", title: row[MODULE.SHORT], subtitle: WORDS.modules[row[MODULE.KIND]], kind: "module", focus: true,
    hint: DATA.names[row[MODULE.NAME]], gaps: gapsOfModule(module).length, rows: [], fixed: true,
  };
  const reads = new Set();
  const writes = new Set();
  uses.forEach((use, node) => {
    const words = use.modules.get(module);
    if (!words) return;
    if (isWriting(words)) writes.add(node);
    if (isReading(words)) reads.add(node);
  });
  const both = [...reads].filter((node) => writes.has(node));
  const limited = (ends) => [...ends].sort(byConnections).slice(0, MOST_PATH_TABLES / 2);
  const boxes = [center];
  const arrows = [];
  for (const node of limited([...reads].filter((each) => !writes.has(each)))) {
    boxes.push(nodeBox(node));
    arrows.push({ from: `t${node}`, to: "m", classes: "direct exact", label: `reads ${DATA.names[node]}` });
  }
  for (const node of limited(writes)) {
    boxes.push(nodeBox(node, { loop: both.includes(node) }));
    arrows.push({ from: "m", to: `t${node}`, classes: "direct exact", label: `writes ${DATA.names[node]}` });
  }
  const hidden = new Set([...reads, ...writes]).size - boxes.length + 1;
  const picture = pictureFrame(boxes, arrows, `What ${center.title} reads and writes`);
  if (hidden) picture.append(element("p", { class: "note" }, `${count(hidden, "table")} more ${hidden === 1 ? "is" : "are"} in the lists below.`));
  return picture;
}

function groupPicture(inside) {
  const flows = new Map();
  const ends = new Map();
  for (const flow of links.values()) {
    const [from, to] = [nodes[flow.source][NODE.GROUP], nodes[flow.target][NODE.GROUP]];
    if (from === to || !isLinkShown(flow) || (inside !== undefined && from !== inside && to !== inside)) continue;
    const key = `${from} ${to}`;
    flows.set(key, (flows.get(key) || 0) + 1);
    for (const group of [from, to]) ends.set(group, (ends.get(group) || 0) + 1);
  }
  const shown = [...ends.keys()].sort((a, b) => ends.get(b) - ends.get(a) || a - b).slice(0, MOST_PATH_TABLES);
  const boxes = shown.sort((a, b) => a - b).map((group) => ({
    id: `g${group}`, title: DATA.groups[group][1] || DATA.groups[group][0] || "(no schema)",
    subtitle: `${DATA.groups[group][1] ? `${DATA.groups[group][0]} ` : ""}${count(nodesOfGroup[group].length, "table")}`.trim(),
    kind: "group", hint: groupLabel(group), rows: [], open: go(hashOfGroup(group)), focus: group === inside,
  }));
  const arrows = [...flows].map(([key, number]) => {
    const [from, to] = key.split(" ").map(Number);
    return { from: `g${from}`, to: `g${to}`, classes: "direct exact", label: `${groupLabel(from)} → ${groupLabel(to)}: ${count(number, "table flow")}` };
  }).filter((arrow) => boxes.some((box) => box.id === arrow.from) && boxes.some((box) => box.id === arrow.to));
  if (!boxes.length) return null;
  const picture = pictureFrame(boxes, arrows, "Schemas and what flows between them");
  if (ends.size > boxes.length) picture.append(element("p", { class: "note" }, `The ${boxes.length} most connected of ${ends.size} schemas are drawn; all are in the list below.`));
  return picture;
}

const nodesOfGroup = DATA.groups.map(() => []);
nodes.forEach((node, index) => nodesOfGroup[node[NODE.GROUP]].push(index));

function pictureFrame(boxes, arrows, description) {
  const { svg, width, height } = drawPicture(boxes, arrows, description);
  const canvas = element("div", { class: "canvas" }, svg);
  let scale = 1;
  const zoom = (value) => {
    scale = Math.min(2, Math.max(0.2, value));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
  };
  const fit = () => { zoom(Math.min(1, (canvas.clientWidth - 4) / width)); };
  const tools = element("div", { class: "tools" },
    element("button", { type: "button", title: "smaller", "aria-label": "smaller", onclick: () => zoom(scale / 1.25) }, "−"),
    element("button", { type: "button", title: "larger", "aria-label": "larger", onclick: () => zoom(scale * 1.25) }, "+"),
    element("button", { type: "button", onclick: fit }, "fit"));
  const frame = element("div", { class: "picture" }, tools, canvas, legend());
  frame.settle = () => {
    zoom(Math.max(0.72, Math.min(1, (canvas.clientWidth - 4) / width)));
    const focus = svg.querySelector(".focus");
    if (!focus) return;
    canvas.scrollLeft = (Number(focus.dataset.x) + 100) * scale - canvas.clientWidth / 2;
    canvas.scrollTop = Number(focus.dataset.y) * scale - canvas.clientHeight / 2;
  };
  return frame;
}

function legend() {
  const sample = (classes, text) => element("span", {}, shape("svg", { width: 34, height: 10, viewBox: "0 0 34 10", "aria-hidden": "true" },
    shape("g", { class: `arrow ${classes}` }, shape("path", { class: "line", d: "M0 5h26" }), shape("path", { class: "tip", d: "M34 5l-8 -4v8z" }))), text);
  return element("p", { class: "legend" }, sample("direct exact", "values"), sample("indirect exact", "only decides"),
    sample("direct inferred", "inferred"), sample("direct partial", "columns in part"), sample("direct unknown", "no column flow known"),
    DATA.declared.length ? sample("declared", "declared by a person") : null,
    gaps.length ? element("span", {}, element("b", { class: "gapsign" }, "!"), " gaps in what uses it") : null);
}

// What carries a flow, beside the picture.
function showLink(flow) {
  const panel = document.getElementById("details");
  const columns = flow.columns.filter(isShown);
  const indices = [...flow.carriers].sort((a, b) => writesTo(b, flow.target) - writesTo(a, flow.target) || a - b);
  panel.replaceChildren(
    element("button", { type: "button", class: "close", "aria-label": "close", onclick: closePanel }, "×"),
    element("h2", {}, nodeLink(flow.source), " → ", nodeLink(flow.target)),
    section("Carried by", element("ul", { class: "carriers" }, indices.map((index) => carrierItem(index, flow.target)))),
    ...[flow.declared.length ? section("Declared by a person", listing(["where", "stale"], flow.declared.map((index) => {
      const [, , , path, line, stale] = DATA.declared[index];
      return [placeCode(path, line), stale];
    }))) : null].filter(Boolean),
    section("Columns", listing(["from", "to", "how"], columns.map((edge) => [
      columnLink(edge.source, false), columnLink(edge.target, false), edgeWords(edge),
    ]), { empty: "No column flow is known: the rows of the source take part." })));
  panel.hidden = false;
  panel.querySelector("button").focus();
}

const writesTo = (index, table) => Number(statements[index][STATEMENT.WRITES].includes(table));

// The statements that write the target come first; the others fill what it is filled from.
function carrierItem(index, target) {
  const statement = statements[index];
  const number = gapsOfStatements([index]).length;
  return element("li", {},
    element("b", {}, WORDS.statements[statement[STATEMENT.KIND]]),
    statement[STATEMENT.MODULE] >= 0 ? [" in ", moduleLink(statement[STATEMENT.MODULE])] : null,
    writesTo(index, target) ? null : element("small", {}, " on the way"),
    number ? element("small", { class: "gapsign" }, ` ${count(number, "gap")}`) : null,
    element("div", {}, placeCode(statement[STATEMENT.PATH], statement[STATEMENT.LINE])));
}

function closePanel() {
  document.getElementById("details").hidden = true;
}

// The views.

function heading(title, kind, ...under) {
  return element("header", { class: "heading" }, element("h1", {}, title, kind && element("span", { class: `kind kind-${kind.toLowerCase()}` }, kind)),
    under.filter(Boolean).map((line) => element("p", {}, line)));
}

function facts(rows) {
  return element("ul", { class: "facts" }, rows.filter(Boolean).map(([number, noun, target]) => element("li", {},
    element(target ? "a" : "span", target ? { href: target } : {}, element("b", {}, number.toLocaleString("en")), ` ${noun}`))));
}

const plural = (number, noun) => `${noun}${number === 1 ? "" : "s"}`;

const statementTotal = DATA.files.reduce((sum, file) => sum + file[1], 0);

function overview() {
  const connected = nodes.map((_, index) => index).filter((index) => linksInto[index].length + linksFrom[index].length).sort(byConnections);
  const whole = connected.length <= MOST_OVERVIEW;
  const unread = DATA.notRead.reduce((sum, row) => sum + row[1], 0);
  const groups = DATA.groups.map((_, index) => index).filter((index) => nodesOfGroup[index].length);
  return [
    heading("Lineage"),
    facts([
      [nodes.length, plural(nodes.length, "table")], [modules.length, plural(modules.length, "module")],
      [DATA.files.length, plural(DATA.files.length, "file")], [statementTotal, plural(statementTotal, "statement")],
      [links.size, plural(links.size, "table flow")], [columnEdges.length, plural(columnEdges.length, "column flow")],
      [gaps.length, plural(gaps.length, "gap"), "#gaps"], unread ? [unread, "not read", "#gaps"] : null,
    ]),
    element("p", { class: gaps.length || unread ? "warning" : "empty" }, gaps.length || unread
      ? ["What is shown may lack what stands in ", link("#gaps", [gaps.length && count(gaps.length, "gap"), unread && `${count(unread, "thing")} not read`].filter(Boolean).join(" and ")), "."]
      : "No gap: every statement that was read is understood."),
    whole ? allTables(connected) : groupPicture() || tablePicture(connected[0]),
    section("Schemas", listing(["schema", "tables", "flows within", "gaps"], groups.map((group) => [
      link(hashOfGroup(group), groupLabel(group)), nodesOfGroup[group].length,
      nodesOfGroup[group].reduce((sum, node) => sum + linksFrom[node].filter((each) => nodes[each.target][NODE.GROUP] === group).length, 0),
      new Set(nodesOfGroup[group].flatMap(gapsOfTable)).size || "",
    ]), { numeric: [1, 2, 3] })),
    section("Most connected", nodeListing(connected.slice(0, 10))),
  ];
}

function allTables(connected) {
  if (!connected.length) return element("p", { class: "empty" }, "Nothing flows between tables.");
  const shown = new Set(connected);
  const boxes = [...connected].sort((a, b) => a - b).map((node) => nodeBox(node));
  const arrows = connected.flatMap((node) => neighbourLinks(node, DOWN).filter((each) => shown.has(each.target)).map((each) => linkArrow(each)));
  return pictureFrame(boxes, arrows, "All tables and what flows between them");
}

function nodeListing(indices) {
  return listing(["table", "kind", "columns", "fed by", "feeds", "users", "gaps"], indices.map((node) => [
    nodeLink(node), WORDS.kinds[nodes[node][NODE.KIND]], nodes[node][NODE.KNOWN] < 0 ? "not known" : nodes[node][NODE.KNOWN],
    neighbourLinks(node, UP).length, neighbourLinks(node, DOWN).length, uses[node].modules.size, gapsOfTable(node).length || "",
  ]), { numeric: [2, 3, 4, 5, 6] });
}

function groupView(group) {
  return [
    heading(groupLabel(group), "schema"),
    facts([[nodesOfGroup[group].length, plural(nodesOfGroup[group].length, "table")]]),
    groupPicture(group),
    section("Tables", nodeListing(nodesOfGroup[group])),
    section("Modules", listing(["module", "kind", "where"], modules.map((_, index) => index).filter((index) => modules[index][MODULE.GROUP] === group).map(moduleCells))),
  ];
}

const moduleCells = (index) => [
  moduleLink(index), WORDS.modules[modules[index][MODULE.KIND]],
  placeCode(modules[index][MODULE.PATH], modules[index][MODULE.LINE]),
];

function sourceLine(node) {
  const row = nodes[node];
  const at = place(row[NODE.PATH], row[NODE.LINE]);
  return at ? ["defined at ", element("code", {}, breakable(at))] : "no script of the scan defines it";
}

function gapWarning(rows) {
  return rows.length ? element("p", { class: "warning" }, `${count(rows.length, "gap")} in the modules on the way could hide more; `,
    link("#gaps", "all gaps"), ".") : null;
}

function impact(node) {
  const columns = columnsOf(node);
  const sides = {};
  const carriers = new Set();
  for (const direction of [UP, DOWN]) {
    const reached = reachTables(node, direction);
    const ends = [...reachColumns(columns, direction).distances.keys()].filter((end) => tableOfColumn[end] !== node && !isRows(end));
    reached.carriers.forEach((statement) => carriers.add(statement));
    sides[direction] = { tables: reached.tables, columns: ends.length };
  }
  const hidden = new Set([...gapsOfTable(node), ...gapsOfStatements(carriers)]);
  return { ...sides, gaps: [...hidden] };
}

function useCounts(node) {
  const words = [...uses[node].modules.values()];
  const writers = words.filter(isWriting).length;
  const readers = words.filter(isReading).length;
  return { writers, readers };
}

function tableView(node) {
  const reach = impact(node);
  const { writers, readers } = useCounts(node);
  const kind = WORDS.kinds[nodes[node][NODE.KIND]];
  return [
    heading(DATA.names[node], kind, sourceLine(node), ["in ", link(hashOfGroup(nodes[node][NODE.GROUP]), groupLabel(nodes[node][NODE.GROUP]))]),
    impactFacts(node, reach, writers, readers),
    gapWarning(reach.gaps),
    filterBar(),
    tablePicture(node),
    section("Columns", columnListing(node)),
    ...useSections(node),
    section("Upstream", reachListing(reach[UP].tables)),
    section("Downstream", reachListing(reach[DOWN].tables)),
    section("Gaps in what uses it", gapListing(gapsOfTable(node))),
  ];
}

function impactFacts(node, reach, writers, readers) {
  return facts([
    [reach[UP].tables.size, `${plural(reach[UP].tables.size, "table")} upstream, ${count(reach[UP].columns, "column")}`],
    [reach[DOWN].tables.size, `${plural(reach[DOWN].tables.size, "table")} downstream, ${count(reach[DOWN].columns, "column")}`],
    [writers, `${plural(writers, "module")} writing`], [readers, `${plural(readers, "module")} reading`],
  ]);
}

const reachListing = (tables) => tables.size ? element("p", { class: "names" }, names([...tables].sort((a, b) => a - b))) : null;

function columnListing(node) {
  if (!nodes[node][NODE.COLUMNS].length) return element("p", { class: "warning" }, "Its columns are not known.");
  const columns = [...columnsOf(node), firstColumn[node]].filter((column) => !isRows(column) || edgesInto[column].length);
  const rows = columns.map((column) => [
    columnLink(column, false), columnSteps(column, UP).length, columnSteps(column, DOWN).length, modulesOfColumn(column).length,
  ]);
  const unknown = nodes[node][NODE.KNOWN] < 0 ? element("p", { class: "warning" }, "No definition tells its columns: these are the ones that statements name.") : null;
  return element("div", {}, unknown, listing(["column", "fed by", "feeds", "modules"], rows, { numeric: [1, 2, 3] }));
}

let columnUsers = null;

// Those that refer to a column, and those that carry a flow of it, in a string say.
function noteColumnUser(column, module) {
  if (!columnUsers.has(column)) columnUsers.set(column, new Set());
  columnUsers.get(column).add(module);
}

function noteCarriers(edge, column, part) {
  for (const index of naming(statementsOf(edge), tableOfColumn[column], part)) {
    const module = statements[index][STATEMENT.MODULE];
    if (module >= 0) noteColumnUser(column, module);
  }
}

function modulesOfColumn(column) {
  if (!columnUsers) {
    columnUsers = new Map();
    modules.forEach((module, index) => module[MODULE.COLUMNS].forEach((each) => noteColumnUser(each, index)));
    for (const edge of columnEdges) {
      noteCarriers(edge, edge.source, STATEMENT.READS);
      noteCarriers(edge, edge.target, STATEMENT.WRITES);
    }
  }
  return [...columnUsers.get(column) || []].sort((a, b) => a - b);
}

function useSections(node) {
  const { modules: users, statements: lines } = uses[node];
  return [
    section("Modules that use it", listing(["module", "kind", "where", "use"],
      [...users.keys()].sort((a, b) => a - b).map((index) => [...moduleCells(index), [...users.get(index)].join(", ")]),
      { empty: "No module of the scan uses it." })),
    section("Statements", useListing(lines)),
  ];
}

let pathLimit = { column: -1, tables: MOST_PATH_TABLES };

function columnView(column) {
  const node = tableOfColumn[column];
  if (pathLimit.column !== column) pathLimit = { column, tables: MOST_PATH_TABLES };
  const { picture, up, down, edges } = columnPicture(column, pathLimit.tables, () => { pathLimit.tables += MOST_PATH_TABLES; redraw(); });
  const side = ({ distances }) => {
    const ends = [...distances.keys()].filter((end) => end !== column && !isRows(end));
    const rows = [...distances.keys()].filter((end) => end !== column && isRows(end)).length;
    return { columns: ends.length, tables: new Set(ends.map((end) => tableOfColumn[end])).size, rows };
  };
  const [before, behind] = [side(up), side(down)];
  const users = modulesOfColumn(column);
  const hidden = new Set([...gapsOfTable(node), ...gapsOfStatements([...edges].flatMap(statementsOf))]);
  return [
    heading(`${DATA.names[node]} · ${columnName(column)}`, "column", ["a column of ", nodeLink(node)]),
    facts([
      [before.columns, `${plural(before.columns, "column")} of ${count(before.tables, "table")} upstream`],
      [behind.columns, `${plural(behind.columns, "column")} of ${count(behind.tables, "table")} downstream`],
      behind.rows ? [behind.rows, `${plural(behind.rows, "table")} whose rows it decides`] : null,
      [users.length, `${plural(users.length, "module")} using it`],
    ]),
    gapWarning([...hidden]),
    filterBar(),
    picture,
    section("Path", pathListing(edges, up, down)),
    section("Modules that use it", listing(["module", "kind", "where"], users.map(moduleCells), { empty: "No module of the scan refers to it." })),
    section("Gaps on the way", gapListing([...hidden])),
  ];
}

// From the far sources to the far targets.
function pathListing(edges, up, down) {
  const step = (edge) => up.edges.has(edge) ? -1 - (up.distances.get(edge.target) ?? 0) : down.distances.get(edge.source) ?? 0;
  const rows = [...edges].sort((a, b) => step(a) - step(b) || a.target - b.target || a.source - b.source || a.how - b.how).map((edge) => {
    const first = writingStatement(statementsOf(edge));
    const declared = edge.declared >= 0 && DATA.declared[edge.declared];
    const more = statementsOf(edge).length - 1;
    const at = declared ? place(declared[3], declared[4]) : first === undefined ? "" : place(statements[first][STATEMENT.PATH], statements[first][STATEMENT.LINE]);
    return [columnLink(edge.source), columnLink(edge.target), edgeWords(edge), [element("code", {}, breakable(at)), more > 0 ? ` and ${more} more` : ""]];
  });
  return listing(["from", "to", "how", "where"], rows, { empty: "No column of the scan feeds it, and it feeds none." });
}

// An edge through a temporary table is carried by several statements; the one that writes what stays is looked for.
const writingStatement = (indices) => indices.find((index) => statements[index][STATEMENT.WRITES].some((name) => name < nodes.length)) ?? indices[0];

function moduleView(module) {
  const row = modules[module];
  const name = row[MODULE.NAME];
  const called = callers.get(name) || [];
  const columns = row[MODULE.COLUMNS];
  const twin = name < nodes.length ? ["its rows: ", nodeLink(name)] : null;
  return [
    heading(DATA.names[name], WORDS.modules[row[MODULE.KIND]], ["in ", element("code", {}, `${place(row[MODULE.PATH], row[MODULE.LINE])}–${row[MODULE.END]}`)], twin),
    facts([
      [row[MODULE.READS].length, `${plural(row[MODULE.READS].length, "object")} read`], [row[MODULE.WRITES].length, `${plural(row[MODULE.WRITES].length, "object")} written`],
      [row[MODULE.CALLS].length, `${plural(row[MODULE.CALLS].length, "module")} called`], [called.length, plural(called.length, "caller")],
    ]),
    gapWarning(gapsOfModule(module)),
    modulePicture(module),
    section("Reads", row[MODULE.READS].length && element("p", { class: "names" }, names(row[MODULE.READS]))),
    section("Writes", row[MODULE.WRITES].length && element("p", { class: "names" }, names(row[MODULE.WRITES]))),
    section("Calls", row[MODULE.CALLS].length && element("p", { class: "names" }, names(row[MODULE.CALLS]))),
    section("Called by", listing(["module", "kind", "where"], called.map(moduleCells))),
    section("Statements", statementListing(statementsOfModule[module])),
    section("Columns that it refers to", listing(["column"], columns.map((column) => [columnLink(column)]))),
    section("Gaps", gapListing(gapsOfModule(module))),
  ];
}

function gapsView() {
  const remarks = DATA.diagnostics.filter((row) => !row[GAP.KIND]);
  return [
    heading("Gaps"),
    facts(["syntax", "name", "dynamic"].map((kind) => {
      const number = gaps.filter((gap) => gap[GAP.KIND] === kind).length;
      return [number, `${kind} ${plural(number, "gap")}`];
    })),
    element("p", {}, "A gap is a statement, a name or a string of SQL that is not known, so lineage may be missing there."),
    section("Gaps", gapListing(gaps, "There is none.")),
    section("Not read", listing(["kind", "count", "files"], DATA.notRead.map(([kind, number, paths]) => [kind, number, paths.join(", ")]), { numeric: [1] })),
    section("Remarks that take nothing from the lineage", gapListing(remarks)),
  ];
}

const missingView = (text) => [heading("Not in this scan"), element("p", {}, `${text} is not in this scan. `, link("#", "Overview"))];

// Filters stand above each picture, and hold for all of them.
function filterBar() {
  const box = (text, active, change) => element("label", {}, element("input", { type: "checkbox", checked: active, onchange: (event) => { change(event.target.checked); redraw(); } }), text);
  const toggle = (words, word) => (on) => { if (on) words.add(word); else words.delete(word); };
  const group = (title, all, chosen) => element("fieldset", {}, element("legend", {}, title), all.map((word) => box(word, chosen.has(word), toggle(chosen, word))));
  const active = filters.subtypes.size < WORDS.subtypes.length || filters.certainties.size < certainties || !filters.declared;
  return element("details", { class: "filters", open: filterBar.open || active, ontoggle: (event) => { filterBar.open = event.target.open; } },
    element("summary", {}, active ? "Filters (some flows are hidden)" : "Filters"),
    group("Kind of flow", WORDS.subtypes, filters.subtypes), group("Certainty", WORDS.certainties, filters.certainties),
    DATA.declared.length ? element("fieldset", {}, element("legend", {}, "People"), box("declared", filters.declared, (on) => { filters.declared = on; })) : null);
}
