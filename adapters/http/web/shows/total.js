// `total`: the turn's win. All that paid last is shown together, and the win is what the round's answer says.

import { reelsOf } from "./reels.js";

export async function show(event, stage, showing) {
  if (stage.wins.length) {
    const reels = reelsOf(stage);
    reels.clear();
    for (const win of stage.wins) {
      reels.mark(win.cells);
      if (win.type === "line") reels.trace(win.cells, win.line);
    }
  }
  if (stage.paid > 1) stage.say(`Altogether ${stage.worth(event.win)}`);
  await stage.riseToEnd(showing);
}
