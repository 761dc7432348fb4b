// `deal` and `redraw`: five cards. While a choice is awaited, a press on a card holds it.

const LOOK = 140; // milliseconds between two cards
const SUITS = { s: ["♠", "spades"], h: ["♥", "hearts"], d: ["♦", "diamonds"], c: ["♣", "clubs"] };
const RANKS = { T: ["10", "ten"], J: ["J", "jack"], Q: ["Q", "queen"], K: ["K", "king"], A: ["A", "ace"] };

export async function deal(event, stage, showing) {
  const hand = handOf(stage);
  hand.lay(event.cards.map(() => null), []);
  await hand.turn(event.cards, showing);
  stage.say(event.hand === "nothing" ? "Hold the cards that you want to keep" : capital(event.hand));
}

export async function redraw(event, stage, showing) {
  const hand = handOf(stage);
  hand.lay(event.cards.map((card, place) => (event.held.includes(place) ? card : null)), event.held);
  await hand.turn(event.cards, showing);
  hand.root.classList.toggle("won", event.win > 0);
  stage.say(event.win ? `${capital(event.hand)}: ${stage.worth(event.win)}` : "No win this time");
}

/** The cards on the board, made when they are first needed. */
export function handOf(stage) {
  stage.hand ??= new Hand(stage.board);
  return stage.hand;
}

class Hand {
  constructor(board) {
    this.root = document.createElement("div");
    this.root.className = "hand";
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Your cards");
    this.cards = [];
    board.replaceChildren(this.root);
  }

  /** Five cards, those without a name face down; some of them held. */
  lay(names, held) {
    this.root.classList.remove("won");
    this.cards = names.map((name, place) => {
      const card = Object.assign(document.createElement("button"), { type: "button", className: "card", disabled: true });
      card.setAttribute("aria-pressed", held.includes(place));
      paint(card, name);
      return card;
    });
    this.root.replaceChildren(...this.cards);
  }

  /** Turn up those that are face down, one after the other. */
  async turn(names, showing) {
    for (const [place, card] of this.cards.entries()) {
      if (card.dataset.card) continue;
      await showing.pause(LOOK);
      paint(card, names[place]);
    }
  }

  /** Let the player hold cards; the choice that this comes to is `chosen`. */
  offer(choices) {
    if (this.cards.length !== 5 || !choices.every(({ id }) => /^hold-(none|[1-5]+)$/.test(id))) return false;
    for (const card of this.cards) {
      card.disabled = false;
      card.onclick = () => card.setAttribute("aria-pressed", card.getAttribute("aria-pressed") !== "true");
    }
    return true;
  }

  get chosen() {
    const held = this.cards.map((card, place) => (card.getAttribute("aria-pressed") === "true" ? place + 1 : ""));
    return `hold-${held.join("") || "none"}`;
  }

  /** The cards stay as they are. */
  rest() {
    for (const card of this.cards) card.disabled = true;
  }

  focus() {
    this.cards[0]?.focus();
  }
}

function paint(card, name) {
  card.dataset.card = name ?? "";
  card.replaceChildren();
  if (!name) return card.setAttribute("aria-label", "A card, face down");
  const [sign, suit] = SUITS[name[1]] ?? ["?", "unknown"];
  const [short, long] = RANKS[name[0]] ?? [name[0], name[0]];
  card.dataset.suit = name[1];
  card.setAttribute("aria-label", `${long} of ${suit}`);
  for (const [kind, text] of [["rank", short], ["suit", sign], ["pip", sign]]) {
    const part = document.createElement("span");
    part.className = kind;
    part.textContent = text;
    card.append(part);
  }
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
