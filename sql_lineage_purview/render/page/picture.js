// Draws boxes and arrows as SVG. All text is set as text, so that no name is ever markup.

const SVG = "http://www.w3.org/2000/svg";
const TITLE_HEIGHT = 38;
const ROW_HEIGHT = 18;
const WIDEST_BOX = 260;
const MARGIN = 34;

function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// The fonts of the style sheet, to measure by.
const FAMILY = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const FONTS = { title: `600 12px ${FAMILY}`, subtitle: `10.5px ${FAMILY}`, row: `12px ${FAMILY}` };
const measuring = document.createElement("canvas").getContext("2d");

function textWidth(text, font) {
  measuring.font = FONTS[font];
  return measuring.measureText(text).width;
}

function shortened(text, width, font) {
  if (textWidth(text, font) <= width) return text;
  let most = text.length;
  while (most > 1 && textWidth(`${text.slice(0, most)}…`, font) > width) most--;
  return `${text.slice(0, most)}…`;
}

const markWidth = (box) => (box.gaps ? 18 : 0) + (box.loop ? 18 : 0);

function boxWidth(box) {
  const texts = [
    textWidth(box.title, "title") + markWidth(box), textWidth(box.subtitle, "subtitle"),
    ...box.rows.map((row) => textWidth(row.label, "row") + 6),
  ];
  return Math.min(WIDEST_BOX, Math.max(100, Math.ceil(Math.max(...texts)) + 26));
}

const boxHeight = (box) => TITLE_HEIGHT + (box.rows.length ? box.rows.length * ROW_HEIGHT + 6 : 0);

// Boxes {id, title, subtitle, kind, rows: [{id, label, lit, open}], focus, loop, gaps, more: {up, down}, open, expand}
// and arrows {from, to, fromRow, toRow, classes, label, open}; `from` and `to` differ.
function drawPicture(boxes, arrows, description) {
  const sized = boxes.map((box) => ({ id: box.id, width: boxWidth(box), height: boxHeight(box) }));
  const layout = layOut(sized, uniquePairs(arrows));
  const width = layout.width + 2 * MARGIN;
  const height = layout.height + 2 * MARGIN;
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": description });
  const routes = new Map();
  for (const route of layout.arrows) {
    routes.set(`${route.arrow.from} ${route.arrow.to}`, route);
    routes.set(`${route.arrow.to} ${route.arrow.from}`, { ...route, back: !route.back });
  }
  const lines = shape("g", { class: "arrows" });
  for (const arrow of arrows) lines.append(drawArrow(arrow, routes.get(`${arrow.from} ${arrow.to}`), boxes));
  svg.append(lines);
  for (const box of boxes) svg.append(drawBox(box, layout.boxes.get(box.id)));
  svg.addEventListener("keydown", (event) => moveFocus(event, svg));
  return { svg, width, height };
}

// What flows both ways between two boxes has one route.
function uniquePairs(arrows) {
  const pairs = new Map();
  for (const { from, to } of arrows) {
    if (!pairs.has(`${from} ${to}`) && !pairs.has(`${to} ${from}`)) pairs.set(`${from} ${to}`, { from, to });
  }
  return [...pairs.values()];
}

function drawBox(box, at) {
  const x = at.x + MARGIN;
  const y = at.y + MARGIN;
  const group = shape("g", {
    class: `box kind-${box.kind.toLowerCase()}${box.focus ? " focus" : ""}${box.fixed ? " fixed" : ""}`,
    transform: `translate(${x} ${y})`, "data-x": x, "data-y": y + at.height / 2,
  });
  const head = shape("g", {
    class: "head", tabindex: 0, role: "link", "aria-label": `${box.title}, ${box.subtitle}, ${box.kind}`,
    onclick: box.open, onkeydown: onEnter(box.open),
  });
  head.append(
    shape("rect", { class: "frame", width: at.width, height: at.height, rx: 6 }),
    shape("rect", { class: "stripe", width: 5, height: at.height, rx: 2 }),
    shape("text", { class: "title", x: 13, y: 16 }, shortened(box.title, at.width - 22 - markWidth(box), "title")),
    shape("text", { class: "subtitle", x: 13, y: 30 }, shortened(box.subtitle, at.width - 20, "subtitle")),
    shape("title", {}, box.hint || `${box.subtitle}.${box.title}`),
  );
  group.append(head);
  if (box.loop) group.append(mark(at.width - (box.gaps ? 36 : 17), "loop", "↻", "rows of it flow into itself"));
  if (box.gaps) group.append(mark(at.width - 17, "gap", "!", `${box.gaps} gaps in what reads or writes it`));
  box.rows.forEach((row, index) => group.append(drawRow(row, index, at.width)));
  for (const side of [UP, DOWN]) {
    const count = box.more && box.more[side];
    if (count) group.append(drawMore(box, at, side, count));
  }
  return group;
}

