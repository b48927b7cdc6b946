// Elements with text nodes only. Nothing in this page parses a string as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. Children are nodes or texts; null and false are left out. `on…` attributes are not accepted. */
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (/^on/i.test(name)) throw new Error(`${name}: use listen()`);
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** Adds a listener and returns the element, for use inside el(). */
function listen(element, type, listener) {
  element.addEventListener(type, listener);
  return element;
}

/** Replaces what is inside an element. */
function put(host, ...children) {
  host.replaceChildren();
  return fill(host, {}, children);
}

/** A button. */
function button(attributes, action, ...children) {
  return listen(el("button", { type: "button", ...attributes }, ...children), "click", action);
}

/** A name that somebody else chose: its direction stays inside it. */
function name(text) {
  return el("bdi", {}, text);
}

/** A link to another web page; anything but http and https stays text. */
function outward(url, text) {
  return /^https?:\/\//i.test(url) ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, name(text)) : name(text);
}

/** A definition list from [term, node or text] pairs; empty values are left out. */
function pairs(entries, className) {
  const known = entries.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return el("dl", { class: className || "pairs" }, known.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
}

function byId(id) {
  return document.getElementById(id);
}

/** Says something to screen readers. */
function announce(text) {
  byId("live").textContent = text;
}
