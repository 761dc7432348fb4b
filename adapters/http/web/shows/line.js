// `line`: a line pays. Its cells step forward, and what it pays is said.

import { reelsOf } from "./reels.js";

const LOOK = 1100; // milliseconds

export async function show(event, stage, showing) {
  stage.wins.push(event);
  const reels = reelsOf(stage);
  reels.clear();
  reels.mark(event.cells);
  reels.trace(event.cells, event.line);
  stage.say(`Line ${event.line + 1}: ${event.count} × ${event.symbol} pays ${stage.worth(event.win)}`);
  await showing.pause(LOOK);
}
