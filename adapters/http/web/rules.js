// The rules, as the game itself tells them: its returns, its pays in money at the stake that is set, its lines.

import { money } from "./money.js";
import { words } from "./shows/other.js";

export function rulesOf(game, art, stake, session) {
  const text = document.createDocumentFragment();
  const cost = game.modes[0].cost;
  const facts = game.modes.map((mode) => {
    const name = game.modes.length > 1 ? ` (${mode.id})` : "";
    return `Return to player${name}: ${(100 * Number(mode.rtp)).toFixed(2)} % of the stakes, over many rounds.`;
  });
  text.append(paragraph(`${game.name}, version ${game.version}.`), ...facts.map(paragraph));
  const { pays, lines, reels, rows, wild, ...rest } = game.rules ?? {};
  if (pays) {
    text.append(heading(`Pays at a stake of ${money(stake, session.exponent)} ${session.currency}`));
    text.append(payTable(pays, art, (units) => money((units * stake) / cost, session.exponent)));
    text.append(paragraph("A line pays for alike symbols side by side, from the left; only the best of each line counts."));
    if (wild) text.append(paragraph(`The ${wild} stands for any other symbol.`));
  }
  if (lines) text.append(heading(`${lines.length} lines`), lineMaps(lines, rows));
  for (const [name, value] of Object.entries(rest)) text.append(paragraph(words({ type: name, is: value })));
  text.append(
    paragraph("Every outcome is drawn and put on record before it is shown. A spin that was interrupted is finished by itself, and stands in the history."),
  );
  return text;
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

function lineMaps(lines, rows) {
  const list = document.createElement("ol");
  list.className = "line-maps";
  for (const line of lines) {
    const item = document.createElement("li");
    const grid = document.createElement("div");
    grid.style.setProperty("--reels", line.length);
    for (let row = 0; row < rows; row++)
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
