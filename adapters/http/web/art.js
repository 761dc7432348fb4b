// A symbol as a picture of the game's; or, where it has none, as its name on a tile of its own colour.

export class Art {
  #none = new Set();

  constructor(game) {
    this.base = new URL(`art/${game}/`, location.href);
    this.symbols = [];
  }

  /** These symbols occur in the game. */
  know(symbols) {
    this.symbols = [...new Set([...this.symbols, ...symbols])];
  }

  /** Any of the symbols: for reels that still move, and so show nothing that counts. */
  any() {
    return this.symbols[Math.floor(Math.random() * this.symbols.length)] ?? "";
  }

  /** Where a symbol's picture is. */
  address(symbol) {
    return new URL(`${encodeURIComponent(symbol)}.svg`, this.base).href;
  }

  /** The game's own sheet, for what is no symbol: the colours of a wheel's fields, the felt of a table. */
  look() {
    if (this.sheet) return;
    this.sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("look.css", this.base).href });
    document.head.append(this.sheet);
  }

  draw(symbol) {
    if (this.#none.has(symbol)) return tile(symbol);
    const image = new Image();
    image.src = this.address(symbol);
    image.alt = symbol;
    image.draggable = false;
    image.addEventListener("error", () => {
      this.#none.add(symbol);
      image.replaceWith(tile(symbol));
    });
    return image;
  }
}

function tile(symbol) {
  const tile = document.createElement("span");
  tile.className = "tile";
  tile.textContent = symbol.replace(/[-_]/g, " ");
  let hue = 0;
  for (const letter of symbol) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  tile.style.setProperty("--hue", hue);
  return tile;
}
