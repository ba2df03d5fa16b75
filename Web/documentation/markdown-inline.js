// Markdown within a line, as a tree: a text, or [tag, attributes, children]. Emphasis follows CommonMark's rules, in time
// proportional to the text's length.

const INLINE_TAGS = new Set(["b", "strong", "i", "em", "u", "s", "del", "code", "kbd", "sub", "sup", "mark", "small"]);
const ENTITIES = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", hellip: "…", mdash: "—",
  ndash: "–", larr: "←", rarr: "→", times: "×", middot: "·", bull: "•", deg: "°", euro: "€",
};
// Written apart, since HTML knows these characters within a script too.
const COMMENT = "<" + "!--";
const PUNCTUATION = /[\p{P}\p{S}]/u;

/** The tree of a text. `references` are the addresses that the document gives names to. */
function parseInline(text, references) {
  const tokens = inlineTokens(text, references || new Map());
  return emphasised(tokens);
}

function inlineTokens(text, references) {
  const tokens = [];
  const brackets = [];
  // Where a search that found nothing began: what lies behind it need not be searched again.
  const memo = { ticks: new Set(), hasNoCommentEnd: false };
  let plain = "";
  const flush = () => { if (plain) tokens.push(plain); plain = ""; };
  const push = (token) => { flush(); tokens.push(token); };
  for (let at = 0; at < text.length;) {
    const c = text[at];
    let found = null;
    if (c === "\\" && /[!-/:-@[-`{-~]/.test(text[at + 1] || "")) { plain += text[at + 1]; at += 2; continue; }
    if (c === "\n" || (c === "\\" && text[at + 1] === "\n")) {
      const isHard = c === "\\" || / {2,}$/.test(plain);
      plain = plain.replace(/ +$/, "");
      push(isHard ? ["br", {}, []] : "\n");
      at += c === "\\" ? 2 : 1;
      continue;
    }
    if (c === "`") found = codeSpan(text, at, memo);
    else if (c === "<") found = angled(text, at, memo);
    else if (c === "&") found = entity(text, at);
    else if (c === "h" || c === "w") found = bareAddress(text, at);
    if (found) { if (found.token !== null) push(found.token); at = found.end; continue; }
    if (c === "*" || c === "_" || c === "~") {
      const run = delimiterRun(text, at);
      if (run) push(run); else plain += c.repeat(runLength(text, at));
      at += runLength(text, at);
      continue;
    }
    if (c === "[" || (c === "!" && text[at + 1] === "[")) {
      const opener = { bracket: true, isImage: c === "!", text: c === "!" ? "![" : "[", at: at + (c === "!" ? 2 : 1) };
      push(opener);
      brackets.push({ opener, place: tokens.length - 1 });
      at = opener.at;
      continue;
    }
    if (c === "]" && brackets.length) {
      flush();
      const end = closeBracket(text, at, tokens, brackets, references);
      if (end) { at = end; continue; }
    }
    plain += c;
    at += 1;
  }
  flush();
  return tokens;
}

const runLength = (text, at) => { let end = at; while (text[end] === text[at]) end += 1; return end - at; };

/** A run of `*`, `_` or `~` that may open or close emphasis. */
function delimiterRun(text, at) {
  const mark = text[at];
  const length = runLength(text, at);
  if (mark === "~" && length !== 2) return null;
  const before = text[at - 1] || " ";
  const after = text[at + length] || " ";
  const isLeft = !/\s/.test(after) && (!PUNCTUATION.test(after) || /\s/.test(before) || PUNCTUATION.test(before));
  const isRight = !/\s/.test(before) && (!PUNCTUATION.test(before) || /\s/.test(after) || PUNCTUATION.test(after));
  const isWord = mark === "_";
  return {
    delimiter: mark, length, original: length,
    opens: isLeft && (!isWord || !isRight || PUNCTUATION.test(before)),
    closes: isRight && (!isWord || !isLeft || PUNCTUATION.test(after)),
  };
}

function codeSpan(text, at, memo) {
  const length = runLength(text, at);
  const none = { token: "`".repeat(length), end: at + length };
  if (memo.ticks.has(length)) return none;
  for (let end = text.indexOf("`", at + length); end >= 0;) {
    const other = runLength(text, end);
    if (other === length) {
      let code = text.slice(at + length, end).replace(/\n/g, " ");
      if (/^ .*[^ ].* $|^ [^ ] $/.test(code)) code = code.slice(1, -1);
      return { token: ["code", {}, [code]], end: end + other };
    }
    end = text.indexOf("`", end + other);
  }
  memo.ticks.add(length);
  return none;
}

/** `<https://…>`, a comment, a line break, or a plain tag without attributes; every other tag is text. */
function angled(text, at, memo) {
  const rest = text.slice(at, at + 2100);
  const address = /^<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>/i.exec(rest) || /^<([^\s<>@]+@[^\s<>@]+)>/.exec(rest);
  if (address) {
    const target = address[1].includes(":") ? address[1] : "mailto:" + address[1];
    return { token: ["a", { href: target }, [address[1]]], end: at + address[0].length };
  }
  if (rest.startsWith(COMMENT)) {
    const end = memo.hasNoCommentEnd ? -1 : text.indexOf("-->", at + 4);
    memo.hasNoCommentEnd = end < 0;
    return end < 0 ? null : { token: null, end: end + 3 };
  }
  const line = /^<br\s*\/?>/i.exec(rest);
  if (line) return { token: ["br", {}, []], end: at + line[0].length };
  const tag = /^<(\/?)([a-z]+)>/i.exec(rest);
  if (!tag || !INLINE_TAGS.has(tag[2].toLowerCase())) return null;
  return { token: { tag: tag[2].toLowerCase(), isEnd: tag[1] === "/", text: tag[0] }, end: at + tag[0].length };
}

function entity(text, at) {
  const found = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/i.exec(text.slice(at, at + 12));
  if (!found) return null;
  const code = found[1] ? parseInt(found[1], 10) : found[2] ? parseInt(found[2], 16) : null;
  const character = code === null ? ENTITIES[found[3]] : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  return character && Object.hasOwn(ENTITIES, found[3] || "amp") ? { token: character, end: at + found[0].length } : null;
}

/** An address that stands in the text on its own. */
function bareAddress(text, at) {
  if (/[\p{L}\p{N}/.:@_-]/u.test(text[at - 1] || " ")) return null;
  const found = /^(https?:\/\/|www\.)[^\s<>"'`|]+/.exec(text.slice(at, at + 2100));
  if (!found) return null;
  let shown = found[0].replace(/[?!.,:;*_~]+$/, "");
  while (shown.endsWith(")") && shown.split("(").length < shown.split(")").length) shown = shown.slice(0, -1);
  if (/^(https?:\/\/|www\.)$/.test(shown)) return null;
  return { token: ["a", { href: shown.startsWith("www.") ? "https://" + shown : shown }, [shown]], end: at + shown.length };
}

/** Makes a link or an image of what stands between brackets; gives where the text goes on, or 0. */
function closeBracket(text, at, tokens, brackets, references) {
  const { opener, place } = brackets.pop();
  const isLong = at - opener.at > 1000 && text[at + 1] !== "(";
  const label = isLong ? "" : text.slice(opener.at, at);
  const target = opener.isOff ? null : linkTarget(text, at + 1, label, references);
  if (!target) return 0;
  const inner = emphasised(tokens.splice(place).slice(1));
  if (opener.isImage) {
    tokens.push(["img", { src: target.address, alt: plainText(inner), title: target.title, loading: "lazy" }, []]);
  } else {
    tokens.push(nested("a", { href: target.address, title: target.title }, inner));
    // A link holds no link.
    for (const other of brackets) if (!other.opener.isImage) other.opener.isOff = true;
  }
  return target.end;
}

function linkTarget(text, at, label, references) {
  if (text[at] === "(") {
    const rest = text.slice(at, at + 4100);
    const found = /^\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/.exec(rest);
    if (found) {
      const address = unescaped(found[1] !== undefined ? found[1] : found[2]);
      return { address, title: found[3] ? unescaped(found[3].slice(1, -1)) : null, end: at + found[0].length };
    }
  }
  const named = /^\[([^\][]{0,999})\]/.exec(text.slice(at, at + 1002));
  const reference = references.get(referenceName(named && named[1] ? named[1] : label));
  return reference ? { ...reference, end: at + (named ? named[0].length : 0) } : null;
}

const referenceName = (label) => label.trim().replace(/\s+/g, " ").toLowerCase();
const unescaped = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");

/** The text of a tree, without its tags. */
function plainText(tree) {
  return tree.map((item) => (typeof item === "string" ? item : item[0] === "img" ? item[1].alt : plainText(item[2]))).join("");
}

/** Pairs delimiters, innermost first, and tags; what stays alone is text. */
function emphasised(tokens) {
  const open = [];
  // For each kind of closing run, below which place nothing can open it.
  const bottoms = new Map();
  let output = [];
  for (const token of tokens) {
    if (token.delimiter) closeEmphasis(token, open, output, bottoms);
    else if (token.tag) closeTag(token, open, output);
    else output.push(token.bracket ? token.text : token);
  }
  output = output.map((item) => (item.delimiter ? item.delimiter.repeat(item.length) : item.tag ? item.text : item));
  return joined(output);
}

function closeEmphasis(token, open, output, bottoms) {
  while (token.closes && token.length > 0) {
    const kind = `${token.delimiter}${token.opens}${token.original % 3}`;
    const bottom = bottoms.get(kind) || 0;
    let place = open.length - 1;
    while (place >= bottom && !pairs(open[place], token)) place -= 1;
    if (place < bottom) { bottoms.set(kind, open.length); break; }
    const opener = open[place];
    const width = opener.delimiter === "~" ? 2 : Math.min(2, opener.length, token.length);
    const start = output.lastIndexOf(opener);
    const children = output.splice(start + 1).map((item) => (item.delimiter ? item.delimiter.repeat(item.length) : item.tag ? item.text : item));
    output.push(nested(opener.delimiter === "~" ? "del" : width === 2 ? "strong" : "em", {}, joined(children)));
    opener.length -= width;
    token.length -= width;
    open.length = opener.length > 0 ? place + 1 : place;
    if (opener.length === 0) output.splice(start, 1);
    for (const [name, value] of bottoms) if (value > open.length) bottoms.set(name, open.length);
  }
  if (token.length === 0) return;
  output.push(token);
  if (token.opens) open.push(token);
}

function pairs(opener, closer) {
  if (opener.delimiter !== closer.delimiter) return false;
  // CommonMark's rule of three.
  const isOdd = (opener.closes || closer.opens) && (opener.original + closer.original) % 3 === 0;
  return !isOdd || (opener.original % 3 === 0 && closer.original % 3 === 0);
}

function closeTag(token, open, output) {
  if (!token.isEnd) { output.push(token); open.push(token); return; }
  const place = open.findLastIndex((item) => item.tag === token.tag);
  if (place < 0) { output.push(token.text); return; }
  const start = output.lastIndexOf(open[place]);
  const children = output.splice(start).slice(1)
    .map((item) => (item.delimiter ? item.delimiter.repeat(item.length) : item.tag ? item.text : item));
  output.push(nested(token.tag, {}, joined(children)));
  open.length = place;
}

/** An element around others; where they lie deeper than anybody writes, their text alone. */
function nested(tag, attributes, children) {
  const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth || 0), 0);
  return depth > 50 ? plainText(children) : Object.assign([tag, attributes, children], { depth });
}

/** Neighbouring texts as one. */
function joined(items) {
  const output = [];
  for (const item of items) {
    const last = output.length - 1;
    if (typeof item === "string" && typeof output[last] === "string") output[last] += item;
    else output.push(item);
  }
  return output;
}
