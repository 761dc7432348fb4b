// What happens between the spins of a round: a free game begins, a multiplier takes effect, the cap is reached.

import { reelsOf } from "./reels.js";

const LOOK = 900; // milliseconds

export async function freeGame({ number, left }, stage, showing) {
  const symbol = stage.special ? ` · special symbol: ${stage.special}` : "";
  stage.tell(`Free game ${number}${left ? `, ${left} left` : ""}${symbol}`, { only: true });
  stage.say("");
  await showing.pause(LOOK / 2);
}

export async function bought({ games }, stage, showing) {
  stage.tell(`${games} free games`, { only: true });
  await showing.pause(LOOK);
}

/** `sticky`, `land`, `expand`: wilds take places on the board. */
export async function wilds({ window, values, cells }, stage, showing) {
  await showing.pause(LOOK / 2);
  stage.art.know(window.flat());
  const reels = reelsOf(stage);
  reels.set(window);
  reels.value(values);
  if (cells) reels.mark(cells);
  await showing.pause(LOOK / 2);
  reels.clear();
}

/** What places count has changed. */
export async function positions({ multipliers }, stage, showing) {
  reelsOf(stage).place(multipliers);
  await showing.pause(LOOK / 3);
}

/** A symbol is drawn for the series of free games. */
export async function special({ symbol }, stage, showing) {
  stage.special = symbol;
  stage.tell(`The special symbol: ${symbol}`, { only: true });
  await showing.pause(LOOK);
}

export async function gamble({ guess, suit, right, to }, stage, showing) {
  const sign = { clubs: "♣", diamonds: "♦", hearts: "♥", spades: "♠" }[suit] ?? "";
  stage.tell(`${sign} ${suit}: ${guess} ${right ? `wins, ${stage.worth(to)}` : "loses"}`);
  await showing.pause(LOOK);
}

export async function limit({ games }, stage, showing) {
  stage.tell(`A series has no more free games: of these, ${games} are given`);
  await showing.pause(LOOK);
}

export async function again({ games }, stage, showing) {
  stage.say(`${games} more`);
  await showing.pause(LOOK / 2);
}

export async function times({ factor }, stage, showing) {
  stage.say(`Wins × ${factor}`);
  await showing.pause(LOOK / 2);
}

export async function multiply({ factor, win }, stage, showing) {
  stage.say(`Everything × ${factor}`);
  const look = showing.pause(LOOK);
  await stage.rise(win, showing);
  await look;
}

export async function cap(event, stage, showing) {
  stage.tell(`The most that a round pays: ${stage.worth(event.win)}`);
  await showing.pause(LOOK);
}
