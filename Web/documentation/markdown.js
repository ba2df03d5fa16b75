// Markdown as a tree of blocks: paragraphs, headings, lists, quotes, code, tables. HTML in it is text, but for line breaks,
// comments and a few tags without attributes.

// Deeper nesting than people write stays text.
const DEEPEST = 20;

/** The tree of a document: a list of texts and [tag, attributes, children]. */
function parseMarkdown(text) {
  const lines = String(text || "").replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n");
  const references = new Map();
  return blocks(withoutReferences(lines, references), references, 0);
}

/** The document as elements; headings start below the page's own. */
function renderMarkdown(text, highlight) {
  const build = (item) => {
    if (typeof item === "string") return document.createTextNode(item);
    const [tag, attributes, children] = item;
    if (tag === "pre" && attributes.language === "sql" && highlight) return h("pre", {}, highlight(plainText(children)));
    const own = { ...attributes };
    delete own.language;
    if (tag === "a" && /^https?:/i.test(own.href || "")) Object.assign(own, { target: "_blank", rel: "noopener noreferrer" });
    return h(tag, own, children.map(build));
  };
  return h("div", { class: "prose" }, parseMarkdown(text).map(build));
}

/** Takes `[name]: address "title"` lines out, outside of code. */
function withoutReferences(lines, references) {
  let fence = null;
  return lines.filter((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line);
    if (mark && !fence) fence = mark[1];
    else if (fence && mark && mark[1].startsWith(fence) && line.trim() === mark[1]) fence = null;
    if (fence) return true;
    const found = /^ {0,3}\[([^\][]{1,999})\]:\s*(?:<([^<>]*)>|(\S+))\s*(?:"([^"]*)"|'([^']*)')?\s*$/.exec(line);
    if (!found || found[1].startsWith("^")) return true;
    const name = referenceName(found[1]);
    if (!references.has(name)) references.set(name, { address: found[2] ?? found[3], title: found[4] ?? found[5] ?? null });
    return false;
  });
}

function blocks(lines, references, depth) {
  if (depth > DEEPEST) return [["p", {}, [lines.join("\n")]]];
  const output = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) { at += 1; continue; }
    const found = fenced(lines, at) || indented(lines, at) || heading(lines, at, references) || rule(lines, at)
      || quote(lines, at, references, depth) || list(lines, at, references, depth) || table(lines, at, references)
      || comment(lines, at) || paragraph(lines, at, references);
    if (found.block) output.push(found.block);
    at = found.end;
  }
  return output;
}

function fenced(lines, at) {
  const opening = /^( {0,3})(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[at]);
  if (!opening) return null;
  const [, space, mark, words] = opening;
  const code = [];
  let end = at + 1;
  while (end < lines.length) {
    const closing = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(lines[end]);
    if (closing && closing[1][0] === mark[0] && closing[1].length >= mark.length) break;
    code.push(lines[end].replace(new RegExp(`^ {0,${space.length}}`), ""));
    end += 1;
  }
  const language = words.trim().split(/\s+/)[0].toLowerCase();
  return { block: ["pre", { language }, [["code", {}, [code.join("\n") + "\n"]]]], end: end + 1 };
}

function indented(lines, at) {
  if (!/^ {4}/.test(lines[at])) return null;
  let end = at;
  while (end < lines.length && (/^ {4}/.test(lines[end]) || !lines[end].trim())) end += 1;
  const code = lines.slice(at, end).map((line) => line.slice(4)).join("\n").replace(/\n+$/, "");
  return { block: ["pre", {}, [["code", {}, [code + "\n"]]]], end };
}

function heading(lines, at, references) {
  const found = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/.exec(lines[at]);
  if (!found) return null;
  return { block: [headingTag(found[1].length), {}, parseInline(found[2] || "", references)], end: at + 1 };
}

// The page's title is the first heading.
const headingTag = (level) => `h${Math.min(6, level + 1)}`;

function rule(lines, at) {
  return /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/.test(lines[at]) ? { block: ["hr", {}, []], end: at + 1 } : null;
}

function quote(lines, at, references, depth) {
  if (!/^ {0,3}>/.test(lines[at])) return null;
  const inner = [];
  let end = at;
  while (end < lines.length && lines[end].trim()) {
    if (!/^ {0,3}>/.test(lines[end]) && startsBlock(lines[end])) break;
    inner.push(lines[end].replace(/^ {0,3}> ?/, ""));
    end += 1;
  }
  return { block: ["blockquote", {}, blocks(inner, references, depth + 1)], end };
}

const LIST_ITEM = /^( {0,3})([-+*]|\d{1,9}[.)])( +|$)/;

