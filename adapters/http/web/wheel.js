// A wheel with a segment for everything that can be drawn, each as wide as it is likely. Where the wheel stops is given to
// it, it only turns there; a ball, if it has one, runs the other way and ends at the top with the segment that was drawn.

const TURN = 1200; // milliseconds a turn, while it is not known where it stops
const STOP = 2600; // milliseconds that the stop takes
const TURNS = 1; // whole turns of a stop, at least
const RIM = 92;
const TRACK = 8; // so much further out the ball runs before it falls

/** A segment: `name` in words, `field` that the game's sheet gives a colour, `weight`, and `text` or `picture` or both. */
export class Wheel {
  #moving = [];
  #angle = 0;

  /** `hole`: the radius at which segments begin; `view`: the part that is seen; `ball`: the address of its picture;
      `plate(segment)`: what stands in the middle, once it is known which was drawn. */
  constructor({ segments, hole, view, ball = null, plate }) {
    const whole = segments.reduce((sum, { weight }) => sum + weight, 0);
    let at = 0;
    this.segments = segments.map((segment) => {
      const from = at;
      at += (360 * segment.weight) / whole;
      return { ...segment, from, to: at };
    });
    this.place = null;
    this.plate = plate;
    this.disc = svg("g", { class: "disc" }, ...this.segments.map((segment, place) => drawn(segment, place, hole)));
    this.hub = svg("g", { class: "plate" });
    this.ball = svg("g", { class: "ball" });
    if (ball) this.ball.append(svg("image", { href: ball, x: -4.5, y: -hole - 9, width: 9, height: 9 }));
    this.element = svg("svg", { class: "wheel", role: "img", viewBox: view },
      shades(),
      svg("circle", { r: RIM + 12, fill: "url(#wheel-rim)" }),
      ...(ball ? [svg("circle", { class: "track", r: RIM + 8 })] : bulbs()),
      this.disc,
      svg("circle", { class: "shade", r: RIM, fill: "url(#wheel-shade)" }),
      svg("circle", { r: hole, fill: ball ? "url(#wheel-bowl)" : "url(#wheel-hub)" }),
      this.hub,
      this.ball,
      ...(ball ? [] : [svg("path", { class: "pointer", d: `M-8 ${-RIM - 17}h16l-8 22z` })]),
    );
    this.#tell(null);
  }

  /** At rest, with segment number `place` at the top; `part` of it has gone by. */
  set(place, part = 0.5) {
    this.#still();
    this.place = place;
    this.#point(place, part);
    this.#tell(place);
  }

