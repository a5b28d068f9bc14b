"use strict";
// Shapes tell what they are on hover, tap and by the arrow keys; the page is complete without.
document.documentElement.classList.remove("no-script");
for (const article of document.querySelectorAll("article")) {
  const frames = [...article.querySelectorAll(".frame.shapes")];
  if (!frames.length) continue;
  const readout = article.querySelector(".readout");
  const asked = readout.textContent;
  const all = frames.flatMap((frame) => [...frame.querySelectorAll(".shape")]);
  const clear = () => {
    for (const frame of frames) frame.classList.remove("dimmed");
    for (const shape of all) shape.classList.remove("active", "same");
  };
  const show = (shape, text) => {
    clear();
    shape.classList.add("active");
    const kind = shape.dataset.kind;
    for (const frame of frames) frame.classList.add("dimmed");
    for (const other of all) other.classList.toggle("same", other.dataset.kind === kind);
    readout.textContent = text;
    readout.classList.add("shown");
  };
  const leave = () => {
    clear();
    readout.textContent = asked;
    readout.classList.remove("shown");
  };
  for (const frame of frames) {
    const shapes = [...frame.querySelectorAll(".shape")];
    const title = frame.dataset.title;
    // The words move out of <title>, which browsers also show as a tooltip of their own.
    const texts = shapes.map((shape) => {
      const words = shape.querySelector("title");
      words.remove();
      return `${title}. ${words.textContent}`;
    });
    let at = -1;
    const go = (place) => {
      at = (place + shapes.length) % shapes.length;
      show(shapes[at], texts[at]);
    };
    shapes.forEach((shape, place) => {
      shape.addEventListener("pointerenter", () => { at = place; show(shape, texts[place]); });
      shape.addEventListener("click", () => { at = place; show(shape, texts[place]); });
    });
    frame.addEventListener("pointerleave", leave);
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", `${title}: use the arrow keys to go from shape to shape`);
    frame.addEventListener("focus", () => { if (frame.matches(":focus-visible")) go(Math.max(at, 0)); });
    frame.addEventListener("blur", leave);
    frame.addEventListener("keydown", (event) => {
      const moves = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1,
        Home: 0, End: shapes.length - 1 };
      if (event.key === "Escape") leave();
      if (!(event.key in moves)) return;
      event.preventDefault();
      go(moves[event.key]);
    });
  }
}
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.short")) part.open = true;
});
