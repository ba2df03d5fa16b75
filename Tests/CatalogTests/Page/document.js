// As much of a browser's document as the page's scripts use, so that they run without one.

class Node {}

class Text extends Node {
  constructor(text) { super(); this.data = text; }
  get textContent() { return this.data; }
}

class Element extends Node {
  constructor(tag) {
    super();
    Object.assign(this, { tag, attributes: new Map(), nodes: [], listeners: [], parent: null });
    this.style = { setProperty: (name, value) => { this.style[name] = value; } };
    const names = new Set();
    this.classList = {
      add: (name) => names.add(name), remove: (name) => names.delete(name), contains: (name) => names.has(name),
      toggle: (name, on) => (on ?? !names.has(name) ? names.add(name) : names.delete(name)),
    };
    this.dataset = new Proxy({}, {
      get: (_, name) => this.attributes.get("data-" + name), set: (_, name, value) => this.attributes.set("data-" + name, String(value)),
    });
  }

  append(...nodes) {
    for (const node of nodes) {
      const own = node instanceof Node ? node : new Text(String(node));
      if (own instanceof Element && own.tag === "#fragment") this.append(...own.nodes);
      else { own.parent = this; this.nodes.push(own); }
    }
  }

  remove() { if (this.parent) this.parent.nodes = this.parent.nodes.filter((node) => node !== this); }
  get children() { return this.nodes.filter((node) => node instanceof Element); }
  get textContent() { return this.nodes.map((node) => node.textContent).join(""); }
  set textContent(text) { this.nodes = []; if (text) this.append(text); }
  setAttribute(name, value) { if (/[\s"'>/=]/.test(name)) throw new Error(`no name of an attribute: ${name}`); this.attributes.set(name, String(value)); }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  removeAttribute(name) { this.attributes.delete(name); }
  addEventListener(name, action) { this.listeners.push([name, action]); }
  dispatch(name, event = {}) { for (const [own, action] of this.listeners) if (own === name) action({ target: this, preventDefault() {}, ...event }); }
  get value() { return this.attributes.get("value") || ""; }
  set value(text) { this.attributes.set("value", text); }
  get open() { return this.attributes.has("open"); }
  set open(isOpen) { if (isOpen) this.attributes.set("open", ""); else this.attributes.delete("open"); }
  get tagName() { return this.tag.toUpperCase(); }
  getBoundingClientRect() { return { left: 0, top: 0, right: 800, bottom: 600, width: 800, height: 600 }; }
  getContext() { return { measureText: (text) => ({ width: text.length * 7 }) }; }
  focus() {}
  blur() {}
  select() {}
  matches() { return false; }
  contains() { return false; }
  setPointerCapture() {}

  /** Every element below. */
  * all() { for (const child of this.children) { yield child; yield* child.all(); } }
  querySelectorAll(selector) {
    const last = selector.split(/\s+/).pop();
    return [...this.all()].filter((element) => (last.startsWith("[") ? element.attributes.has(last.slice(1, -1)) : element.tag === last));
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] || null; }

  /** Readable markup, for comparisons. */
  get markup() {
    const attributes = [...this.attributes].map(([name, value]) => ` ${name}="${value}"`).join("");
    return `<${this.tag}${attributes}>${this.nodes.map((node) => (node instanceof Text ? node.data : node.markup)).join("")}</${this.tag}>`;
  }
}

/** A document that holds the data, and everything else that the scripts ask for. */
function makeDocument(data) {
  const ids = {};
  const document = {
    createElement: (tag) => new Element(tag), createElementNS: (_, tag) => new Element(tag), createTextNode: (text) => new Text(text),
    createDocumentFragment: () => new Element("#fragment"), documentElement: new Element("html"), body: new Element("body"), activeElement: null, title: "",
    getElementById: (id) => (ids[id] = ids[id] || new Element("div")),
  };
  if (data) document.getElementById("data").textContent = JSON.stringify(data);
  const listeners = [];
  const location = { hash: "" };
  return {
    document, location, Node, listeners,
    window: { scrollTo() {} }, history: { replaceState: (_, __, hash) => { location.hash = hash; }, pushState: (_, __, hash) => { location.hash = hash; } },
    addEventListener: (name, action) => listeners.push([name, action]), requestAnimationFrame: (action) => action(),
    getComputedStyle: () => ({ fontFamily: "sans" }), navigator: {},
  };
}

module.exports = { makeDocument, Element, Text };
