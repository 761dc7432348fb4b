// `fall`: the cells that won leave, what is above them falls, and new symbols come in.

import { reelsOf } from "./reels.js";

export async function show(event, stage, showing) {
  stage.art.know(event.window.flat());
  stage.wins = [];
  const reels = reelsOf(stage);
  await reels.fall(event.cells, event.window, showing);
  reels.value(event.values);
}
