// The elements of the page, and the few things that are done to them from several places.

import { money } from "./money.js";

export const view = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map((element) => [
    element.id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()),
    element,
  ]),
);

/** A banner with a button, if there is something to be done; no text takes it away. */
export function banner(text, { action = "", act = null, kind = "trouble" } = {}) {
  view.banner.hidden = !text;
  view.banner.dataset.kind = kind;
  if (view.bannerText.textContent !== text) view.bannerText.textContent = text;
  view.bannerAction.hidden = !action;
  view.bannerAction.textContent = action;
  view.bannerAction.onclick = act;
}

/** What the player has; `balance` null: the operator has not said. */
export function purse({ balance, held, currency, exponent }) {
  view.balance.textContent = balance === null ? "–" : money(balance, exponent);
  view.currency.textContent = currency;
  view.held.hidden = !held;
  view.held.textContent = held ? `${money(held, exponent)} held` : "";
}

/** Fill a select with `[value, label]`. */
export function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, label]) => new Option(label, value, false, value === chosen)));
}
