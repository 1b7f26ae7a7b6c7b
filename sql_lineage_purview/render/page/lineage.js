// What the page knows: the embedded data, indexed once, and the walks over it.

const DATA = JSON.parse(document.getElementById("lineage").textContent);
const WORDS = DATA.words;
const NODE = { SHORT: 0, GROUP: 1, KIND: 2, PATH: 3, LINE: 4, KNOWN: 5, COLUMNS: 6 };
const MODULE = { NAME: 0, KIND: 1, PATH: 2, LINE: 3, END: 4, READS: 5, WRITES: 6, CALLS: 7, COLUMNS: 8, GROUP: 9, SHORT: 10 };
const STATEMENT = { PATH: 0, LINE: 1, END: 2, KIND: 3, MODULE: 4, READS: 5, WRITES: 6, CALLS: 7, DYNAMIC: 8, TIMES: 9 };
const GAP = { CODE: 0, SEVERITY: 1, KIND: 2, MESSAGE: 3, PATH: 4, LINE: 5, MODULE: 6 };
const UP = "up";
const DOWN = "down";

const nodes = DATA.nodes;
const modules = DATA.modules;
const statements = DATA.statements;
const certainties = WORDS.certainties.length;

// Columns have numbers over all tables; the first of each table stands for its rows as a whole.
const firstColumn = new Int32Array(nodes.length + 1);
nodes.forEach((node, index) => { firstColumn[index + 1] = firstColumn[index] + 1 + node[NODE.COLUMNS].length; });
const columnCount = firstColumn[nodes.length];
const tableOfColumn = new Int32Array(columnCount);
const wildcardOf = new Int32Array(nodes.length).fill(-1);
nodes.forEach((node, index) => {
  tableOfColumn.fill(index, firstColumn[index], firstColumn[index + 1]);
  const position = node[NODE.COLUMNS].indexOf("*");
  if (position >= 0) wildcardOf[index] = firstColumn[index] + 1 + position;
});

const isRows = (column) => column === firstColumn[tableOfColumn[column]];
const columnName = (column) => isRows(column)
  ? "(which rows)"
  : nodes[tableOfColumn[column]][NODE.COLUMNS][column - firstColumn[tableOfColumn[column]] - 1];
const groupLabel = (group) => DATA.groups[group].filter(Boolean).join(".") || "(no schema)";
const place = (path, line) => path < 0 ? "" : line ? `${DATA.paths[path]}:${line}` : DATA.paths[path];

const columnEdges = [];
for (let at = 0; at < DATA.columnEdges.length; at += 4) {
  const [source, target, how, carrier] = DATA.columnEdges.slice(at, at + 4);
  columnEdges.push({ source, target, how, carrier, declared: -1 });
}

// A link is all that flows from one table to another.
const links = new Map();
const linksInto = nodes.map(() => []);
const linksFrom = nodes.map(() => []);

function linkOf(source, target) {
  const key = source * nodes.length + target;
  let link = links.get(key);
  if (!link) {
    link = { source, target, direct: false, indirect: false, carriers: new Set(), columns: [], declared: [] };
    links.set(key, link);
    linksInto[target].push(link);
    linksFrom[source].push(link);
  }
  return link;
}

for (const [source, target, type, carrier] of DATA.tableEdges) {
  const link = linkOf(source, target);
  if (WORDS.types[type] === "DIRECT") link.direct = true; else link.indirect = true;
  DATA.carriers[carrier].forEach((statement) => link.carriers.add(statement));
}
DATA.declared.forEach(([source, target, pairs], index) => {
  linkOf(source, target).declared.push(index);
  for (const [from, to] of pairs) {
    columnEdges.push({ source: from, target: to, how: 0, carrier: -1, declared: index });
  }
});

