// `wheel`: a wheel of fields stops. Beside it stands what each field pays, and how likely it is.

import { percent } from "../money.js";
import { svg, Wheel } from "../wheel.js";

const LOOK = 500; // milliseconds

export async function show({ fields, place, field, win }, stage, showing) {
  const wheel = wheelOf(stage);
  if (fields.join() !== wheel.fields.join() || fields[place] !== field) throw new Error("another wheel");
  await wheel.stop(place, showing, 0.1 + 0.8 * fraction(stage.round.round));
  stage.say(win ? `${capital(field)} pays ${stage.worth(win)}` : `${capital(field)}: no win this time`);
  const look = showing.pause(LOOK);
  await stage.rise(win, showing);
  await look;
}

/** The wheel on the board, made when it is first needed, of the fields that the game's rules tell. */
export function wheelOf(stage) {
  return (stage.wheel ??= new Fields(stage));
}

class Fields extends Wheel {
  constructor({ art, board, game }) {
    const { fields } = game.rules;
    const cost = game.modes[0].cost;
    const list = document.createElement("ul");
    list.className = "fields";
    super({
      segments: fields.map(({ field, pays, weight }) => ({
        name: field, field, weight, text: pays ? `×${pays / cost}` : "", picture: art.address(field),
      })),
      hole: 30,
      view: "-112 -114 224 226",
      plate: (at) => {
        for (const item of list.children) item.toggleAttribute("aria-current", item.dataset.field === at?.field);
        return at ? [svg("image", { href: at.picture, x: -20, y: -20, width: 40, height: 40 })] : [];
      },
    });
    this.fields = fields.map(({ field }) => field);
    const whole = fields.reduce((sum, { weight }) => sum + weight, 0);
    list.append(...fields.map(({ field, pays, weight }) => {
      const item = document.createElement("li");
      item.dataset.field = field;
      item.append(art.draw(field), text("b", field), text("span", pays ? `× ${pays / cost}` : "nothing"), text("small", percent(weight, whole)));
      return item;
    }));
    art.look();
    const host = document.createElement("div");
    host.className = "with-fields";
    host.append(this.element, list);
    board.replaceChildren(host);
    board.style.setProperty("--wide", 1.55);
  }
}

function text(name, words) {
  return Object.assign(document.createElement(name), { textContent: words });
}

/** Of a round: always the same, so that it is shown again as it was. */
function fraction(id) {
  let hash = 0;
  for (const letter of String(id)) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return hash / 9973;
}

const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);
