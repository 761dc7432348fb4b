// What happens between the spins of a round: a free game begins, a multiplier takes effect, the cap is reached.

import { reelsOf } from "./reels.js";

const LOOK = 900; // milliseconds

export async function freeGame({ number, left }, stage, showing) {
  stage.tell(`Free game ${number}${left ? `, ${left} left` : ""}`, { only: true });
  stage.say("");
  await showing.pause(LOOK / 2);
}

export async function bought({ games }, stage, showing) {
  stage.tell(`${games} free games`, { only: true });
  await showing.pause(LOOK);
}

export async function expand({ window }, stage, showing) {
  await showing.pause(LOOK / 2);
  stage.art.know(window.flat());
  reelsOf(stage).set(window);
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
