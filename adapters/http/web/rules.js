// The rules, as the game itself tells them: its returns, its pays in money at the stake that is set, its lines.

import { named } from "./layout.js";
import { money, percent } from "./money.js";

export function rulesOf(game, art, stake, session) {
  const text = document.createDocumentFragment();
  const cost = game.modes[0].cost;
  const facts = game.modes.map((mode) => {
    const name = game.modes.length > 1 ? ` (${mode.id})` : "";
    const how = game.interactive ? " with the best choices" : "";
    return `Return to player${name}${how}: ${(100 * Number(mode.rtp)).toFixed(2)} % of the stakes, over many rounds.`;
  });
  text.append(paragraph(`${game.name}, version ${game.version}.`), ...facts.map(paragraph));
  const worth = (units) => money((units * stake) / cost, session.exponent);
  if (game.rules?.hands) text.append(heading("Hands"), handTable(game.rules.hands, worth));
  if (game.rules?.pays) text.append(...paysOf(game.rules, art, worth, `${money(stake, session.exponent)} ${session.currency}`));
  if (game.rules?.fields) text.append(...fieldsOf(game.rules.fields, art, worth, `${money(stake, session.exponent)} ${session.currency}`));
  if (game.rules?.wheel && game.rules.bets) text.append(...betsOf(game.rules.bets));
  text.append(
    paragraph("Every outcome is drawn and put on record before it is shown. A spin that was interrupted is finished by itself, and stands in the history."),
  );
  return text;
}

const PATTERNS = {
  ways: "Alike symbols on reels side by side, from the left, pay for every way through them.",
  anywhere: "Alike symbols pay wherever they stand. Between two counts, the lower one pays.",
  clusters: "Alike symbols that touch by their sides pay together. Between two counts, the lower one pays.",
};

const DIRECTIONS = {
  left: "from the first reel on; only the best run of each line counts",
  right: "from the last reel on; only the best run of each line counts",
  both: "from the first reel on, and from the last one; a run over all reels counts once",
  any: "wherever it begins; only the best run of each line counts",
};

function linesOf(direction, anyPosition) {
  const told = [paragraph(`A line pays for a run of alike symbols ${DIRECTIONS[direction]}.`)];
  if (anyPosition.length) told.push(paragraph(`${anyPosition.join(", ")}: counted wherever they stand on a line, in a run or not.`));
  return told;
}

function paysOf({ pays, pattern = "lines", direction, any_position: anyPosition = [], lines = [], rows, wild, wilds = {}, scatter, others = [], cascade, base, free, mixes, hold }, art, worth, stake) {
  const told = [heading(`Pays at a stake of ${stake}`), payTable(pays, art, worth)];
  if (PATTERNS[pattern]) told.push(paragraph(PATTERNS[pattern]));
  if (direction) told.push(...linesOf(direction, anyPosition));
  for (const [name, symbols] of Object.entries(mixes ?? {})) told.push(paragraph(`${name}: ${symbols.join(", ")}, mixed.`));
  const names = Object.keys(wilds);
  if (wild) told.push(paragraph(names.length > 1 ? `${names.join(", ")} stand for other symbols.` : `The ${wild} stands for other symbols.`));
  for (const [name, factor] of Object.entries(wilds)) if (factor > 1) told.push(paragraph(`A run of another symbol with the ${name} in it pays × ${factor}.`));
  if (hold) told.push(...holdRules(hold, worth));
  told.push(...featureRules(base, "", wild), ...featureRules(free, "In free games: ", wild));
  if (cascade) told.push(paragraph("What won leaves, what is above falls, and it is counted again until nothing wins."));
  if (scatter) told.push(...scatterRules(scatter, [base, free], art, worth));
  for (const other of others) told.push(...scatterRules(other, ["base", "free"].map((name) => ({ awards: other.awards[name] })), art, worth));
  if (lines.length) told.push(heading(`${lines.length} lines`), lineMaps(lines, rows));
  return told;
}

function scatterRules({ symbol, pays, reels = [], takes = [] }, [base, free], art, worth) {
  const where = reels.length ? `on reel ${reels.map((reel) => reel + 1).join(", ")}` : "wherever it stands";
  return [
    heading(`The ${symbol} counts ${where}`),
    ...takes.map((taken) => paragraph(`The ${taken} counts as one, too.`)),
    payTable({ [symbol]: pays }, art, worth),
    ...awards(base, "give"),
    ...awards(free, "during free games give"),
  ];
}

/** A long row of multipliers as its first ones and its last. */
const few = (steps) => (steps.length > 8 ? `${steps.slice(0, 4).join(", ")} and so on to ${steps.at(-1)}` : steps.join(", "));

