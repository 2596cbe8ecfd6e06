/** First in, first out. What has left is not held, so that it dies young: `Array.shift` is slow for long queues. */
export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  #at = 0;

  get first(): Item | undefined {
    return this.#items[this.#at];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): void {
    this.#items[this.#at] = undefined;
    this.#at += 1;
    if (this.#at < 1024) return;
    this.#items = this.#items.slice(this.#at);
    this.#at = 0;
  }
}
