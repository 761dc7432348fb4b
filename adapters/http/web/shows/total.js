// `total`: the turn's win. All that paid is shown together while the win counts up.

import { reelsOf } from "./reels.js";

export async function show(event, stage, showing) {
  if (stage.wins.length) {
    const reels = reelsOf(stage);
    reels.clear();
    for (const win of stage.wins) {
      reels.mark(win.cells);
      reels.trace(win.cells, win.line);
    }
    if (stage.wins.length > 1) stage.say(`${stage.wins.length} lines pay ${stage.worth(event.win)}`);
  }
  await stage.countUp(showing);
}
