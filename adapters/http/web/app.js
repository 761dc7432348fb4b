// The page: opens the game, and ties what the player does to what is shown.
//
//   opening -> ready -> playing -> ready | choosing -> playing ...      (a replay only looks)

import { Api, Patience } from "./api.js";
import { Art } from "./art.js";
import { History } from "./history.js";
import { money } from "./money.js";
import * as motion from "./motion.js";
import { Play, wordsFor } from "./play.js";
import { Rewards } from "./rewards.js";
import { rulesOf } from "./rules.js";
import { playerName, Session } from "./session.js";
import { Stage } from "./stage.js";
import { Stakes } from "./stakes.js";
import { banner, purse, view } from "./view.js";

const id = decodeURIComponent(location.pathname.split("/").pop());
const api = new Api(new URL("../v1/", location.href));
const patience = new Patience();
const session = new Session(api, id, playerName());
const framed = window.top !== window; // then there is a casino around it, which leads to its other games
const play = new Play(session, patience, { tell: trouble, see });

let game, stage, stakes, rewards, history, now;
let shown = { round: null, events: 0 };
let state = "opening";
let offered = null; // the round that waits for a choice
let troubled = false;

async function open() {
  view.player.textContent = session.casino ? "" : session.player;
  view.lobby.href = `./${location.search}`;
  view.lobby.hidden = framed || Boolean(session.casino);
  game = await patience.insist(() => session.about(), trouble);
  document.title = view.name.textContent = game.name;
  const art = new Art(id);
  stage = new Stage(view, art, game);
  now = await patience.insist(() => session.enter(), trouble);
  banner("");
  purse(now);
  stakes = new Stakes(game, now);
  stage.table = stakes.table;
  rewards = new Rewards(game, () => enter(state));
  rewards.set(now.rewards, now);
  history = new History(view.rounds, view.older, session, replay);
  view.openRules.addEventListener("click", () => {
    view.rulesText.replaceChildren(rulesOf(game, art, stakes.bet.stake, now));
    view.rules.showModal();
  });
  const newest = await patience.insist(() => history.load(), trouble);
  banner("");
  const left = now.open_round?.round ?? session.pending;
  if (left) return finish(left);
  if (newest) {
    await stage.show(newest, { instant: true });
    stage.clear();
  }
  enter("ready");
}

/** A round that a reload, a closed tab or another window left. */
async function finish(left) {
  enter("playing");
  banner("Your last round is not finished yet. Here is how it goes on.", { kind: "note" });
  await run(() => play.resume(left));
}

async function spin() {
  if (state === "playing") return stage.hurry();
  if (state !== "ready") return;
  if (stakes.missing) return missing(stakes.missing);
  const bet = rewards.pay(stakes.bet);
  enter("playing");
  banner("");
  stage.start();
  if (now.balance !== null && !bet.reward) purse({ ...now, balance: now.balance - bet.stake });
  await run(() => play.bet(bet));
}

/** Said where it can be read: on a phone, the wheel and the bar cover the ends of what is scrolled. */
function missing(words) {
  stage.say(words);
  view.message.scrollIntoView({ block: "center" });
}

async function choose(round, choice) {
  enter("playing");
  banner("");
  await run(() => play.choose(round, choice), round);
}

/** Play on, to the end or to a choice; `waiting`: the round whose choice stays open if this one is refused. */
async function run(step, waiting = null) {
  shown = waiting ? shown : { round: null, events: 0 };
  let round;
  try {
    round = await step();
  } catch (error) {
    return refused(error, waiting);
  }
  if (round.state === "awaiting") return offer(round);
  await ended(round);
}

async function refused(error, waiting) {
  stage.rest();
  if (error.code === "round_open" && error.round) return finish(error.round);
  if (error.code === "not_found") banner("Your last spin did not reach the server. Nothing was taken.", { kind: "note" });
  else banner(wordsFor(error));
  if (waiting && error.code !== "declined") return finish(waiting.round);
  await look();
  await patience.insist(() => history.load(), () => {});
  if (waiting) offer(waiting);
  else enter("ready");
}

/** What the player has now. */
async function look() {
  now = await patience.insist(() => session.ask("GET", "session"), () => {});
  purse(now);
  rewards.set(now.rewards, now);
}

/** As far as a round is known, it is shown; an outcome that is shown stands. */
async function see(round) {
  if (shown.round !== round.round) shown = { round: round.round, events: 0 };
  if (round.events.length > shown.events) {
    await stage.show(round, { from: shown.events });
    shown.events = round.events.length;
  } else if (!["settled", "awaiting"].includes(round.state)) stage.rest();
  now = { ...now, balance: round.balance, held: round.held };
  purse(now);
  const doubt = (round.reward && IN_DOUBT_FREE[round.state]) ?? IN_DOUBT[round.state];
  if (!doubt) return;
  wait();
  banner(doubt, { kind: "note" });
}

