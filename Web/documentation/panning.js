// Moving and zooming a drawing: wheel, drag, two fingers, buttons and keys.

/** Makes `viewport` within `svg` movable. Gives { fit, zoom, center }. */
function makeMovable(svg, viewport, size) {
  const view = { x: 0, y: 0, scale: 1 };
  const apply = () => {
    viewport.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    svg.classList.toggle("far", view.scale < 0.3);
  };
  const zoomAt = (factor, x, y) => {
    const scale = Math.min(3, Math.max(0.02, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    apply();
  };
  const box = () => svg.getBoundingClientRect();
  const zoom = (factor) => zoomAt(factor, box().width / 2, box().height / 2);
  /** All of it, but not smaller than people can read where `least` says so. */
  const fit = (least, focus) => {
    const { width, height } = box();
    const margin = 24;
    const whole = Math.min((width - margin * 2) / size.width, (height - margin * 2) / size.height, 1.1);
    view.scale = Math.max(whole, least || 0, 0.02);
    const at = (extent, room, point) => {
      const length = extent * view.scale;
      if (length + margin * 2 <= room) return (room - length) / 2;
      return Math.min(margin, Math.max(room - length - margin, room / 2 - (point ?? 0) * view.scale));
    };
    view.x = at(size.width, width, focus?.x);
    view.y = at(size.height, height, focus?.y);
    apply();
  };
  /** Brings a point of the drawing into sight. */
  const center = (x, y) => {
    const { width, height } = box();
    const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
    if (left < 40 || left > width - 40) view.x += width / 2 - left;
    if (top < 40 || top > height - 40) view.y += height / 2 - top;
    apply();
  };
  listen(svg, view, apply, zoomAt, zoom, fit);
  return { fit, zoom, center };
}

function listen(svg, view, apply, zoomAt, zoom, fit) {
  const fingers = new Map();
  let hasMoved = false;
  const local = (event) => { const { left, top } = svg.getBoundingClientRect(); return { x: event.clientX - left, y: event.clientY - top }; };
  svg.addEventListener("wheel", (event) => {
    // Within a page the wheel scrolls the page, unless the drawing was asked for.
    if (svg.classList.contains("inset") && !event.ctrlKey && !svg.contains(document.activeElement)) return;
    event.preventDefault();
    const { x, y } = local(event);
    zoomAt(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), x, y);
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, local(event));
    hasMoved = false;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    if (Math.hypot(now.x - before.x, now.y - before.y) < 4 && !hasMoved) return;
    if (!hasMoved) svg.setPointerCapture(event.pointerId);
    hasMoved = true;
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const ratio = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      zoomAt(ratio, (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else {
      view.x += now.x - before.x;
      view.y += now.y - before.y;
      apply();
    }
    fingers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(name, (event) => fingers.delete(event.pointerId));
  // A drag that ends on a node is no click on it.
  svg.addEventListener("click", (event) => { if (hasMoved) { event.preventDefault(); hasMoved = false; } }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("keydown", (event) => {
    const action = { "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: () => fit() }[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
