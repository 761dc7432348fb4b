// Whether things move, and waits that can be cut short. Nothing here knows, or changes, what is shown in the end.

const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Animation is on: as the player chose on this page, else as the system prefers. */
export function moving() {
  const chosen = localStorage.getItem("motion");
  return chosen ? chosen === "on" : !reduced.matches;
}

export function choose(on) {
  localStorage.setItem("motion", on ? "on" : "off");
}

/** One showing, which can be hurried to its end. */
export class Showing {
  #hurry;

  constructor({ instant = false } = {}) {
    this.instant = instant || !moving();
    this.hurried = new Promise((resolve) => (this.#hurry = resolve));
  }

  hurry() {
    this.instant = true;
    this.#hurry();
  }

  pause(milliseconds) {
    if (this.instant) return Promise.resolve();
    return Promise.race([new Promise((resolve) => setTimeout(resolve, milliseconds)), this.hurried]);
  }
}