const IN_DOUBT = {
  opened: "The operator has not answered yet. Your stake is safe: it is taken once, or comes back.",
  raising: "The operator has not answered yet. Your stake is safe: it is taken once, or comes back.",
  drawn: "The outcome stands. The operator has not confirmed it yet; the server goes on by itself.",
  cancelling: "This round is being taken back; your stake returns.",
};
const IN_DOUBT_FREE = {
  opened: "The operator has not answered yet. Your free round is safe: it is used once, or you have it again.",
  cancelling: "This free round is being taken back; you have it again.",
};

/** How a round ended, in a sentence. */
function outcome(round) {
  const amount = (minor) => `${money(minor, round.exponent)} ${round.currency}`;
  return {
    settled: round.win ? `You won ${amount(round.win)}.` : "No win this time.",
    cancelled: `The round was taken back before anything was drawn. ${
      round.reward ? "Your free round was not used: you have it again." : `Your stake of ${amount(round.stake)} was returned.`
    }`,
    declined: wordsFor({ code: "declined", reason: round.reason }),
    disputed: `The operator looks into this round; your stake of ${amount(round.stake)} is held. Its number: ${round.round}`,
  }[round.state];
}

async function ended(round) {
  const told = outcome(round);
  if (round.state === "settled") {
    banner("");
    if (!view.message.textContent) stage.say(told);
  } else banner(told, { kind: round.state === "disputed" ? "trouble" : "note" });
  view.result.textContent = `${told} ${view.message.textContent === told ? "" : view.message.textContent}`.trim();
  history.add(round);
  if (round.reward) await look();
  enter("ready");
}

function offer(round) {
  offered = round;
  enter("choosing");
  history.add(round);
  const buttons = stage.hand?.offer(round.choices) ? [drawing(round)] : round.choices.map((choice) => {
    const cost = choice.cost ? ` (${money(choice.cost, round.exponent)} ${round.currency})` : "";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${choice.id.replace(/[-_]/g, " ")}${cost}`;
    button.addEventListener("click", () => choose(round, choice.id));
    return button;
  });
  view.choices.replaceChildren(...buttons);
  view.choices.hidden = false;
  view.result.textContent = "Your choice, please.";
  buttons[0]?.focus();
}

/** Where cards are held by pressing them, one button says that it is done. */
function drawing(round) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Draw" });
  button.addEventListener("click", () => (stage.hand.rest(), choose(round, stage.hand.chosen)));
  return button;
}

/** A round of before. While one waits for a choice, nothing can be chosen until that one is on the stage again. */
async function replay(round) {
  if (state === "playing") return;
  showHistory(false);
  if (round.round === offered?.round) return comeBack();
  const back = state;
  enter("playing");
  const bets = stakes.table ? ` On the table: ${stakes.table.words(round.selection)}.` : "";
  const words = `Replay of the round of ${new Date(round.created).toLocaleString()}.${bets} No money moves.`;
  banner(words, { kind: "note" });
  await stage.show(round);
  if (!view.message.textContent) stage.say(outcome(round) ?? "");
  enter(back);
  if (offered) banner(words, { kind: "note", action: "Back to your round", act: comeBack });
  view.result.textContent = `Replay: this round won ${money(round.win, round.exponent)} ${round.currency}.`;
}

async function comeBack() {
  banner("");
  await stage.show(offered, { instant: true });
  offer(offered);
}

/** There is no answer yet; or, without an error, there is one again. */
function trouble(error) {
  if (!error && troubled) banner("");
  troubled = Boolean(error);
  if (!error) return;
  stage?.rest();
  wait();
  banner(wordsFor(error), { action: "Try now", act: () => patience.hurry() });
}

function enter(next) {
  state = next;
  if (next === "ready") offered = null;
  document.body.dataset.state = next;
  view.spin.disabled = next === "choosing" || next === "opening";
  view.spin.textContent = next === "playing" ? "Skip" : rewards?.chosen ? "Free spin" : "Spin";
  stakes?.enable(next === "ready", rewards?.chosen ? rewards.first.stake : null);
  if (rewards) rewards.enabled = next === "ready";
  view.choices.hidden = true;
}

/** Nothing moves that could be skipped: an answer is awaited. */
function wait() {
  view.spin.disabled = true;
  view.spin.textContent = "Waiting";
}

function showHistory(on) {
  document.body.classList.toggle("with-history", on);
  view.openHistory.setAttribute("aria-expanded", on);
}

function showMotion() {
  view.motion.setAttribute("aria-pressed", motion.moving());
}

view.spin.addEventListener("click", spin);
view.openHistory.addEventListener("click", () => showHistory(!document.body.classList.contains("with-history")));
view.closeHistory.addEventListener("click", () => (showHistory(false), view.openHistory.focus()));
view.closeRules.addEventListener("click", () => view.rules.close());
view.motion.addEventListener("click", () => (motion.choose(!motion.moving()), stage?.hurry(), showMotion()));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") showHistory(false);
  const busy = event.target.closest("button, select, input, dialog[open]");
  if (event.code !== "Space" || event.repeat || (busy && busy !== view.spin)) return;
  event.preventDefault();
  spin();
});

showMotion();
open().catch((error) => {
  const again = { action: "Reload", act: () => location.reload() };
  banner(wordsFor(error), ["no_launch", "session_over"].includes(error.code) ? {} : again);
});
