// `ball` and `bet`: the ball of a roulette falls, and the bets that win are paid, one after the other.

import { shape, svg, Wheel, word } from "../wheel.js";
import { named } from "../layout.js";

const LOOK = 900; // milliseconds

export async function ball({ number, colour }, stage, showing) {
  const wheel = rouletteOf(stage);
  const place = stage.game.rules.wheel.indexOf(number);
  if (place < 0) throw new Error("no such pocket");
  await wheel.stop(place, showing);
  stage.table?.land(number);
  stage.say(`${number}, ${colour}`);
  await showing.pause(LOOK / 2);
}

export async function bet({ bet, win }, stage, showing) {
  if (!stage.table) throw new Error("no table");
  stage.table.pay(bet, stage.worth(win));
  const { name } = stage.wheel.segments[stage.wheel.place];
  stage.say(`${name}: ${named(bet)} pays ${stage.worth(win)}`);
  const look = showing.pause(LOOK);
  await stage.rise(win, showing);
  await look;
}

/** The wheel on the board, made when it is first needed, with pockets in the order that the game's rules tell. */
export function rouletteOf(stage) {
  return (stage.wheel ??= roulette(stage));
}

function roulette({ art, board, game: { rules } }) {
  const colour = (number) => ["red", "black"].find((name) => rules.bets[name].numbers.includes(number)) ?? "green";
  const wheel = new Wheel({
    segments: rules.wheel.map((number) => ({
      name: `${number}, ${colour(number)}`, field: colour(number), weight: 1, text: String(number),
    })),
    hole: 62,
    view: "-106 -107 212 80",
    ball: art.address("ball"),
    plate: (at) => [
      svg("rect", { "data-field": at?.field ?? "", x: -22, y: -52, width: 44, height: 23, rx: 5 }),
      ...(at ? [word(at.text, { y: -42.5 }), shape(at.field, -33, 2)] : []),
    ],
  });
  art.look();
  board.replaceChildren(wheel.element);
  board.style.setProperty("--wide", 2.65);
  return wheel;
}
