// `reels`: the reels come to rest.

import { Reels } from "../reels.js";

/** The stage's reels; they are put on the board when they are first needed. */
export function reelsOf(stage) {
  return (stage.reels ??= new Reels(stage.board, stage.art));
}

/** The reels that are held all over while the others turn. */
function heldOf(next) {
  if (next?.type !== "sticky") return new Set();
  const held = (symbols, reel) => symbols.every((_, row) => next.cells.some(([x, y]) => x === reel && y === row));
  return new Set(next.window.flatMap((symbols, reel) => (held(symbols, reel) ? [reel] : [])));
}

export async function show(event, stage, showing) {
  stage.art.know(event.window.flat());
  stage.wins = [];
  const reels = reelsOf(stage);
  const held = heldOf(stage.next);
  const window = event.window.map((symbols, reel) => (held.has(reel) ? stage.next.window[reel] : symbols));
  await reels.stop(window, showing, held);
  reels.value(event.values);
}