  /** Turn until told to stop. */
  spin(showing) {
    if (showing.instant || this.#moving.length) return;
    this.#tell(null);
    const endless = { duration: TURN, iterations: Infinity };
    this.#moving = [
      this.disc.animate({ transform: [turned(this.#angle), turned(this.#angle + 360)] }, endless),
      this.ball.animate({ transform: [turned(0), turned(-360)] }, endless),
      ...this.#run(endless, [-TRACK, -TRACK]),
    ];
  }

  /** Stop at segment number `place`. */
  async stop(place, showing, part = 0.5) {
    if (!showing.instant) {
      this.spin(showing);
      const gone = ((360 * (this.#moving[0].currentTime ?? 0)) / TURN) % 360;
      const from = this.#angle + gone;
      this.#still();
      this.#point(place, part);
      const left = (this.#angle - from) % 360;
      const far = 360 * TURNS + (left < 0 ? left + 360 : left);
      const timing = { duration: STOP, easing: "cubic-bezier(.2,.5,.25,1)" };
      this.#moving = [
        this.disc.animate({ transform: [turned(this.#angle - far), turned(this.#angle)] }, timing),
        this.ball.animate({ transform: [turned(720 - gone), turned(0)] }, timing),
        ...this.#run({ duration: STOP, easing: "ease-in" }, [-TRACK, -TRACK, 0, -2, 0]),
      ];
      await showing.pause(STOP);
    }
    this.set(place, part);
  }

  /** As it stood before. */
  rest() {
    this.#still();
    this.#tell(this.place);
  }

  #point(place, part) {
    const { from, to } = this.segments[place];
    this.#angle = -(from + (to - from) * part);
    this.disc.style.transform = turned(this.#angle);
  }

  #run(timing, heights) {
    const transform = heights.map((height) => `translateY(${height}px)`);
    return [...this.ball.children].map((picture) => picture.animate({ transform }, timing));
  }

  #still() {
    for (const animation of this.#moving) animation.cancel();
    this.#moving = [];
  }

  /** What it stands at, to the eye and to the ear. */
  #tell(place) {
    const at = this.segments[place];
    this.element.setAttribute("aria-label", at ? `The wheel stands at ${at.name}` : "The wheel");
    for (const [number, segment] of [...this.disc.children].entries()) segment.classList.toggle("drawn", number === place);
    this.hub.replaceChildren(...this.plate(at));
  }
}

/** A segment, with what stands on it as often as there is room. */
function drawn(segment, place, hole) {
  const { field, from, to, text, picture } = segment;
  const wide = to - from;
  const group = svg("g", { class: "segment", "data-field": field, "data-place": place });
  group.append(svg("path", { d: sector(from, to, hole, RIM) }));
  const times = Math.max(1, Math.floor(wide / 44));
  for (let time = 0; time < times; time++) {
    const angle = from + (wide * (time + 0.5)) / times;
    const label = svg("g", { transform: `rotate(${angle})` });
    if (picture) label.append(...pictured(picture, text, wide / times));
    else label.append(word(text, { y: -RIM + 10, class: "number" }), shape(field, -RIM + 17));
    group.append(label);
  }
  return group;
}

function pictured(picture, text, wide) {
  const room = (radius) => 2 * radius * Math.sin((Math.min(wide, 90) * Math.PI) / 360);
  const size = Math.min(21, 0.8 * room(76));
  const parts = [];
  if (size > 3) parts.push(svg("image", { href: picture, x: -size / 2, y: -76 - size / 2, width: size, height: size }));
  if (room(54) > 16) parts.push(word(text, { y: -54, class: "pays" }));
  return parts;
}

/** A diamond is red, a disc is black: told by the shape as well as by the colour. */
export function shape(field, y, size = 2.2) {
  if (field === "red") return svg("path", { class: "shape", d: `M0 ${y - 1.3 * size}l${size} ${1.3 * size}l${-size} ${1.3 * size}l${-size} ${-1.3 * size}z` });
  if (field === "black") return svg("circle", { class: "shape", cy: y, r: size });
  return svg("g", {});
}

export function word(text, attributes) {
  const element = svg("text", { "text-anchor": "middle", "dominant-baseline": "central", ...attributes });
  element.textContent = text;
  return element;
}

export function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function sector(from, to, inner, outer) {
  const point = (radius, degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return `${radius * Math.sin(angle)} ${-radius * Math.cos(angle)}`;
  };
  const large = to - from > 180 ? 1 : 0;
  return `M${point(outer, from)}A${outer} ${outer} 0 ${large} 1 ${point(outer, to)}L${point(inner, to)}A${inner} ${inner} 0 ${large} 0 ${point(inner, from)}z`;
}

function bulbs() {
  return Array.from({ length: 24 }, (_, bulb) =>
    svg("circle", { class: "bulb", cy: -RIM - 6, r: 2, transform: `rotate(${15 * bulb + 7.5})` }),
  );
}

/** Gradients; the page's sheet says of which colours. */
function shades() {
  const gradient = (name, id) => svg(name, { id: `wheel-${id}` }, ...[0, 0.45, 0.8, 1].map((offset) => svg("stop", { offset })));
  return svg("defs", {},
    gradient("linearGradient", "rim"),
    gradient("radialGradient", "shade"),
    gradient("radialGradient", "hub"),
    gradient("radialGradient", "bowl"),
  );
}

const turned = (degrees) => `rotate(${degrees}deg)`;
