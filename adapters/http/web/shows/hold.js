// `hold`, `respin`, `held`: some cells stay with a prize each, the others are spun again.

import { reelsOf } from "./reels.js";

const LOOK = 650; // milliseconds

export async function hold(event, stage, showing) {
  stage.wins = [];
  const reels = reelsOf(stage);
  reels.clear();
  stage.kept = [];
  keep(event, stage);
  stage.tell(`${event.cells.length} are held`, { only: true });
  stage.say(left(event.left));
  await showing.pause(2 * LOOK);
}

export async function respin(event, stage, showing) {
  const reels = reelsOf(stage);
  stage.art.know([event.symbol]);
  if (event.window) await turn(event, stage, showing);
  else reels.put(event.cells, event.symbol);
  keep(event, stage);
  stage.say(event.cells.length ? `${event.cells.length} more! ${left(event.left)}` : left(event.left));
  await showing.pause(LOOK);
}

export async function held({ win, full }, stage, showing) {
  if (full) stage.tell(`The board is full: ${stage.worth(full)} more`);
  stage.say(`Held: ${stage.worth(win + full)}`);
  await stage.rise(win + full, showing);
  await showing.pause(LOOK);
}

/** The reels turn below what is held. */
async function turn({ window }, stage, showing) {
  stage.art.know(window.flat());
  await reelsOf(stage).stop(window, showing);
  for (const held of stage.kept ?? []) show(held, stage);
}

function keep({ cells, prizes }, stage) {
  stage.kept = [...(stage.kept ?? []), { cells, prizes }];
  show({ cells, prizes }, stage);
}

function show({ cells, prizes }, stage) {
  const reels = reelsOf(stage);
  reels.mark(cells);
  cells.forEach((cell, number) => reels.badge(cell, stage.worth(prizes[number]).split(" ")[0]));
}

const left = (respins) => (respins ? `${respins} ${respins === 1 ? "respin" : "respins"} left` : "");
