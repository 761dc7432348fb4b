// `reels`: the reels come to rest.

import { Reels } from "../reels.js";

/** The stage's reels; they are put on the board when they are first needed. */
export function reelsOf(stage) {
  return (stage.reels ??= new Reels(stage.board, stage.art));
}

export async function show(event, stage, showing) {
  stage.art.know(event.window.flat());
  stage.wins = [];
  const reels = reelsOf(stage);
  await reels.stop(event.window, showing);
  reels.value(event.values);
}
