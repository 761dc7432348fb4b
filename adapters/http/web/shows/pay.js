// `line`, `ways`, `anywhere`, `cluster`, `scatter`: cells pay. They step forward, and what they pay is said.

import { reelsOf } from "./reels.js";

const LOOK = 1100; // milliseconds

export async function show(event, stage, showing) {
  const reels = reelsOf(stage);
  reels.clear();
  reels.mark(event.cells);
  if (event.type === "line") reels.trace(event.cells, event.line);
  stage.wins.push(event);
  stage.say(words(event, stage));
  const look = showing.pause(LOOK);
  await stage.rise(event.win, showing);
  await look;
}

function words({ type, line, symbol, count, factor, games, win }, stage) {
  const where = type === "line" ? `Line ${line + 1}: ` : "";
  const times = factor > 1 ? ` (× ${factor})` : "";
  const pays = win ? ` pays ${stage.worth(win)}${times}` : "";
  const more = games ? `${win ? " and" : ""} gives ${games} free ${games === 1 ? "game" : "games"}` : "";
  return `${where}${count} × ${symbol}${pays}${more}`;
}