function mark(x, name, sign, hint) {
  return shape("g", { class: `mark ${name}`, transform: `translate(${x} 4)` },
    shape("text", { x: 6, y: 13 }, sign), shape("title", {}, hint));
}

function drawRow(row, index, width) {
  const y = TITLE_HEIGHT + index * ROW_HEIGHT;
  return shape("g", {
    class: `row${row.lit ? " lit" : ""}`, transform: `translate(0 ${y})`, tabindex: row.open ? 0 : null,
    role: row.open ? "link" : null, "aria-label": `column ${row.label}`, onclick: row.open, onkeydown: onEnter(row.open),
  },
  shape("rect", { class: "cell", x: 6, width: width - 7, height: ROW_HEIGHT }),
  shape("text", { x: 15, y: 13 }, shortened(row.label, width - 22, "row")),
  shape("title", {}, row.label));
}

function drawMore(box, at, side, count) {
  const expand = () => box.expand(side);
  const text = `+${count}`;
  const width = text.length * 7 + 8;
  const x = side === UP ? -6 : at.width - width + 6;
  const label = `show ${count} more that ${side === UP ? "feed" : "are fed by"} ${box.title}`;
  return shape("g", {
    class: "more", transform: `translate(${x} -12)`, tabindex: 0, role: "button",
    "aria-label": label, onclick: expand, onkeydown: onEnter(expand),
  },
  shape("rect", { width, height: 16, rx: 8 }), shape("text", { x: width / 2, y: 12 }, text), shape("title", {}, label));
}

const onEnter = (act) => (event) => {
  if (act && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); event.stopPropagation(); act(event); }
};

// Where an arrow meets a box: at the row of its column, else at the title.
function anchor(box, row) {
  const index = row === undefined ? -1 : box.rows.findIndex((each) => each.id === row);
  return index < 0 ? TITLE_HEIGHT / 2 : TITLE_HEIGHT + (index + 0.5) * ROW_HEIGHT;
}

function drawArrow(arrow, route, boxes) {
  const boxOf = (id) => boxes.find((box) => box.id === id);
  const [leftRow, rightRow] = route.back ? [arrow.toRow, arrow.fromRow] : [arrow.fromRow, arrow.toRow];
  const points = [[route.from.x + route.from.width, route.from.y + anchor(boxOf(route.from.id), leftRow)]];
  for (const bend of route.bends) points.push([bend.bendFrom, bend.y + 3], [bend.bendTo, bend.y + 3]);
  points.push([route.to.x, route.to.y + anchor(boxOf(route.to.id), rightRow)]);
  const [tip, direction] = route.back ? [points[0], -1] : [points.at(-1), 1];
  const line = curve(points.map(([x, y]) => [x + MARGIN, y + MARGIN]), route.back);
  const [x, y] = [tip[0] + MARGIN, tip[1] + MARGIN];
  return shape("g", {
    class: `arrow ${arrow.classes}`, tabindex: arrow.open ? 0 : null, role: arrow.open ? "button" : null,
    "aria-label": arrow.label, onclick: arrow.open, onkeydown: onEnter(arrow.open),
  },
  shape("path", { class: "reach", d: line }), shape("path", { class: "line", d: line }),
  shape("path", { class: "tip", d: `M${x} ${y}l${-8 * direction} -4v8z` }), shape("title", {}, arrow.label));
}

function curve(points, back) {
  const shortenedEnd = 7;
  const all = points.map((point) => [...point]);
  if (back) all[0][0] += shortenedEnd; else all.at(-1)[0] -= shortenedEnd;
  let path = `M${all[0][0]} ${all[0][1]}`;
  for (let at = 1; at < all.length; at++) {
    const [x0, y0] = all[at - 1];
    const [x1, y1] = all[at];
    const reach = (x1 - x0) / 2;
    path += y0 === y1 ? `L${x1} ${y1}` : `C${x0 + reach} ${y0} ${x1 - reach} ${y1} ${x1} ${y1}`;
  }
  return path;
}

// Arrow keys go to the nearest box in that direction.
function moveFocus(event, svg) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  const box = event.target.closest(".box");
  if (!step || !box) return;
  const at = (each) => [Number(each.dataset.x), Number(each.dataset.y)];
  const [x, y] = at(box);
  const distance = (each) => {
    const [dx, dy] = [at(each)[0] - x, at(each)[1] - y];
    const along = dx * step[0] + dy * step[1];
    return along <= 10 ? Infinity : along + 2 * Math.abs(dx * step[1] + dy * step[0]);
  };
  const boxes = [...svg.querySelectorAll(".box")].filter((each) => each !== box && distance(each) < Infinity);
  boxes.sort((a, b) => distance(a) - distance(b));
  if (boxes.length) { event.preventDefault(); boxes[0].querySelector(".head").focus(); }
}