/** What a kind of spin does besides, in sentences. */
function featureRules(phase, when, wild) {
  const { expanding = [], sticky, positions, landing, book, heights = false, most, accumulates, times = [] } = phase ?? {};
  const said = [];
  const walks = { [-1]: "one reel to the left", 1: "one reel to the right" }[sticky?.walks];
  if (heights) said.push("how many symbols a reel shows changes from spin to spin.");
  if (landing) said.push(`up to ${Math.max(...landing)} more ${wild} may land on the board.`);
  if (expanding.length) said.push(`the ${wild} fills reel ${expanding.map((reel) => reel + 1).join(", ")}.`);
  if (sticky) said.push(walks ? `the ${wild} moves ${walks} from game to game.` : `the ${wild} stays for the free games that follow.`);
  if (sticky?.fills) said.push(`a ${wild} that stays fills its reel.`);
  if (sticky?.respins) said.push(`a new ${wild} gives one more game.`);
  if (times.length) said.push(`every game draws a multiplier: × ${times.join(", × ")}.`);
  if (accumulates) said.push("the multiplier goes on from game to game.");
  if (most) said.push(`a series has ${most} at most.`);
  if (positions) said.push(`a place counts ${few(positions.steps.map((step) => `× ${step}`))} once it has won; those of a win are added, and multiply it.`);
  if (book) said.push(`one of ${book.join(", ")} is drawn; on enough reels it fills them, and pays on every line.`);
  return said.map((text) => paragraph(when + (when ? text : text[0].toUpperCase() + text.slice(1))));
}

function holdRules({ symbol, starts, lives, prizes, others = {}, full }, worth) {
  const more = Object.entries(others);
  return [
    heading(`${starts} or more of ${["the " + symbol, ...more.map(([name]) => name)].join(", ")} are held`),
    ...more.map(([name, some]) => paragraph(`The ${name} has a prize of ${worth(some[0])} to ${worth(some.at(-1))}.`)),
    paragraph(`Nothing stands for it. Each has a prize of ${worth(prizes[0])} to ${worth(prizes.at(-1))}. The other cells are spun again, ${lives} times, and ${lives} times more after each that brings another one.`),
    paragraph(`A full board pays ${worth(full)} more.`),
  ];
}

function awards(phase, verb) {
  return Object.entries(phase?.awards ?? {}).map(([count, games]) => paragraph(`${count} of them ${verb} ${games} free games.`));
}

function payTable(pays, art, worth) {
  const list = document.createElement("ul");
  list.className = "pays-table";
  for (const [symbol, runs] of Object.entries(pays)) {
    const item = document.createElement("li");
    const sums = document.createElement("span");
    sums.textContent = Object.entries(runs).sort(([a], [b]) => b - a).map(([run, units]) => `${run} pay ${worth(units)}`).join("\n");
    item.append(art.draw(symbol), sums);
    list.append(item);
  }
  return list;
}

function handTable(hands, worth) {
  const list = document.createElement("ul");
  for (const [hand, units] of Object.entries(hands)) {
    list.append(Object.assign(document.createElement("li"), { textContent: `${hand}: ${worth(units)}` }));
  }
  return list;
}

/** The fields of a wheel, and how likely it stops at each. */
function fieldsOf(fields, art, worth, stake) {
  const whole = fields.reduce((sum, { weight }) => sum + weight, 0);
  const list = document.createElement("ul");
  list.className = "pays-table";
  for (const { field, pays, weight } of fields) {
    const item = document.createElement("li");
    const sums = document.createElement("span");
    sums.textContent = `${pays ? worth(pays) : "nothing"}\n${percent(weight, whole)}`;
    item.append(art.draw(field), sums);
    list.append(item);
  }
  return [heading(`Pays at a stake of ${stake}`), list, paragraph("Below it, how likely the wheel stops at a field; each is as wide as that.")];
}

/** The bets of a roulette table: those that pay alike together. */
function betsOf(bets) {
  const alike = new Map();
  for (const [bet, { pays }] of Object.entries(bets)) {
    const name = bet.startsWith("number-") ? "a number" : named(bet);
    alike.set(pays, (alike.get(pays) ?? new Set()).add(name));
  }
  const list = document.createElement("ul");
  for (const [pays, names] of [...alike].sort(([a], [b]) => b - a)) {
    list.append(Object.assign(document.createElement("li"), { textContent: `${[...names].join(", ")}: ${pays} × the bet` }));
  }
  return [
    heading("Bets"), list,
    paragraph("What is paid has the bet in it. Several bets may be made at once; they are paid together. When the ball falls at 0, only bets on 0 win."),
    paragraph("On the table, the arrow keys go from bet to bet, Enter puts a unit there, and Backspace takes one away. So does the other mouse button, or a long press."),
  ];
}

function lineMaps(lines, rows) {
  const list = document.createElement("ol");
  list.className = "line-maps";
  for (const line of lines) {
    const item = document.createElement("li");
    const grid = document.createElement("div");
    grid.style.setProperty("--reels", line.length);
    const height = Array.isArray(rows) ? Math.max(...rows) : rows;
    for (let row = 0; row < height; row++)
      for (const at of line) {
        const dot = document.createElement("i");
        dot.className = at === row ? "on" : "";
        grid.append(dot);
      }
    item.append(grid);
    list.append(item);
  }
  return list;
}

function paragraph(text) {
  return Object.assign(document.createElement("p"), { textContent: text });
}

function heading(text) {
  return Object.assign(document.createElement("h3"), { textContent: text });
}
