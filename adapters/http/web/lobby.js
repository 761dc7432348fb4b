// The lobby: every game as a card that leads to it.

import { Api, Patience } from "./api.js";
import { Art } from "./art.js";
import { wordsFor } from "./play.js";
import { PLAY_MONEY, playerName } from "./session.js";
import { banner, view } from "./view.js";

const SHOWN = 4; // pictures on a card

const api = new Api(new URL("../v1/", location.href));
const patience = new Patience();

async function open() {
  view.player.textContent = playerName();
  const told = await patience.insist(() => api.ask("GET", `games?operator=${PLAY_MONEY}`), (error) => banner(wordsFor(error)));
  banner("");
  view.games.replaceChildren(...told.games.map(cardOf));
  document.body.dataset.state = "ready";
}

function cardOf(game) {
  const link = document.createElement("a");
  link.className = "game";
  link.href = `${encodeURIComponent(game.id)}${location.search}`;
  link.append(picturesOf(game), words("b", game.name), words("small", `Return to player ${returnOf(game)}`));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** A few of its symbols; what has no picture shows its name. */
function picturesOf({ id, rules }) {
  const art = new Art(id);
  const pictures = document.createElement("span");
  pictures.className = "pictures";
  pictures.setAttribute("aria-hidden", "true");
  if (rules?.hands) pictures.append(...["♠", "♥", "♦", "♣"].map((suit) => words("i", suit)));
  else pictures.append(...symbolsOf(rules ?? {}).slice(0, SHOWN).map((symbol) => art.draw(symbol)));
  return pictures;
}

/** Those first that pay most. */
function symbolsOf({ pays, mixes = {}, fields, wheel, bets }) {
  if (wheel && bets) return ["ball", "chip"];
  const most = (runs) => Math.max(...Object.values(runs));
  const paying = pays
    ? Object.keys(pays).filter((name) => !Object.hasOwn(mixes, name)).map((name) => [name, most(pays[name])])
    : (fields ?? []).map((each) => [each.field, each.pays]);
  return paying.sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Of its modes the least and the most. */
function returnOf({ modes }) {
  const found = modes.map(({ rtp }) => Number(rtp)).sort((a, b) => a - b);
  const [least, most] = [found[0], found.at(-1)].map((share) => (100 * share).toFixed(2));
  return least === most ? `${least} %` : `${least}–${most} %`;
}

function words(kind, text) {
  return Object.assign(document.createElement(kind), { textContent: text });
}

open().catch((error) => banner(error.code === "not_found" ? "Open the games at your casino." : wordsFor(error)));