const edgesInto = Array.from({ length: columnCount }, () => []);
const edgesFrom = Array.from({ length: columnCount }, () => []);
for (const edge of columnEdges) {
  edgesInto[edge.target].push(edge);
  edgesFrom[edge.source].push(edge);
  linkOf(tableOfColumn[edge.source], tableOfColumn[edge.target]).columns.push(edge);
}

const subtypeOf = (edge) => WORDS.subtypes[Math.floor(edge.how / certainties)];
const certaintyOf = (edge) => WORDS.certainties[edge.how % certainties];
const statementsOf = (edge) => edge.carrier < 0 ? [] : DATA.carriers[edge.carrier];

// Filters: by kind of flow, by certainty, and whether to show what people declare.
const filters = { subtypes: new Set(WORDS.subtypes), certainties: new Set(WORDS.certainties), declared: true };

function isShown(edge) {
  if (edge.declared >= 0) return filters.declared;
  return filters.subtypes.has(subtypeOf(edge)) && filters.certainties.has(certaintyOf(edge));
}

function isLinkShown(link) {
  if (filters.declared && link.declared.length) return true;
  const derived = link.columns.filter((edge) => edge.declared < 0);
  if (derived.length) return derived.some(isShown);
  // no column of it is known, so its type alone decides
  return (link.direct && WORDS.direct.some((word) => filters.subtypes.has(word)))
    || (link.indirect && WORDS.subtypes.some((word) => !WORDS.direct.includes(word) && filters.subtypes.has(word)));
}

const neighbourLinks = (table, direction) =>
  (direction === UP ? linksInto : linksFrom)[table].filter((link) => link.source !== link.target && isLinkShown(link));
const farEnd = (link, direction) => direction === UP ? link.source : link.target;

// All tables that are reached, with the statements that carry them there.
function reachTables(start, direction) {
  const reached = new Set([start]);
  const carriers = new Set();
  const queue = [start];
  while (queue.length) {
    for (const link of neighbourLinks(queue.shift(), direction)) {
      link.carriers.forEach((statement) => carriers.add(statement));
      const end = farEnd(link, direction);
      if (!reached.has(end)) { reached.add(end); queue.push(end); }
    }
  }
  reached.delete(start);
  return { tables: reached, carriers };
}

// What is known of a table's columns as a whole (`*`) holds for each of them: a column goes on from it,
// and it from each column.
function columnSteps(column, direction) {
  const steps = direction === UP ? edgesInto : edgesFrom;
  const table = tableOfColumn[column];
  const wildcard = wildcardOf[table];
  if (column === wildcard) return columnsOf(table).flatMap((each) => steps[each]).filter(isShown);
  const more = wildcard >= 0 && !isRows(column) ? steps[wildcard] : [];
  return [...steps[column], ...more].filter(isShown);
}

function reachColumns(starts, direction) {
  const distances = new Map(starts.map((column) => [column, 0]));
  const edges = new Set();
  const queue = [...starts];
  for (let at = 0; at < queue.length; at++) {
    for (const edge of columnSteps(queue[at], direction)) {
      edges.add(edge);
      const end = direction === UP ? edge.source : edge.target;
      if (!distances.has(end)) { distances.set(end, distances.get(queue[at]) + 1); queue.push(end); }
    }
  }
  return { distances, edges };
}

const columnsOf = (table) =>
  Array.from({ length: nodes[table][NODE.COLUMNS].length }, (_, position) => firstColumn[table] + 1 + position);

// Who uses a table: modules and statements that name it, refer to its columns, or carry a flow of it
// under another name, such as that of a synonym.
const USE = { READS: "reads", WRITES: "writes", CALLS: "calls", REFERS: "refers to columns", READS_ELSE: "reads by another name", WRITES_ELSE: "writes by another name" };
const isReading = (words) => [USE.READS, USE.CALLS, USE.REFERS, USE.READS_ELSE].some((word) => words.has(word));
const isWriting = (words) => words.has(USE.WRITES) || words.has(USE.WRITES_ELSE);
const uses = nodes.map(() => ({ modules: new Map(), statements: new Map() }));

