// A layered drawing of a small graph: cycles are broken, layers are by longest path, the order within
// them by barycentres, and edges over several layers run through bends.

const LAYER_GAP = 90;
const NODE_GAP = 22;
const BEND_HEIGHT = 6;
const SWEEPS = 12;

// Boxes {id, width, height} and arrows {from, to} of different boxes; gives positions, and the bends of each arrow.
function layOut(boxes, arrows) {
  const vertices = new Map(boxes.map((box) => [box.id, { ...box, layer: 0, into: [], out: [], bend: false }]));
  const reversed = backArrows(boxes, arrows);
  const spans = arrows.map((arrow) => {
    const [from, to] = reversed.has(arrow) ? [arrow.to, arrow.from] : [arrow.from, arrow.to];
    return { arrow, from: vertices.get(from), to: vertices.get(to), back: reversed.has(arrow), bends: [] };
  });
  assignLayers([...vertices.values()], spans);
  const all = [...vertices.values(), ...insertBends(spans)];
  const layers = orderLayers(all);
  placeVertices(layers);
  return {
    boxes: vertices,
    layers,
    arrows: spans.map((span) => ({ arrow: span.arrow, back: span.back, from: span.from, to: span.to, bends: span.bends })),
    width: Math.max(0, ...all.map((vertex) => vertex.x + vertex.width)),
    height: Math.max(0, ...all.map((vertex) => vertex.y + vertex.height)),
  };
}

// The arrows that close a cycle, by a depth-first search that begins where more goes out than comes in.
function backArrows(boxes, arrows) {
  const out = new Map(boxes.map((box) => [box.id, []]));
  const incoming = new Map(boxes.map((box) => [box.id, 0]));
  for (const arrow of arrows) {
    out.get(arrow.from).push(arrow);
    incoming.set(arrow.to, incoming.get(arrow.to) + 1);
  }
  const state = new Map();
  const back = new Set();
  const surplus = (box) => incoming.get(box.id) - out.get(box.id).length;
  const starts = [...boxes].sort((a, b) => (incoming.get(a.id) > 0) - (incoming.get(b.id) > 0) || surplus(a) - surplus(b));
  for (const start of starts) {
    if (state.has(start.id)) continue;
    const stack = [[start.id, 0]];
    state.set(start.id, "open");
    while (stack.length) {
      const top = stack[stack.length - 1];
      const arrow = out.get(top[0])[top[1]++];
      if (!arrow) { state.set(top[0], "closed"); stack.pop(); continue; }
      if (state.get(arrow.to) === "open") back.add(arrow);
      else if (!state.has(arrow.to)) { state.set(arrow.to, "open"); stack.push([arrow.to, 0]); }
    }
  }
  return back;
}

function assignLayers(vertices, spans) {
  for (const span of spans) { span.from.out.push(span.to); span.to.into.push(span.from); }
  const pending = new Map(vertices.map((vertex) => [vertex, vertex.into.length]));
  const queue = vertices.filter((vertex) => !vertex.into.length);
  for (let at = 0; at < queue.length; at++) {
    for (const next of queue[at].out) {
      next.layer = Math.max(next.layer, queue[at].layer + 1);
      pending.set(next, pending.get(next) - 1);
      if (!pending.get(next)) queue.push(next);
    }
  }
  // a source stands right before the first that it feeds, and not at the far left
  for (const vertex of [...queue].reverse()) {
    if (!vertex.into.length && vertex.out.length) vertex.layer = Math.min(...vertex.out.map((next) => next.layer)) - 1;
  }
  const first = Math.min(...vertices.map((vertex) => vertex.layer));
  vertices.forEach((vertex) => { vertex.layer -= first; vertex.into = []; vertex.out = []; });
}

function insertBends(spans) {
  const bends = [];
  for (const span of spans) {
    let previous = span.from;
    for (let layer = span.from.layer + 1; layer < span.to.layer; layer++) {
      const bend = { bend: true, layer, width: 0, height: BEND_HEIGHT, into: [], out: [] };
      bends.push(bend);
      span.bends.push(bend);
      previous.out.push(bend);
      bend.into.push(previous);
      previous = bend;
    }
    previous.out.push(span.to);
    span.to.into.push(previous);
  }
  return bends;
}

function orderLayers(vertices) {
  const layers = [];
  for (const vertex of vertices) (layers[vertex.layer] ||= []).push(vertex);
  for (let index = 0; index < layers.length; index++) layers[index] ||= [];
  const number = (layer) => layer.forEach((vertex, position) => { vertex.position = position; });
  layers.forEach(number);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      for (const vertex of layer) {
        const ends = down ? vertex.into : vertex.out;
        vertex.weight = ends.length ? ends.reduce((sum, end) => sum + end.position, 0) / ends.length : vertex.position;
      }
      layer.sort((a, b) => a.weight - b.weight || a.position - b.position);
      number(layer);
    }
    const count = crossings(layers);
    if (count < fewest) { fewest = count; best = layers.map((layer) => [...layer]); }
  }
  best.forEach(number);
  return best;
}

function crossings(layers) {
  let count = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((vertex) => vertex.out.map((end) => end.position).sort((a, b) => a - b));
    for (let first = 0; first < ends.length; first++) {
      for (let second = first + 1; second < ends.length; second++) if (ends[first] > ends[second]) count++;
      if (first > 400) return count; // enough to compare by
    }
  }
  return count;
}

function placeVertices(layers) {
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((vertex) => vertex.width));
    let y = 0;
    for (const vertex of layer) {
      vertex.x = x + (width - vertex.width) / 2;
      if (vertex.bend) vertex.bendFrom = x;
      if (vertex.bend) vertex.bendTo = x + width;
      vertex.y = y;
      y += vertex.height + NODE_GAP;
    }
    x += width + LAYER_GAP;
  }
  for (let round = 0; round < 8; round++) {
    const down = round % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) align(layer, down ? "into" : "out");
  }
  const top = Math.min(...layers.flat().map((vertex) => vertex.y));
  layers.flat().forEach((vertex) => { vertex.y -= top; });
}

const middle = (vertex) => vertex.y + vertex.height / 2;

// Each vertex goes to the middle of its ends, as far as the order and the gaps of its layer let it:
// vertices that would overlap form a block, which goes to the middle of where they all want to be.
function align(layer, side) {
  const blocks = [];
  for (const vertex of layer) {
    const ends = vertex[side];
    const goal = ends.length ? ends.reduce((sum, end) => sum + middle(end), 0) / ends.length - vertex.height / 2 : vertex.y;
    let block = { vertices: [vertex], height: vertex.height + NODE_GAP, sum: goal, count: 1 };
    while (blocks.length && blocks.at(-1).sum / blocks.at(-1).count + blocks.at(-1).height > block.sum / block.count) {
      const previous = blocks.pop();
      block = {
        vertices: [...previous.vertices, ...block.vertices],
        sum: previous.sum + block.sum - previous.height * block.count,
        count: previous.count + block.count,
        height: previous.height + block.height,
      };
    }
    blocks.push(block);
  }
  for (const block of blocks) {
    let y = block.sum / block.count;
    for (const vertex of block.vertices) { vertex.y = y; y += vertex.height + NODE_GAP; }
  }
}
