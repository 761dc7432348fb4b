// Reels that move and stop. What they stop at is given to them; until then they show anything.

const FILLER = 9;
const CELL = 48; // milliseconds a cell, while moving
const LEAST = 450; // milliseconds that reels move at least
const APART = 230; // milliseconds from one stop to the next
const STOP = 520; // milliseconds that a stop takes
const LEAVE = 260; // milliseconds that cells take to go
const FALL = 380; // milliseconds that a fall takes

export class Reels {
  #since = 0;
  #moving = false;

  constructor(host, art) {
    this.art = art;
    this.window = [];
    this.element = document.createElement("div");
    this.element.className = "reels";
    this.element.setAttribute("role", "img");
    host.replaceChildren(this.element);
  }

  /** At rest, from the first reel to the last and from the top down. */
  set(window) {
    if (!this.#fits(window)) this.#build(window);
    this.window = window;
    this.#moving = false;
    window.forEach((symbols, reel) => this.#fill(reel, symbols));
    this.element.setAttribute("aria-label", window.map((symbols) => symbols.join(", ")).join("; "));
    this.place(this.places);
    this.clear();
  }

  /** Move until told to stop; the reels of `still` do not. */
  spin(showing, still = new Set()) {
    this.clear();
    if (showing.instant || this.#moving) return;
    this.#moving = true;
    this.#since = performance.now();
    this.window.forEach((symbols, reel) => {
      if (still.has(reel)) return;
      const strip = this.#fill(reel, [...symbols, ...this.#anything(FILLER), ...symbols]);
      const cells = strip.children.length;
      const far = `translateY(${(-100 * (cells - symbols.length)) / cells}%)`;
      strip.animate([{ transform: far }, { transform: "none" }], {
        duration: CELL * (cells - symbols.length),
        iterations: Infinity,
        delay: reel * 60,
        fill: "backwards",
      });
    });
  }

  /** Stop at `window`, one reel after the other; the reels of `still` never moved. */
  async stop(window, showing, still = new Set()) {
    if (!this.#fits(window)) this.set(window.map((symbols) => symbols.map(() => this.art.any())));
    if (!showing.instant) {
      this.spin(showing, still);
      await showing.pause(LEAST - (performance.now() - this.#since));
      const moving = window.map((symbols, reel) => [symbols, reel]).filter(([, reel]) => !still.has(reel));
      await Promise.all(moving.map(([symbols, reel]) => this.#stop(reel, symbols, showing)));
    }
    this.set(window);
  }

  async #stop(reel, symbols, showing) {
    await showing.pause(reel * APART);
    if (showing.instant) return this.#fill(reel, symbols);
    const strip = this.#fill(reel, [this.art.any(), ...symbols, ...this.#anything(FILLER)]);
    const cells = strip.children.length;
    const at = (cell) => ({ transform: `translateY(${(-100 * cell) / cells}%)` });
    strip.animate([at(cells - symbols.length), at(1)], {
      duration: STOP,
      easing: "cubic-bezier(.16,.84,.36,1.09)",
      fill: "forwards",
    });
    await showing.pause(STOP);
    return this.#fill(reel, symbols);
  }

  /** The cells leave, what is above falls, and the window is `window`. */
  async fall(cells, window, showing) {
    if (!showing.instant) {
      for (const [reel, row] of cells) this.#strip(reel)?.children[row]?.classList.add("gone");
      await showing.pause(LEAVE);
    }
    const holes = window.map((_, reel) => cells.filter(([on]) => on === reel).length);
    this.set(window);
    if (showing.instant) return;
    holes.forEach((count, reel) => {
      if (!count) return;
      const part = (-100 * count) / window[reel].length;
      const from = { transform: `translateY(${part}%)` };
      this.#strip(reel).animate([from, { transform: "none" }], { duration: FALL, easing: "cubic-bezier(.4,0,.6,1.15)" });
    });
    await showing.pause(FALL);
  }

  /** What symbols carry: a value for each cell, 0 for none. */
  value(values) {
    values?.forEach((column, reel) =>
      column.forEach((value, row) => {
        if (value) this.badge([reel, row], `×${value}`);
      }),
    );
  }

  /** What places count, whatever stands on them: a number for each, 0 for nothing; or null. */
  place(multipliers) {
    this.places = multipliers;
    for (const badge of this.element.querySelectorAll(".place")) badge.remove();
    multipliers?.forEach((column, reel) =>
      column.forEach((count, row) => {
        if (count) this.badge([reel, row], `×${count}`, "place");
      }),
    );
  }

  /** A word on a cell. */
  badge([reel, row], text, kind = "value") {
    const badge = document.createElement("b");
    badge.className = kind;
    badge.textContent = text;
    this.#strip(reel)?.children[row]?.append(badge);
  }

  /** Another symbol in these cells; all others stay as they are. */
  put(cells, symbol) {
    this.window = this.window.map((symbols) => [...symbols]);
    for (const [reel, row] of cells) {
      this.window[reel][row] = symbol;
      this.#strip(reel)?.children[row]?.replaceChildren(this.art.draw(symbol));
    }
    this.element.setAttribute("aria-label", this.window.map((symbols) => symbols.join(", ")).join("; "));
  }

  /** Cells `[reel, row]` that pay; the others step back. */
  mark(cells) {
    this.element.classList.add("marked");
    for (const [reel, row] of cells) this.#strip(reel)?.children[row]?.classList.add("pays");
  }

  /** A line through the middles of cells. */
  trace(cells, index) {
    const overlay = (this.overlay ??= svg("svg", { class: "lines", "aria-hidden": "true" }));
    const rows = Math.max(...this.window.map((symbols) => symbols.length));
    overlay.setAttribute("viewBox", `0 0 ${this.window.length * 100} ${rows * 100}`);
    const y = (reel, row) => 100 * row + 50 + 50 * (rows - this.window[reel].length);
    const points = cells.map(([reel, row]) => `${reel * 100 + 50},${y(reel, row)}`).join(" ");
    overlay.append(svg("polyline", { points, class: `line line-${index % 6}` }));
    this.element.append(overlay);
  }

  /** Nothing is marked. */
  clear() {
    this.element.classList.remove("marked");
    for (const cell of this.element.querySelectorAll(".pays")) cell.classList.remove("pays");
    this.overlay?.replaceChildren();
  }

  #fits(window) {
    return window.length === this.window.length && window.every((reel, i) => reel.length === this.window[i].length);
  }

  #build(window) {
    const rows = Math.max(...window.map((symbols) => symbols.length));
    this.element.style.setProperty("--reels", window.length);
    this.element.style.setProperty("--rows", rows);
    this.element.parentElement.style.setProperty("--wide", window.length / rows);
    this.overlay = undefined;
    this.element.replaceChildren(
      ...window.map((symbols) => {
        const reel = document.createElement("div");
        reel.className = "reel";
        reel.style.setProperty("--visible", symbols.length);
        reel.append(document.createElement("div"));
        return reel;
      }),
    );
  }

  #strip(reel) {
    return this.element.children[reel]?.firstElementChild;
  }

  #fill(reel, symbols) {
    const strip = document.createElement("div");
    strip.className = "strip";
    strip.append(
      ...symbols.map((symbol) => {
        const cell = document.createElement("div");
        cell.className = "cell";
        if (symbol) cell.append(this.art.draw(symbol));
        return cell;
      }),
    );
    this.#strip(reel).replaceWith(strip);
    return strip;
  }

  #anything(count) {
    return Array.from({ length: count }, () => this.art.any());
  }
}

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
