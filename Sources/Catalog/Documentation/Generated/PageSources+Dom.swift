// swift-format-ignore-file
// Made by scripts/pages.py of Web/documentation/dom.js: change that, and run the script.
extension PageSources {
  static let dom = #"""
// Elements are made here and nowhere else. What comes from the project only ever becomes text or the value of an
// attribute, never markup, and addresses are looked at before they are used.

const SVG = "http://www.w3.org/2000/svg";

/** An address that is safe behind a link or an image; null if it is not. */
function safeAddress(text, isImage) {
  // Browsers ignore white space and control characters in a scheme.
  const address = String(text).replace(/[\u0000-\u0020\u007f-\u009f]/g, (c) => (c === " " ? "%20" : ""));
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.replace(/%20/g, ""));
  if (!scheme) return address;
  const name = scheme[1].toLowerCase();
  if (["http", "https"].includes(name)) return address;
  if (isImage) return /^data:image\/(png|gif|jpe?g|webp|svg\+xml)[;,]/i.test(address) ? address : null;
  return ["mailto", "tel"].includes(name) ? address : null;
}

/** Fills an element; children are elements, texts, lists of them, or nothing. */
function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

function make(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "href" || name === "src") {
      const address = safeAddress(value, name === "src");
      if (address !== null) element.setAttribute(name, address);
    } else if (!/^on/i.test(name) && name !== "style") {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  return fill(element, children);
}

/** An element of HTML. */
const h = (tag, attributes, ...children) => make(document.createElement(tag), attributes, children);

/** An element of SVG. */
const s = (tag, attributes, ...children) => make(document.createElementNS(SVG, tag), attributes, children);

/** Puts children in the place of what an element holds. */
function replace(element, ...children) {
  element.textContent = "";
  return fill(element, children);
}

/** A color that a project may give a node; null if it is no plain color. */
function safeColor(text) {
  return /^(#[0-9a-f]{3,8}|[a-z]{3,30})$/i.test(text || "") ? text : null;
}

/** Calls a function once nothing has asked for it for a while. */
function debounced(milliseconds, action) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

/** What the browser remembers between visits, where it may. */
const memory = {
  get(name) {
    try { return localStorage.getItem("weir-docs-" + name); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem("weir-docs-" + name, value); } catch { /* Not allowed for files: then it forgets. */ }
  },
};

"""#
}