function noteUse(table, part, index, word) {
  if (table < 0 || table >= nodes.length) return;
  const words = uses[table][part].get(index) || new Set();
  words.add(word);
  uses[table][part].set(index, words);
}

modules.forEach((module, index) => {
  module[MODULE.READS].forEach((name) => noteUse(name, "modules", index, USE.READS));
  module[MODULE.WRITES].forEach((name) => noteUse(name, "modules", index, USE.WRITES));
  module[MODULE.CALLS].forEach((name) => noteUse(name, "modules", index, USE.CALLS));
  new Set(module[MODULE.COLUMNS].map((column) => tableOfColumn[column])).forEach((table) => {
    if (!uses[table].modules.has(index)) noteUse(table, "modules", index, USE.REFERS);
  });
});
function noteStatementUse(table, index, word) {
  noteUse(table, "statements", index, word);
  if (statements[index][STATEMENT.MODULE] >= 0) noteUse(table, "modules", statements[index][STATEMENT.MODULE], word);
}

statements.forEach((statement, index) => {
  statement[STATEMENT.READS].forEach((name) => noteStatementUse(name, index, USE.READS));
  statement[STATEMENT.WRITES].forEach((name) => noteStatementUse(name, index, USE.WRITES));
  statement[STATEMENT.CALLS].forEach((name) => noteStatementUse(name, index, USE.CALLS));
});

// The statements of a flow that name a table; the others go on with what was read, or stand on its way.
// Where none names it, the first does so by another name.
function naming(carriers, table, part) {
  const named = carriers.filter((index) => statements[index][part].includes(table));
  return named.length ? named : carriers.slice(0, 1);
}

for (const link of links.values()) {
  const carriers = [...link.carriers];
  for (const [table, part, word] of [[link.source, STATEMENT.READS, USE.READS_ELSE], [link.target, STATEMENT.WRITES, USE.WRITES_ELSE]]) {
    for (const index of naming(carriers, table, part)) {
      if (!uses[table].statements.has(index)) noteStatementUse(table, index, word);
    }
  }
}

const callers = new Map();
modules.forEach((module, index) => {
  module[MODULE.CALLS].forEach((name) => callers.set(name, [...(callers.get(name) || []), index]));
});
const modulesByName = new Map();
modules.forEach((module, index) => {
  const name = module[MODULE.NAME];
  modulesByName.set(name, [...(modulesByName.get(name) || []), index]);
});
const statementsOfModule = modules.map(() => []);
statements.forEach((statement, index) => {
  if (statement[STATEMENT.MODULE] >= 0) statementsOfModule[statement[STATEMENT.MODULE]].push(index);
});

// A gap in a module, or between the modules of a file, may hide a flow of all that is used there.
const gaps = DATA.diagnostics.filter((row) => row[GAP.KIND]);
const placeOfGap = (module, path) => module >= 0 ? `m${module}` : `p${path}`;
const gapsAt = new Map();
gaps.forEach((gap) => {
  const key = placeOfGap(gap[GAP.MODULE], gap[GAP.PATH]);
  gapsAt.set(key, [...(gapsAt.get(key) || []), gap]);
});
const gapsOfModule = (module) => gapsAt.get(`m${module}`) || [];

function gapsOfStatements(indices) {
  const keys = new Set([...indices].map((index) => {
    const statement = statements[index];
    return placeOfGap(statement[STATEMENT.MODULE], statement[STATEMENT.PATH]);
  }));
  return [...keys].flatMap((key) => gapsAt.get(key) || []);
}

const gapsOfTable = (table) => {
  const all = new Set(gapsOfStatements(uses[table].statements.keys()));
  for (const module of uses[table].modules.keys()) gapsOfModule(module).forEach((gap) => all.add(gap));
  return [...all];
};