function list(lines, at, references, depth) {
  const first = LIST_ITEM.exec(lines[at]);
  if (!first) return null;
  const kind = first[2].slice(-1);
  const items = [];
  let isLoose = false;
  let end = at;
  while (end < lines.length) {
    const mark = LIST_ITEM.exec(lines[end]);
    if (!mark || mark[2].slice(-1) !== kind || rule(lines, end)) break;
    const item = listItem(lines, end, mark);
    isLoose = isLoose || item.isLoose;
    items.push(item.lines);
    end = item.end;
  }
  const isOrdered = /\d/.test(first[2]);
  const start = isOrdered ? parseInt(first[2], 10) : 1;
  const children = items.map((item) => ["li", {}, itemBlocks(item, references, depth, isLoose)]);
  return { block: [isOrdered ? "ol" : "ul", start !== 1 ? { start } : {}, children], end };
}

/** The lines of an item, without its mark and indentation. */
function listItem(lines, at, mark) {
  const space = mark[3].length >= 5 || !mark[3].length ? 1 : mark[3].length;
  const width = mark[1].length + mark[2].length + space;
  const own = [lines[at].slice(width)];
  let end = at + 1;
  let isLoose = false;
  while (end < lines.length) {
    const line = lines[end];
    if (!line.trim()) {
      const next = lines.slice(end).findIndex((other) => other.trim());
      if (next < 0) { end = lines.length; break; }
      const indentation = /^ */.exec(lines[end + next])[0].length;
      if (indentation < width) {
        const isMore = LIST_ITEM.exec(lines[end + next]);
        if (isMore && isMore[2].slice(-1) === mark[2].slice(-1)) { isLoose = true; end += next; }
        break;
      }
      isLoose = true;
      own.push("");
      end += 1;
      continue;
    }
    const isInside = /^ */.exec(line)[0].length >= width;
    if (!isInside && (LIST_ITEM.test(line) || startsBlock(line) || !lines[end - 1].trim())) break;
    own.push(isInside ? line.slice(width) : line.trimStart());
    end += 1;
  }
  return { lines: own, end, isLoose };
}

function itemBlocks(lines, references, depth, isLoose) {
  const task = /^\[([ xX])\]\s+/.exec(lines[0]);
  const own = task ? [lines[0].slice(task[0].length), ...lines.slice(1)] : lines;
  let children = blocks(own, references, depth + 1);
  if (!isLoose) children = children.flatMap((block) => (block[0] === "p" ? block[2] : [block]));
  const box = task ? [["input", { type: "checkbox", disabled: true, checked: task[1] !== " " }, []], " "] : [];
  return [...box, ...children];
}

const cells = (line) => {
  const row = line.trim().replace(/^\|/, "").replace(/\|$/, (end, at, all) => (all[at - 1] === "\\" ? end : ""));
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
};

function table(lines, at, references) {
  const ruler = lines[at + 1] || "";
  if (!lines[at].includes("|") || !/^ {0,3}\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$/.test(ruler) || !/[|]/.test(ruler)) return null;
  const head = cells(lines[at]);
  const rulers = cells(ruler);
  if (rulers.length !== head.length) return null;
  const sides = rulers.map((cell) => (/^:.*:$/.test(cell) ? "center" : /:$/.test(cell) ? "right" : null));
  const cell = (tag, text, place) => [tag, sides[place] ? { align: sides[place] } : {}, parseInline(text || "", references)];
  const rows = [];
  let end = at + 2;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) {
    const own = cells(lines[end]);
    rows.push(["tr", {}, head.map((_, place) => cell("td", own[place], place))]);
    end += 1;
  }
  const top = ["thead", {}, [["tr", {}, head.map((text, place) => cell("th", text, place))]]];
  return { block: ["table", {}, rows.length ? [top, ["tbody", {}, rows]] : [top]], end };
}

function comment(lines, at) {
  if (!lines[at].trimStart().startsWith(COMMENT)) return null;
  const end = lines.findIndex((line, place) => place >= at && line.includes("-->"));
  if (end < 0 || lines[end].split("-->")[1].trim()) return null;
  return { block: null, end: end + 1 };
}

/** Whether a line ends a paragraph before it. */
function startsBlock(line) {
  const item = LIST_ITEM.exec(line);
  return /^ {0,3}(?:#{1,6}(?:\s|$)|>|`{3,}|~{3,})/.test(line) || rule([line], 0) !== null
    || (item !== null && item[3].length > 0 && (!/\d/.test(item[2]) || parseInt(item[2], 10) === 1));
}

function paragraph(lines, at, references) {
  let end = at;
  while (end < lines.length && lines[end].trim() && (end === at || !startsBlock(lines[end]))) {
    const under = end > at && /^ {0,3}(=+|-+)\s*$/.exec(lines[end]);
    if (under) break;
    if (end > at && table(lines, end, references)) break;
    end += 1;
  }
  const text = lines.slice(at, end).map((line) => line.trimStart()).join("\n").trimEnd();
  const under = end > at && end < lines.length && /^ {0,3}(=+|-+)\s*$/.exec(lines[end]);
  if (under) return { block: [headingTag(under[1][0] === "=" ? 1 : 2), {}, parseInline(text, references)], end: end + 1 };
  return { block: ["p", {}, parseInline(text, references)], end };
}
